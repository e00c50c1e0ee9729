import type { BridgeCounters } from "../../bridges/counters.ts";
import type { World } from "../../runtime/host.ts";
import type { GatewayCounters } from "../gateway/gateway-counters.ts";

/** Whose numbers are written. */
export interface EmbeddedMetricsSources {
  readonly world: Pick<World, "name" | "timeDilation" | "durabilityProblem" | "metrics">;
  readonly gateway: () => Pick<GatewayCounters, "connections">;
  /** Undefined: there is no bridge, and nothing is said of one. */
  readonly bridge: (() => BridgeCounters) | undefined;
}

interface Metric {
  readonly name: string;
  readonly unit: "Count" | "Milliseconds" | "None";
  readonly value: number;
  /** It counts from the start of the process: what is written is how much was added since the last line. */
  readonly counts?: true;
}

export const embeddedMetricsNamespace = "Tellurion";
const intervalMs = 60_000;

/**
 * Writes a line in CloudWatch's embedded metric format once a minute: whoever sends the process's output to CloudWatch
 * Logs gets metrics out of it, without an agent and without calls. Each metric costs money, so there are ten at most, of
 * one dimension: those that an alarm is worth.
 */
export class EmbeddedMetrics {
  readonly #sources: EmbeddedMetricsSources;
  readonly #print: (line: string) => void;
  readonly #timer: NodeJS.Timeout;
  /** Of what counts from the start of the process. */
  #before = new Map<string, number>();

  constructor(sources: EmbeddedMetricsSources, print: (line: string) => void) {
    this.#sources = sources;
    this.#print = print;
    this.#timer = setInterval(() => this.write(), intervalMs);
    this.#timer.unref();
  }

  /** Writes the last line: what has happened since the one before is in none yet. */
  stop(): void {
    clearInterval(this.#timer);
    this.write();
  }

  write(): void {
    const metrics = metricsOf(this.#sources);
    const values = metrics.map((metric) => [metric.name, this.#since(metric)] as const);
    this.#before = new Map(metrics.map(({ name, value }) => [name, value]));
    this.#print(
      JSON.stringify({
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [
            {
              Namespace: embeddedMetricsNamespace,
              Dimensions: [["World"]],
              Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
            },
          ],
        },
        World: this.#sources.world.name,
        ...Object.fromEntries(values),
      }),
    );
  }

  /** A world that lost frames with a worker counts some of them again: that adds nothing. */
  #since({ name, value, counts }: Metric): number {
    return counts ? Math.max(0, value - (this.#before.get(name) ?? 0)) : value;
  }
}

function metricsOf({ world, gateway, bridge }: EmbeddedMetricsSources): Metric[] {
  const { frame, deadLettersByReason } = world.metrics();
  const deadLetters = Object.values(deadLettersByReason).reduce((sum, count) => sum + count, 0);
  return [
    { name: "Frames", unit: "Count", value: frame, counts: true },
    { name: "TimeDilation", unit: "None", value: world.timeDilation },
    { name: "Durable", unit: "None", value: world.durabilityProblem === undefined ? 1 : 0 },
    { name: "Clients", unit: "Count", value: gateway().connections },
    { name: "DeadLetters", unit: "Count", value: deadLetters, counts: true },
    ...(bridge ? bridgeMetricsOf(bridge()) : []),
  ];
}

function bridgeMetricsOf(bridge: BridgeCounters): Metric[] {
  const { shedCosmetic, shedLatestWins, shedReliable, shedTooLarge, feedLost } = bridge;
  const lost = shedCosmetic + shedLatestWins + shedReliable + shedTooLarge + feedLost;
  return [
    { name: "BridgeUp", unit: "None", value: bridge.up },
    { name: "OutboxAge", unit: "Milliseconds", value: bridge.outboxOldestAgeMs },
    { name: "EventsPublished", unit: "Count", value: bridge.eventsPublished, counts: true },
    { name: "EventsLost", unit: "Count", value: lost, counts: true },
    { name: "CommandsRefused", unit: "Count", value: bridge.commandsRefused, counts: true },
  ];
}
