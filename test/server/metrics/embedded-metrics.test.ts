import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type BridgeCounters, noBridgeCounters } from "../../../src/bridges/counters.ts";
import { EmbeddedMetrics } from "../../../src/server/metrics/embedded-metrics.ts";
import { FakeWorld } from "../../support/fake-world.ts";

/** Units of CloudWatch's MetricDatum that make sense here; the specification takes no others than MetricDatum does. */
const units = ["Count", "Milliseconds", "Seconds", "Bytes", "Percent", "None"];
const seriesMax = 10;

interface Line {
  readonly [member: string]: unknown;
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

describe("embedded metrics", () => {
  let world: FakeWorld;
  let bridge: BridgeCounters;
  let lines: string[];
  let metrics: EmbeddedMetrics;

  const last = (): Line => JSON.parse(lines.at(-1) ?? "");

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    world = new FakeWorld();
    bridge = noBridgeCounters;
    lines = [];
    metrics = new EmbeddedMetrics(
      { world, gateway: () => ({ connections: 3 }), bridge: () => bridge },
      (line) => lines.push(line),
    );
  });
  afterEach(() => {
    metrics.stop();
    vi.useRealTimers();
  });

  test("are lines as AWS's specification wants them", () => {
    vi.setSystemTime(1_800_000_000_000);
    metrics.write();
    expect(lines[0]).not.toContain("\n");
    const line = last();
    expect(Object.keys(line._aws).sort()).toEqual(["CloudWatchMetrics", "Timestamp"]);
    expect(line._aws.Timestamp).toBe(1_800_000_000_000);
    const targets = new Set<string>();
    for (const directive of line._aws.CloudWatchMetrics) {
      expect(Object.keys(directive).sort()).toEqual(["Dimensions", "Metrics", "Namespace"]);
      expect(directive.Namespace).toMatch(/^[^:]{1,255}$/);
      expect(directive.Dimensions.length).toBeGreaterThan(0);
      for (const set of directive.Dimensions) {
        expect(set.length).toBeLessThanOrEqual(30);
        for (const name of set) {
          expect(line[name]).toEqual(expect.stringMatching(/^.{1,1024}$/));
          targets.add(name);
        }
      }
      for (const { Name, Unit } of directive.Metrics) {
        expect(Name).toMatch(/^[\x20-\x7e]{1,255}$/);
        expect(units).toContain(Unit);
        expect(line[Name]).toEqual(expect.any(Number));
        expect(targets.has(Name), `${Name} twice`).toBe(false);
        targets.add(Name);
      }
    }
    expect(Object.keys(line).sort()).toEqual(["_aws", ...targets].sort());
  });

  test("are ten series at most, all of one dimension", () => {
    metrics.write();
    const [directive, ...others] = last()._aws.CloudWatchMetrics;
    expect(others).toEqual([]);
    expect(directive?.Dimensions).toEqual([["World"]]);
    expect(directive?.Metrics.length).toBeLessThanOrEqual(seriesMax);
  });

  test("are those of docs/observability.md, with their units", () => {
    const path = new URL("../../../docs/observability.md", import.meta.url);
    const rows = readFileSync(path, "utf8").matchAll(
      /^\| `(\w+)` \| (Count|Milliseconds|None) \| \S.+ \|$/gm,
    );
    metrics.write();
    const [directive] = last()._aws.CloudWatchMetrics;
    expect([...rows].map(([, Name, Unit]) => ({ Name, Unit }))).toEqual(directive?.Metrics);
  });

  test("come once a minute, and a last time at the end", () => {
    vi.advanceTimersByTime(59_999);
    expect(lines).toHaveLength(0);
    vi.advanceTimersByTime(60_001);
    expect(lines).toHaveLength(2);
    metrics.stop();
    expect(lines).toHaveLength(3);
    vi.advanceTimersByTime(600_000);
    expect(lines).toHaveLength(3);
  });

  test("say of what is counted how much was added, and of the rest how it stands", () => {
    world.endFrame();
    bridge = { ...bridge, up: 1, eventsPublished: 100, outboxOldestAgeMs: 700 };
    metrics.write();
    expect(last()).toMatchObject({
      World: "fake",
      Frames: 1,
      Clients: 3,
      EventsPublished: 100,
      BridgeUp: 1,
      OutboxAge: 700,
    });
    bridge = { ...bridge, up: 0, eventsPublished: 130, shedCosmetic: 2, feedLost: 3 };
    metrics.write();
    expect(last()).toMatchObject({
      Frames: 0,
      EventsPublished: 30,
      BridgeUp: 0,
      EventsLost: 5,
    });
    world.frame = 0;
    metrics.write();
    expect(last()).toMatchObject({ Frames: 0, EventsLost: 0 });
  });

  test("say nothing of a bridge where there is none", () => {
    const alone = new EmbeddedMetrics(
      { world, gateway: () => ({ connections: 0 }), bridge: undefined },
      (line) => lines.push(line),
    );
    alone.stop();
    expect(last()).toHaveProperty("Frames");
    expect(last()).not.toHaveProperty("BridgeUp");
  });
});
