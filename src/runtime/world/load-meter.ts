import type { ActorTime } from "./balance.ts";
import type { ActorMetrics } from "./metrics.ts";
import type { Registry } from "./registry.ts";

/** Measures what each actor has cost since it was last measured. */
export class LoadMeter {
  readonly #metrics: ActorMetrics;
  /** Time of each actor as it was measured last, in ms, by number. */
  readonly #before: Float64Array;

  constructor(metrics: ActorMetrics, actorsMax: number) {
    this.#metrics = metrics;
    this.#before = new Float64Array(actorsMax + 1);
  }

  /** Of all actors that took time. Between frames. */
  measure(registry: Registry): ActorTime[] {
    const loads: ActorTime[] = [];
    for (const { number: actor, worker } of registry.all()) {
      const total = this.#metrics.timeMs(actor);
      // A number that another actor got has begun at 0 again.
      const ms = Math.max(total - (this.#before[actor] as number), 0);
      this.#before[actor] = total;
      if (ms > 0) loads.push({ actor, worker, ms });
    }
    return loads;
  }
}
