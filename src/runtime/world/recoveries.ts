import type { QuarantineEntry } from "../journal/entries.ts";
import type { NowReading } from "./flight-recorder.ts";
import { queryPlace } from "./quarantine.ts";

/** Recoveries within the window, in ms, that a world takes before it is given up. */
const recoveriesMax = 8;
const windowMs = 60_000;

/** How a worker was lost. */
export interface Casualty {
  /** The handler did not return. Otherwise the thread ended. */
  readonly isStuck: boolean;
  /** The message it was at. Undefined: none. */
  readonly at: NowReading | undefined;
}

type Suspect = Omit<QuarantineEntry, "kind" | "text">;

/**
 * Decides what a lost worker means. A message whose handler does not return is put in quarantine; one whose handler a
 * thread ended in only if that happens twice, since a thread can end for reasons that are no message's fault.
 */
export class Recoveries {
  readonly #times: number[] = [];
  #suspect: Suspect | undefined;

  /** Notes a loss. False when there were too many lately. */
  allow(nowMs: number): boolean {
    this.#times.push(nowMs);
    while ((this.#times[0] as number) < nowMs - windowMs) this.#times.shift();
    return this.#times.length <= recoveriesMax;
  }

  /** The message to put in quarantine, if there is one. `frame` is the whole number of the frame that was running. */
  judge({ isStuck, at }: Casualty, frame: number): Suspect | undefined {
    // A query is in no journal: nobody asks it again but its caller.
    if (at === undefined || at.place === queryPlace) return undefined;
    // The handler returned after all, and another frame began before its worker was ended.
    if ((at.frame | 0) !== (frame | 0)) {
      this.#suspect = undefined;
      return undefined;
    }
    const suspect = { frame, round: at.round, actor: at.actor, place: at.place };
    const isKnown = isSame(suspect, this.#suspect);
    this.#suspect = suspect;
    return isStuck || isKnown ? suspect : undefined;
  }
}

function isSame(a: Suspect, b: Suspect | undefined): boolean {
  return a.frame === b?.frame && a.round === b.round && a.actor === b.actor && a.place === b.place;
}
