import type { SeededRandom } from "../../../src/runtime/actor/random.ts";
import type { Faults } from "../../../test/support/fault-proxy.ts";
import type { Player } from "./child.ts";

/** What happens in a run, one after the other. */
export type Disturbance =
  | { readonly what: "calm"; readonly forMs: number }
  | { readonly what: "faults"; readonly faults: Faults; readonly forMs: number }
  | { readonly what: "outage"; readonly forMs: number }
  | {
      readonly what: "kill";
      readonly who: Player;
      /** While it goes: packs are on their way and held. */
      readonly faults: Faults;
      /** Until it is started again. */
      readonly forMs: number;
    };

const outageMsMax = 60_000;

/** All kinds of them, in the order of chance; the first outage is as long as a run of this length can have. */
export class Disturbances {
  readonly #random: SeededRandom;
  readonly #outageMsMax: number;
  #kinds: string[] = [];
  #outages = 0;

  constructor(random: SeededRandom, totalMs: number) {
    this.#random = random;
    this.#outageMsMax = Math.min(outageMsMax, Math.floor(totalMs / 3));
  }

  /** The next one, which is over within so many ms. */
  next(leftMs: number): Disturbance {
    const between = (min: number, max: number) => {
      return Math.min(Math.ceil(leftMs), min + this.#random.integer(max - min));
    };
    const faults = someFaults(this.#random);
    const kill = (who: Player, forMs: number): Disturbance => {
      return { what: "kill", who, faults, forMs };
    };
    switch (this.#draw()) {
      case "calm":
        return { what: "calm", forMs: between(1_000, 4_000) };
      case "outage":
        this.#outages += 1;
        if (this.#outages === 1) return { what: "outage", forMs: this.#outageMsMax };
        return { what: "outage", forMs: between(500, 5_000) };
      case "server":
        return kill("server", between(0, 2_000));
      case "consumer":
        return kill("consumer", between(0, 3_000));
      case "emulator":
        return kill("emulator", between(0, 3_000));
      default:
        return { what: "faults", faults, forMs: between(2_000, 8_000) };
    }
  }

  #draw(): string | undefined {
    if (this.#kinds.length === 0) {
      this.#kinds = ["calm", "outage", "server", "consumer", "emulator", "faults", "faults"];
    }
    return this.#kinds.splice(this.#random.integer(this.#kinds.length), 1)[0];
  }
}

function someFaults(random: SeededRandom): Faults {
  const some = (max: number) => (random.integer(2) === 0 ? 0 : random.next() * max);
  return {
    unavailable: some(0.2),
    throttled: some(0.3),
    reset: some(0.1),
    halfOpen: some(0.05),
    dropped: some(0.3),
    latencyMs: some(500),
  };
}
