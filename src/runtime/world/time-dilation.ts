/** Share of a step that frames may take: the rest is for what else the machine does. */
export const loadMax = 0.9;

/** World time runs at least this fast. What is still too much then is late, and is dropped where bounds say so. */
export const factorMin = 0.1;

/** Factors are whole multiples of 1/20, so that clients hear of few changes. */
const levels = 20;
const levelMin = Math.round(factorMin * levels);

/** Weight of a new frame in the mean: it follows a lasting change of load within about a hundred frames. */
const meanWeight = 1 / 32;

/** Wall time for which load must have allowed for a higher factor without a break, before it rises by one level. */
export const riseAfterMs = 1_000;

/**
 * How fast world time runs: 1 while frames keep within their step; less under overload, so that everything slows down
 * evenly before anything is dropped. It falls as soon as the mean says so and rises slowly, since a load at the limit
 * would have it go up and down otherwise.
 */
export class TimeDilation {
  readonly #stepMs: number;
  #meanMs = 0;
  #level = levels;
  #calmMs = 0;

  /** `stepMs`: the length of a frame at factor 1. */
  constructor(stepMs: number) {
    if (!(stepMs > 0)) {
      throw new RangeError(`stepMs=${stepMs} is not valid; valid are numbers above 0`);
    }
    this.#stepMs = stepMs;
  }

  /** World time per wall time, from `factorMin` to 1. The next frame is due after stepMs / factor. */
  get factor(): number {
    return this.#level / levels;
  }

  /** After each frame: the wall time that its work took, without the wait for it. */
  note(frameMs: number): void {
    const budgetMs = loadMax * this.#stepMs;
    const presentBudgetMs = budgetMs / this.factor;
    // One long frame, however long, is no load: there must have been others before.
    const lasting = this.#meanMs > presentBudgetMs && frameMs > presentBudgetMs;
    // No factor makes room for a frame longer than this: more of it would only be remembered for longer.
    const countedMs = Math.min(frameMs, budgetMs / factorMin);
    this.#meanMs += (countedMs - this.#meanMs) * meanWeight;
    const fitting = Math.floor((budgetMs / this.#meanMs) * levels);
    const level = Math.min(Math.max(fitting, levelMin), levels);
    if (level <= this.#level) {
      this.#calmMs = 0;
      if (lasting) this.#level = level;
      return;
    }
    this.#calmMs += this.#stepMs / this.factor;
    if (this.#calmMs < riseAfterMs) return;
    this.#calmMs = 0;
    this.#level += 1;
  }
}
