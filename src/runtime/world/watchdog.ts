import type { NowReading } from "./flight-recorder.ts";

/**
 * Looks that it takes at least to find a worker stuck: one gap between two looks counts as this part of the limit at
 * most. For the whole process may have been halted meanwhile, by a signal or because its machine slept, and then
 * the handler had no time either.
 */
const gapsMin = 4;

/** A handler that does not return. */
export interface Stuck extends NowReading {
  /** Wall time for which the same message has been seen in its handler. The handler may have begun earlier. */
  readonly ms: number;
}

/**
 * Finds handlers that never return, from what workers say of themselves. Look at least four times in `handlerMsMax`:
 * one that is stuck is found within `handlerMsMax` and one more look; with fewer looks later.
 */
export class Watchdog {
  readonly #handlerMsMax: number;
  /** Of each worker in a handler: the message, and for how long it has been seen there. By worker. */
  #seen = new Map<number, Stuck>();
  #lookedMs = 0;

  /** `handlerMsMax`: wall time in ms that a handler may take. Infinity: as long as it likes. */
  constructor(handlerMsMax: number) {
    if (!(handlerMsMax > 0)) {
      throw new RangeError(`handlerMsMax=${handlerMsMax} is not valid; valid are numbers above 0`);
    }
    this.#handlerMsMax = handlerMsMax;
  }

  /** The worker that has been in one handler for longest, if that is for longer than it may. */
  look(nowMs: number, readings: readonly NowReading[]): Stuck | undefined {
    const gapMs = Math.min(nowMs - this.#lookedMs, this.#handlerMsMax / gapsMin);
    this.#lookedMs = nowMs;
    const seen = new Map<number, Stuck>();
    let longest: Stuck | undefined;
    for (const reading of readings) {
      if (!reading.inHandler) continue;
      const before = this.#seen.get(reading.worker);
      const ms = before && isSameMessage(before, reading) ? before.ms + gapMs : 0;
      const stuck = { ...reading, ms };
      seen.set(reading.worker, stuck);
      if (ms > this.#handlerMsMax && ms > (longest?.ms ?? 0)) longest = stuck;
    }
    this.#seen = seen;
    return longest;
  }
}

/** An actor has one turn in a round, and a message one place in its turn; a failed one is followed by `init` there. */
function isSameMessage(a: NowReading, b: NowReading): boolean {
  return (
    a.frame === b.frame &&
    a.round === b.round &&
    a.actor === b.actor &&
    a.handler === b.handler &&
    a.place === b.place
  );
}
