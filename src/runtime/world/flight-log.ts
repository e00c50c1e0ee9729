import { wallMs } from "../wall-clock.ts";
import type { FlightDeck } from "./flight-deck.ts";
import type { FlightDump } from "./world.ts";

/** Dumps of what happens again and again come no closer than this, in ms. */
const restMs = 10_000;

/** What makes a dump when it goes up. */
interface Alarms {
  readonly overruns: number;
  readonly failures: number;
}

/** Dumps the flight recorders when a frame took too long, when a handler threw, and when a worker is lost. */
export class FlightLog {
  readonly #emit: (dump: FlightDump) => void;
  #seen: Alarms = { overruns: 0, failures: 0 };
  #dumpedMs = Number.NEGATIVE_INFINITY;

  constructor(emit: (dump: FlightDump) => void) {
    this.#emit = emit;
  }

  /** Looks at the world's counters. */
  note(deck: FlightDeck, frame: number, alarms: Alarms): void {
    const overran = alarms.overruns > this.#seen.overruns;
    const failed = alarms.failures > this.#seen.failures;
    this.#seen = alarms;
    if ((!overran && !failed) || wallMs() - this.#dumpedMs < restMs) return;
    this.dump(deck, frame, failed ? "a handler threw" : "a frame took longer than its step");
  }

  dump(deck: FlightDeck, frame: number, reason: string): void {
    this.#dumpedMs = wallMs();
    this.#emit({ frame, reason, ...deck.dump() });
  }
}
