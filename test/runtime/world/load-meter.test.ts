import { expect, test } from "vitest";
import { LoadMeter } from "../../../src/runtime/world/load-meter.ts";
import { ActorMetrics } from "../../../src/runtime/world/metrics.ts";
import type { Registry } from "../../../src/runtime/world/registry.ts";

const actorsMax = 8;

function create(): { metrics: ActorMetrics; measure: () => unknown } {
  const metrics = new ActorMetrics(new SharedArrayBuffer(ActorMetrics.bytes(actorsMax + 1)));
  const meter = new LoadMeter(metrics, actorsMax);
  const registry = {
    all: () => [
      { number: 1, worker: 0 },
      { number: 2, worker: 1 },
    ],
  } as unknown as Registry;
  return { metrics, measure: () => meter.measure(registry) };
}

test("each measurement holds what actors have cost since the one before", () => {
  const { metrics, measure } = create();
  metrics.addRun(1, 10, 4);
  expect(measure()).toEqual([{ actor: 1, worker: 0, ms: 4 }]);
  metrics.addRun(1, 1, 0.5);
  metrics.addRun(2, 1, 2);
  metrics.addRun(2, 1, 1);
  expect(measure()).toEqual([
    { actor: 1, worker: 0, ms: 0.5 },
    { actor: 2, worker: 1, ms: 3 },
  ]);
  expect(measure()).toEqual([]);
});

test("a number that another actor got costs nothing at first, and then what that actor costs", () => {
  const { metrics, measure } = create();
  metrics.addRun(1, 1, 50);
  measure();
  metrics.clear(1);
  expect(measure()).toEqual([]);
  metrics.addRun(1, 1, 2);
  expect(measure()).toEqual([{ actor: 1, worker: 0, ms: 2 }]);
});
