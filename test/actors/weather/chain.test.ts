import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  certain,
  drawNext,
  isDawn,
  longRunShares,
  propagate,
} from "../../../src/actors/weather/chain.ts";
import { type Climate, type Season, seasonNamed } from "../../../src/actors/weather/climate.ts";
import { climate, day, hour, minute } from "../fixtures.ts";

const spring = seasonNamed(climate, "spring");
const window = { fromMs: 5 * hour, untilMs: 7 * hour, dayMs: day };

function chain(rows: number[][]): { climate: Climate; season: Season } {
  const base = climate.conditions[0];
  if (base === undefined) throw new Error("assertion failed: the climate has conditions");
  const season = { ...spring, rows: rows.map((chances) => ({ chances })) };
  const conditions = rows.map((_, i) => ({ ...base, name: `c${i}` }));
  return { climate: { ...climate, conditions, seasons: [season] }, season };
}

const rows = fc.integer({ min: 2, max: 6 }).chain((count) =>
  fc.array(
    fc
      .array(fc.integer({ min: 1, max: 100 }), { minLength: count, maxLength: count })
      .map((weights) => weights.map((weight) => weight / weights.reduce((a, b) => a + b))),
    { minLength: count, maxLength: count },
  ),
);

describe("the long run", () => {
  it("is a law that the chain does not change", () => {
    fc.assert(
      fc.property(rows, (any) => {
        const { climate: built, season } = chain(any);
        const shares = longRunShares(built, season, undefined);
        const after = propagate(built, season, shares, false);
        shares.forEach((share, i) => {
          expect(after[i]).toBeCloseTo(share, 10);
        });
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      }),
    );
  });

  it("is known for two conditions", () => {
    const { climate: built, season } = chain([
      [0.9, 0.1],
      [0.3, 0.7],
    ]);
    expect(longRunShares(built, season, undefined)[0]).toBeCloseTo(0.75, 12);
  });

  it("has more fog with dawns than without", () => {
    const without = longRunShares(climate, spring, undefined);
    const shares = longRunShares(climate, spring, window);
    expect(shares[1]).toBeGreaterThan((without[1] ?? 1) * 1.2);
  });

  it("is the average over a day of the chances of each draw", () => {
    const shares = longRunShares(climate, spring, window);
    let now = certain(3, 0);
    const sums = [0, 0, 0];
    for (let draw = 1; draw <= 144 * 30; draw += 1) {
      now = propagate(climate, spring, now, isDawn(window, draw * 10 * minute));
      if (draw <= 144 * 20) continue;
      now.forEach((share, i) => {
        sums[i] = (sums[i] ?? 0) + share / 1_440;
      });
    }
    shares.forEach((share, i) => {
      expect(share).toBeCloseTo(sums[i] ?? 0, 9);
    });
  });
});

describe("a draw", () => {
  it("takes each condition as often as its chance says, at dawn and at other times", () => {
    const draws = 20_000;
    for (const dawn of [false, true]) {
      for (const from of [0, 1, 2]) {
        const seen = [0, 0, 0];
        for (let i = 0; i < draws; i += 1) {
          const to = drawNext(climate, spring, from, dawn, (i + 0.5) / draws);
          seen[to] = (seen[to] ?? 0) + 1 / draws;
        }
        const chances = propagate(climate, spring, certain(3, from), dawn);
        chances.forEach((chance, i) => {
          expect(seen[i]).toBeCloseTo(chance, 3);
        });
      }
    }
  });

  it("enters fog at dawn by the factor more often, and leaves it as at other times", () => {
    expect(propagate(climate, spring, certain(3, 0), true)[1]).toBeCloseTo(0.03 * 6, 12);
    expect(propagate(climate, spring, certain(3, 2), true)[1]).toBeCloseTo(0.05 * 6, 12);
    const inFog = propagate(climate, spring, certain(3, 1), true);
    expect(inFog).toEqual(propagate(climate, spring, certain(3, 1), false));
  });

  it("keeps chances chances, whatever the factor", () => {
    for (const dawnFogFactor of [0, 0.5, 1, 30, 100]) {
      const built = { ...climate, dawnFogFactor };
      const shares = propagate(built, spring, certain(3, 2), true);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(shares[1]).toBeCloseTo(Math.min(0.9, 0.05 * dawnFogFactor), 12);
    }
  });

  it("never takes a condition that has no chance", () => {
    const winter = seasonNamed(climate, "winter");
    expect(drawNext(climate, winter, 0, false, 1 - 2 ** -53)).toBe(1);
    expect(drawNext(climate, winter, 0, true, 1 - 2 ** -53)).toBe(1);
    expect(drawNext(climate, winter, 2, false, 0.5)).toBe(0);
  });
});

describe("isDawn", () => {
  it("holds after dawn began, up to its end, on every day", () => {
    for (const days of [-3, 0, 1, 400]) {
      expect(isDawn(window, days * day + 5 * hour)).toBe(false);
      expect(isDawn(window, days * day + 5 * hour + 1)).toBe(true);
      expect(isDawn(window, days * day + 7 * hour)).toBe(true);
      expect(isDawn(window, days * day + 7 * hour + 1)).toBe(false);
    }
    expect(isDawn(undefined, 6 * hour)).toBe(false);
  });
});
