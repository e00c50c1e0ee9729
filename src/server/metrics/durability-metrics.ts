import type { World } from "../../runtime/host.ts";
import type { Durability } from "../durability.ts";
import type { PrometheusText } from "./prometheus.ts";

/** Adds how the world keeps up with time, with its disk, and with what it asks of the outside. */
export function addDurability(text: PrometheusText, world: World, durability: Durability): void {
  const effects = world.effectCounters;
  const states = { running: effects.running, waiting: effects.waiting };
  const outcomes = { succeeded: effects.succeeded, failed: effects.failed };
  const samples = (label: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]) => ({ value, labels: { [label]: name } }));
  text
    .one(
      "gauge",
      "tellurion_time_dilation",
      "World time that passes in a second, in seconds: less than 1 under overload.",
      world.timeDilation,
    )
    .one(
      "gauge",
      "tellurion_durable",
      "1: what happens outlasts the server; 0: it does not, /healthz says why.",
      durability.problem === undefined ? 1 : 0,
    )
    .one("counter", "tellurion_effects_issued_total", "Effects that were begun.", effects.issued)
    .many("gauge", "tellurion_effects", "Effects without an outcome.", samples("state", states))
    .many(
      "counter",
      "tellurion_effects_settled_total",
      "Effects that have an outcome.",
      samples("outcome", outcomes),
    )
    .one(
      "counter",
      "tellurion_effect_retries_total",
      "Attempts at effects that failed and were followed by another one.",
      effects.retried,
    )
    .one(
      "gauge",
      "tellurion_effect_breakers_open",
      "Kinds of effect that are not tried, since they have failed too often.",
      effects.breakersOpen,
    );
}
