import fc from "fast-check";
import { expect, test } from "vitest";
import { checkMap } from "../../../src/actors/common/check-map.ts";
import { searchWays } from "../../../src/actors/common/search-ways.ts";
import {
  distanceMetres,
  nearestOf,
  nextHop,
  noPlace,
  placeNumber,
  placesIn,
  placesOfKind,
  type WorldMap,
} from "../../../src/actors/common/world-map.ts";

/** Places on a line, 100 m apart, but for an island. */
function mapOf(count: number, roads: readonly (readonly [number, number, number])[]): WorldMap {
  const map = {
    places: Array.from({ length: count }, (_, i) => ({
      ...{ id: `p${i}`, region: i % 2 === 0 ? "even" : "odd", kind: i < 2 ? "home" : "farm" },
      ...{ x: 100 * i, y: 0, sheltered: false, tags: [] },
    })),
    roads: roads.map(([from, to, effort]) => ({ from: `p${from}`, to: `p${to}`, effort })),
  };
  return { ...map, ...searchWays(map) };
}

test("ways are the shortest, what is hard to walk counts as longer, and an island has none", () => {
  const map = mapOf(5, [
    [0, 1, 1],
    [1, 2, 1],
    [0, 2, 3],
    [2, 3, 2],
  ]);
  expect(() => checkMap(map, "map.")).not.toThrow();
  expect(nextHop(map, 0, 3)).toBe(1);
  expect(distanceMetres(map, 0, 3)).toBe(400);
  expect(nextHop(map, 0, 4)).toBe(noPlace);
  expect(distanceMetres(map, 0, 4)).toBe(Number.POSITIVE_INFINITY);
  expect(placeNumber(map, "p3")).toBe(3);
  expect(placeNumber(map, "nowhere")).toBe(noPlace);
  expect(placesIn(map, "odd")).toEqual([1, 3]);
  expect(placesOfKind(map, "farm", "even")).toEqual([2, 4]);
  expect(nearestOf(map, 0, [3, 2, 4])).toBe(2);
  expect(nearestOf(map, 0, [4])).toBe(noPlace);
});

test("whoever goes from hop to hop arrives, and has gone as far as the table says", () => {
  const place = fc.nat(11);
  const road = fc.tuple(place, place, fc.integer({ min: 1, max: 5 }));
  fc.assert(
    fc.property(fc.array(road, { maxLength: 40 }), place, place, (all, from, to) => {
      const roads = all.filter(([a, b]) => a !== b);
      const map = mapOf(12, roads);
      checkMap(map, "");
      if (nextHop(map, from, to) === noPlace) return;
      let metres = 0;
      let at = from;
      for (let steps = 0; at !== to; steps += 1) {
        expect(steps).toBeLessThan(12);
        const next = nextHop(map, at, to);
        metres += distanceMetres(map, at, next);
        at = next;
      }
      expect(metres).toBe(distanceMetres(map, from, to));
      expect(distanceMetres(map, to, from)).toBe(metres);
    }),
  );
});
