/** When a stream last took an event of a type and topic, in world time. */
export interface TakenAt {
  readonly number: number;
  readonly topic: string;
  readonly worldMs: number;
}

/** Beyond so many topics, those that no longer hold anything back are forgotten at once. */
const topicsMax = 10_000;

/**
 * Leaves out events that come too soon, by world time, after the last one of their type and topic. What it knows follows
 * from the events alone, so that a stream is the same however often the process ended in between.
 */
export class Rate {
  readonly #everyMs: number;
  readonly #taken = new Map<string, TakenAt>();
  #forgetAbove = topicsMax;

  constructor(everyMs: number, taken: readonly TakenAt[]) {
    this.#everyMs = everyMs;
    for (const one of taken) this.#taken.set(keyOf(one.number, one.topic), one);
  }

  /** What is to be remembered when the event is taken; undefined: it is left out. */
  take(number: number, topic: string, worldMs: number): TakenAt | undefined {
    const key = keyOf(number, topic);
    const last = this.#taken.get(key);
    if (last !== undefined && worldMs - last.worldMs < this.#everyMs) return undefined;
    const taken = { number, topic, worldMs };
    this.#taken.set(key, taken);
    if (this.#taken.size > this.#forgetAbove) this.#forget(worldMs);
    return taken;
  }

  #forget(worldMs: number): void {
    for (const [key, last] of this.#taken) {
      if (worldMs - last.worldMs >= this.#everyMs) this.#taken.delete(key);
    }
    this.#forgetAbove = Math.max(topicsMax, 2 * this.#taken.size);
  }
}

function keyOf(number: number, topic: string): string {
  return `${number} ${topic}`;
}
