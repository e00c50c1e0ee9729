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
  /** When each kind of alarm was followed last. */
  readonly #followedMs = { overruns: Number.NEGATIVE_INFINITY, failures: Number.NEGATIVE_INFINITY };

  constructor(emit: (dump: FlightDump) => void) {
    this.#emit = emit;
  }

  /** Looks at the world's counters. */
  note(deck: FlightDeck, frame: number, alarms: Alarms): void {
    const seen = this.#seen;
    this.#seen = alarms;
    if (alarms.failures > seen.failures) this.#follow("failures", deck, frame, "a handler threw");
    else if (alarms.overruns > seen.overruns) {
      this.#follow("overruns", deck, frame, "a frame took longer than its step");
    }
  }

  /** A dump that shows nothing is none. */
  dump(deck: FlightDeck, frame: number, reason: string): void {
    const flight = deck.dump();
    if (flight.lines.length > 0) this.#emit({ frame, reason, ...flight });
  }

  #follow(alarm: keyof Alarms, deck: FlightDeck, frame: number, reason: string): void {
    if (wallMs() - this.#followedMs[alarm] < restMs) return;
    this.#followedMs[alarm] = wallMs();
    this.dump(deck, frame, reason);
  }
}
