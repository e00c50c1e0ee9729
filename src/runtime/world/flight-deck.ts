import { ActorNames } from "./actor-names.ts";
import {
  describeFlight,
  FlightReader,
  type FlightRecord,
  type NowReading,
} from "./flight-recorder.ts";
import type { Kinds } from "./kinds.ts";
import type { WorldMemory } from "./memory.ts";

/** Frames that a dump shows. */
const framesShown = 8;
/** Lines of a dump: the last ones. */
const linesMax = 512;
/** Lines that are named as the slowest. */
const slowestShown = 3;

/** What the workers of a world are doing and have done lately, as the main thread sees it. */
export class FlightDeck {
  readonly #readers: readonly FlightReader[];
  readonly #names: ActorNames;
  readonly #kinds: Kinds;

  constructor(memory: WorldMemory, kinds: Kinds) {
    this.#readers = memory.flights.map((shared, worker) => new FlightReader(shared, worker));
    this.#names = new ActorNames(memory.names);
    this.#kinds = kinds;
  }

  now(): NowReading[] {
    return this.#readers.map((reader) => reader.now());
  }

  /** Whom a reading is about, for people. */
  describe({ actor, handler }: NowReading): string {
    const type = this.#kinds.handlers[handler]?.name ?? "init";
    return `${this.#names.at(actor) ?? `actor ${actor}`} on ${type}`;
  }

  /** The last frames of all workers, a line for each run of messages of one type. */
  dump(): { readonly lines: string[]; readonly slowest: string[] } {
    const records = this.#readers.flatMap((reader) => reader.lastFrames(framesShown));
    const slowest = [...records].sort((a, b) => b.ms - a.ms).slice(0, slowestShown);
    return {
      lines: this.#lines(records).slice(-linesMax),
      slowest: slowest.flatMap((record) => this.#lines([record])),
    };
  }

  #lines(records: readonly FlightRecord[]): string[] {
    return describeFlight(records, {
      actor: (actor) => this.#names.at(actor),
      handler: (handler) => this.#kinds.handlers[handler]?.name,
    });
  }
}
