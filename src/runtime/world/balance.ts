/** The busiest worker's time, as a multiple of the mean, from which on actors are moved. */
export const imbalanceMin = 1.2;

/** Windows in a row for which a worker must have been too busy. */
export const windowsMin = 3;

/** Time of all workers in a window, in ms, below which it does not matter where actors sit. */
export const windowMsMin = 100;

/** Moves go on until the busiest worker is within this multiple of the mean: well below where they begin. */
const settledMax = 1.05;

/** Time of an actor in a window, in ms, below which a move costs more than it brings. */
const actorMsMin = 0.1;

/** Moves of one plan: all of them happen between two frames. */
export const movesMax = 64;

/** Windows for which an actor stays where it was moved to, whatever is measured. */
export const restWindows = 30;

/** Time that an actor took on its worker in a window. */
export interface ActorTime {
  readonly actor: number;
  readonly worker: number;
  readonly ms: number;
}

/** An actor, and the worker on which it is to sit. */
export interface Move {
  readonly actor: number;
  readonly worker: number;
}

/** Decides which actors move to which workers, by the time they took. Only lasting imbalance counts. */
export class Balance {
  readonly #workers: number;
  /** By worker: windows in a row in which it was too busy. */
  readonly #overWindows: number[];
  /** By actor that was moved: the first window in which it may move again. */
  readonly #restsUntil = new Map<number, number>();
  #window = 0;

  constructor(workers: number) {
    this.#workers = workers;
    this.#overWindows = new Array<number>(workers).fill(0);
  }

  /** Once per window, of a second or so: the moves to make now. Actors that took no time need not be listed. */
  plan(loads: readonly ActorTime[]): Move[] {
    this.#window += 1;
    this.#endRests();
    const totals = new Array<number>(this.#workers).fill(0);
    for (const { worker, ms } of loads) totals[worker] = (totals[worker] as number) + ms;
    const sum = totals.reduce((total, ms) => total + ms, 0);
    const mean = sum / this.#workers;
    const worthIt = sum >= windowMsMin;
    for (let w = 0; w < this.#workers; w += 1) {
      const over = worthIt && (totals[w] as number) > imbalanceMin * mean;
      this.#overWindows[w] = over ? (this.#overWindows[w] as number) + 1 : 0;
    }
    const busiest = indexOfMax(totals);
    if ((this.#overWindows[busiest] as number) < windowsMin) return [];
    const moves = this.#level(loads, totals, mean);
    // What the moves bring is seen in the windows after them.
    if (moves.length > 0) this.#overWindows.fill(0);
    return moves;
  }

  /** Moves actors from the busiest worker to the idlest, one at a time. Changes `totals` as if they had moved. */
  #level(loads: readonly ActorTime[], totals: number[], mean: number): Move[] {
    const movable = this.#movableByWorker(loads);
    const moves: Move[] = [];
    while (moves.length < movesMax) {
      const source = indexOfMax(totals);
      const target = totals.indexOf(Math.min(...totals));
      const [from, to] = [totals[source] as number, totals[target] as number];
      if (from <= settledMax * mean) break;
      // An actor that would make its new worker too busy is better left alone: others can go instead.
      const roomMs = Math.min(imbalanceMin * mean, from) - to;
      const candidates = movable[source] as ActorTime[];
      const best = bestToMove(candidates, from - to, roomMs);
      if (best === undefined) break;
      candidates.splice(candidates.indexOf(best), 1);
      totals[source] = from - best.ms;
      totals[target] = to + best.ms;
      moves.push({ actor: best.actor, worker: target });
      this.#restsUntil.set(best.actor, this.#window + restWindows);
    }
    return moves;
  }

  #movableByWorker(loads: readonly ActorTime[]): ActorTime[][] {
    const movable = Array.from({ length: this.#workers }, (): ActorTime[] => []);
    for (const load of loads) {
      if (load.ms < actorMsMin || this.#restsUntil.has(load.actor)) continue;
      movable[load.worker]?.push(load);
    }
    return movable;
  }

  #endRests(): void {
    for (const [actor, window] of this.#restsUntil) {
      if (this.#window >= window) this.#restsUntil.delete(actor);
    }
  }
}

/**
 * The actor that closes a gap between two workers best: whose time is nearest to half of it, which is the largest as
 * long as all are small. Of two as good the smaller, so that what can hardly move anywhere stays.
 */
function bestToMove(
  candidates: readonly ActorTime[],
  gapMs: number,
  roomMs: number,
): ActorTime | undefined {
  let best: ActorTime | undefined;
  let bestGainMs = 0;
  for (const candidate of candidates) {
    const { ms } = candidate;
    const gainMs = Math.min(ms, gapMs - ms);
    if (ms >= roomMs || gainMs < bestGainMs || gainMs <= 0) continue;
    if (best !== undefined && gainMs === bestGainMs && ms >= best.ms) continue;
    best = candidate;
    bestGainMs = gainMs;
  }
  return best;
}

function indexOfMax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
