import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { searchWays } from "../../../src/actors/common/search-ways.ts";

const noWay = 65_535;

function tablesOf(map: Parameters<typeof searchWays>[0]) {
  const { nextHops, distances } = searchWays(map);
  const count = map.places.length;
  const read = (bytes: Uint8Array) => (a: number, b: number) =>
    new DataView(bytes.buffer).getUint16(2 * (a * count + b), true);
  return { hop: read(nextHops), distance: read(distances) };
}

const place = (id: string, x: number, y = 0) => ({ id, x, y });
const road = (from: string, to: string, effort = 1) => ({ from, to, effort });

const maps = fc
  .record({
    places: fc.array(fc.tuple(fc.nat(900), fc.nat(900)), {
      minLength: 1,
      maxLength: 12,
    }),
    roads: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 3 })), {
      maxLength: 30,
    }),
  })
  .map(({ places, roads }) => ({
    places: places.map(([x, y], i) => place(`p${i}`, x, y)),
    roads: roads.map(([a, b, effort]) =>
      road(`p${a % places.length}`, `p${b % places.length}`, effort),
    ),
  }));

describe("the ways of a map", () => {
  it("go around what takes longer", () => {
    const { hop, distance } = tablesOf({
      places: [place("a", 0), place("b", 500, 100), place("c", 1_000)],
      roads: [road("a", "c", 2), road("a", "b"), road("b", "c")],
    });
    expect([hop(0, 2), hop(1, 2), hop(2, 2)]).toEqual([1, 2, 2]);
    expect(distance(0, 2)).toBe(Math.round((2 * Math.hypot(500, 100)) / 10));
  });

  it("do not exist where no road leads", () => {
    const { hop, distance } = tablesOf({ places: [place("a", 0), place("b", 9)], roads: [] });
    expect([hop(0, 1), distance(0, 1)]).toEqual([noWay, noWay]);
    expect([hop(0, 0), distance(0, 0)]).toEqual([0, 0]);
  });

  it("are told as 65,534 decametres when they are longer", () => {
    const { distance } = tablesOf({
      places: [place("a", 0), place("b", 900_000)],
      roads: [road("a", "b")],
    });
    expect(distance(0, 1)).toBe(65_534);
  });

  it("go by the lowest number when two are equally short", () => {
    const places = [place("a", 0), place("c", 50, -10), place("b", 50, 10), place("d", 100)];
    const roads = [road("a", "b"), road("b", "d"), road("c", "d"), road("a", "c")];
    expect(tablesOf({ places, roads }).hop(0, 3)).toBe(1);
    expect(tablesOf({ places, roads: roads.toReversed() }).hop(0, 3)).toBe(1);
  });

  it("are shortest, equally long both ways, and lead to where they should", () => {
    fc.assert(
      fc.property(maps, (map) => {
        const { hop, distance } = tablesOf(map);
        const count = map.places.length;
        const metres = floydWarshall(map);
        for (let a = 0; a < count; a += 1) {
          for (let b = 0; b < count; b += 1) {
            const expected = metres[a * count + b] as number;
            expect(distance(a, b)).toBe(distance(b, a));
            if (expected === Number.POSITIVE_INFINITY) {
              expect(hop(a, b)).toBe(noWay);
              continue;
            }
            expect(Math.abs(distance(a, b) - expected / 10)).toBeLessThanOrEqual(1.1);
            let at = a;
            for (let steps = 0; at !== b && steps < count; steps += 1) at = hop(at, b);
            expect(at).toBe(b);
          }
        }
      }),
    );
  });

  it("are refused for roads that lead nowhere", () => {
    const places = [place("a", 0)];
    expect(() => searchWays({ places, roads: [road("a", "x")] }, "map.")).toThrow(
      'map.roads[0].to="x" is not valid; valid are ids of the map\'s places',
    );
    const roads = [road("a", "a", Number.NaN)];
    expect(() => searchWays({ places, roads })).toThrow("roads[0].effort=NaN is not valid");
    const many = Array.from({ length: 513 }, (_, i) => place(`p${i}`, i));
    expect(() => searchWays({ places: many, roads: [] })).toThrow("places (length)=513");
  });
});

function floydWarshall({ places, roads }: Parameters<typeof searchWays>[0]): number[] {
  const count = places.length;
  const metres = Array.from({ length: count * count }, (_, i) =>
    i % (count + 1) === 0 ? 0 : Number.POSITIVE_INFINITY,
  );
  const at = (a: number, b: number) => metres[a * count + b] as number;
  for (const { from, to, effort } of roads) {
    const a = places.findIndex(({ id }) => id === from);
    const b = places.findIndex(({ id }) => id === to);
    const [p, q] = [places[a], places[b]];
    if (p === undefined || q === undefined || a === b) continue;
    const length = Math.hypot(p.x - q.x, p.y - q.y) * effort;
    metres[a * count + b] = Math.min(at(a, b), length);
    metres[b * count + a] = Math.min(at(b, a), length);
  }
  for (let via = 0; via < count; via += 1) {
    for (let a = 0; a < count; a += 1) {
      for (let b = 0; b < count; b += 1) {
        metres[a * count + b] = Math.min(at(a, b), at(a, via) + at(via, b));
      }
    }
  }
  return metres;
}
