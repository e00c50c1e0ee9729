import fc from "fast-check";
import { expect, test } from "vitest";
import { type Month, waysOf } from "../../../src/bridges/cost/ways.ts";

const tenMillion: Month = {
  events: 10_000_000,
  eventBytes: 104,
  lingerMs: 5_000,
  streams: 1,
  services: 1,
  pollers: 1,
  hoursPerDay: 24,
};

function costsOf(change: Partial<Month> = {}): Record<string, [string, string]> {
  const ways = waysOf({ ...tenMillion, ...change });
  const inCents = (dollars: number) => dollars.toFixed(2);
  return Object.fromEntries(
    ways.map(({ name, bill }) => [name, [inCents(bill.dollars), inCents(bill.dollarsAfterFree)]]),
  );
}

test("ten million events cost what they cost on AWS's price list, sent in each of the ways", () => {
  expect(costsOf()).toEqual({
    "JSON, one by one": ["17.05", "16.15"],
    "binary, one by one": ["17.05", "16.15"],
    "binary, one by one, received by ten": ["9.85", "8.95"],
    "binary, batches of ten": ["5.35", "4.45"],
    "packs, in a trickle, linger 5000 ms": ["0.95", "0.28"],
    "packs, in bursts": ["0.09", "0.00"],
  });
});

test.each([
  [1_000, "4.52", "3.62"],
  [10_000, "0.50", "0.00"],
])("a trickle with a linger of %i ms costs $%s", (lingerMs, dollars, afterFree) => {
  expect(costsOf({ lingerMs })[`packs, in a trickle, linger ${lingerMs} ms`]).toEqual([
    dollars,
    afterFree,
  ]);
});

test("a trickle in more streams costs more: each closes packs of its own", () => {
  const costs = costsOf({ streams: 10 })["packs, in a trickle, linger 5000 ms"];
  expect(costs).toEqual(["8.99", "8.09"]);
});

test("no way has more publishes than events, or fewer requests than its bytes need; full packs cost least", () => {
  const month = fc.record({
    events: fc.integer({ min: 1, max: 1_000_000_000 }),
    eventBytes: fc.integer({ min: 1, max: 190_000 }),
    lingerMs: fc.integer({ min: 1, max: 60_000 }),
    streams: fc.integer({ min: 1, max: 64 }),
    services: fc.integer({ min: 0, max: 32 }),
    pollers: fc.integer({ min: 0, max: 16 }),
    hoursPerDay: fc.integer({ min: 1, max: 24 }),
  });
  fc.assert(
    fc.property(month, (given) => {
      const ways = waysOf(given);
      const bytes = given.events * given.eventBytes;
      for (const { bill } of ways) {
        const [publish] = bill.lines;
        expect(publish?.calls).toBeLessThanOrEqual(given.events);
        expect(bill.dollarsAfterFree).toBeLessThanOrEqual(bill.dollars);
        expect(bill.snsRequests * 65_536).toBeGreaterThanOrEqual(bytes);
      }
      const [trickle = 0, bursts = 0] = ways.slice(-2).map(({ bill }) => bill.dollars);
      expect(bursts).toBeLessThanOrEqual(trickle);
    }),
  );
});
