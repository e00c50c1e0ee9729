import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";

const microsPerMs = 1_000;
const highestMs = 120_000;
const digits = 3;

/** How long something took, each time: percentiles to three digits, in bounded memory. */
export class Durations {
  #histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestMs * microsPerMs,
    numberOfSignificantValueDigits: digits,
  });

  static decode(text: string): Durations {
    const durations = new Durations();
    durations.#histogram = decodeFromCompressedBase64(text);
    return durations;
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  get maxMs(): number {
    return this.#histogram.maxValue / microsPerMs;
  }

  record(ms: number): void {
    const bounded = Math.max(0, Math.min(highestMs, ms));
    this.#histogram.recordValue(Math.round(bounded * microsPerMs));
  }

  percentileMs(percentile: number): number {
    return this.#histogram.getValueAtPercentile(percentile) / microsPerMs;
  }

  add(other: Durations): void {
    this.#histogram.add(other.#histogram);
  }

  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }
}

const durationNames = ["joins", "events", "calls", "lateness"] as const;
const counterNames = [
  "joined",
  "frames",
  "events",
  "areaUpdates",
  "bytesReceived",
  "bytesSent",
  "calls",
  "gaps",
  "resyncs",
  "cuts",
] as const;
type Counter = (typeof counterNames)[number];

/** What a run has found out, as it goes from thread to thread. */
export interface EncodedMeasures {
  readonly durations: Readonly<Record<string, string>>;
  readonly counters: Readonly<Record<Counter, number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly callErrors: Readonly<Record<string, number>>;
}

/** What a run has found out. */
export class Measures {
  /** From when a client was to join until it was welcomed. */
  joins = new Durations();
  /** From the end of an event's frame in the world until it reached a client, by the client's clock. */
  events = new Durations();
  /** From when a call was to be made, not from when it was, until its answer. */
  calls = new Durations();
  /** From when a call was to be made until it was. */
  lateness = new Durations();
  readonly counters: Record<Counter, number> = Object.fromEntries(
    counterNames.map((name) => [name, 0]),
  ) as Record<Counter, number>;
  /** Connections that ended without being asked to, by code. */
  readonly ends = new Map<string, number>();
  readonly callErrors = new Map<string, number>();

  static decode({ durations, counters, ends, callErrors }: EncodedMeasures): Measures {
    const measures = new Measures();
    for (const name of durationNames) measures[name] = Durations.decode(durations[name] ?? "");
    Object.assign(measures.counters, counters);
    for (const [code, count] of Object.entries(ends)) measures.ends.set(code, count);
    for (const [code, count] of Object.entries(callErrors)) measures.callErrors.set(code, count);
    return measures;
  }

  encode(): EncodedMeasures {
    return {
      durations: Object.fromEntries(durationNames.map((name) => [name, this[name].encode()])),
      counters: this.counters,
      ends: Object.fromEntries(this.ends),
      callErrors: Object.fromEntries(this.callErrors),
    };
  }

  add(other: Measures): void {
    for (const name of durationNames) this[name].add(other[name]);
    for (const name of counterNames) this.counters[name] += other.counters[name];
    for (const [code, count] of other.ends) countUp(this.ends, code, count);
    for (const [code, count] of other.callErrors) countUp(this.callErrors, code, count);
  }
}

export function countUp(counts: Map<string, number>, code: string, by = 1): void {
  counts.set(code, (counts.get(code) ?? 0) + by);
}
