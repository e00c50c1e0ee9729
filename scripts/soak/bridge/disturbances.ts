import type { SeededRandom } from "../../../src/runtime/actor/random.ts";
import type { Faults } from "../../../test/support/fault-proxy.ts";

/** What happens in a run, one after the other. */
export type Disturbance =
  | { readonly what: "calm"; readonly forMs: number }
  | { readonly what: "faults"; readonly faults: Faults; readonly forMs: number }
  | { readonly what: "outage"; readonly forMs: number }
  | {
      readonly what: "kill";
      readonly who: "server" | "consumer" | "emulator";
      /** Until it is started again. */
      readonly forMs: number;
    };

const outageMsMax = 60_000;

/** The next thing that happens, within so many ms. */
export function nextDisturbance(random: SeededRandom, leftMs: number): Disturbance {
  const between = (min: number, max: number) => {
    return Math.min(leftMs, min + random.integer(Math.max(1, max - min)));
  };
  switch (random.integer(8)) {
    case 0:
      return { what: "calm", forMs: between(1_000, 4_000) };
    case 1:
      // Mostly short, and now and then as long as they come.
      return {
        what: "outage",
        forMs: between(500, Math.max(1_000, outageMsMax * random.next() ** 3)),
      };
    case 2:
      return { what: "kill", who: "server", forMs: between(0, 2_000) };
    case 3:
      return { what: "kill", who: "consumer", forMs: between(0, 3_000) };
    case 4:
      return { what: "kill", who: "emulator", forMs: between(0, 3_000) };
    default:
      return { what: "faults", faults: someFaults(random), forMs: between(2_000, 8_000) };
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
