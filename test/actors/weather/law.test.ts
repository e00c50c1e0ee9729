import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chancesAfter, type DawnWindow, isDawn } from "../../../src/actors/weather/chain.ts";
import {
  type Climate,
  conditionAt,
  type Season,
  seasonNamed,
} from "../../../src/actors/weather/climate.ts";
import { certain, Law, longRunShares } from "../../../src/actors/weather/law.ts";
import { climate, day, hour, minute } from "../fixtures.ts";

const spring = seasonNamed(climate, "spring");
const window = { fromMs: 5 * hour, untilMs: 7 * hour, dayMs: day };

/** A climate of as many conditions as there are rows, the first of which is foggy. */
function chain(rows: number[][]): { climate: Climate; season: Season } {
  const season = { ...spring, rows: rows.map((chances) => ({ chances })) };
  const conditions = rows.map((_, i) => ({
    ...conditionAt(climate, i === 0 ? 1 : 0),
    name: `c${i}`,
  }));
  return { climate: { ...climate, conditions, seasons: [season] }, season };
}

const anyRows = fc.integer({ min: 2, max: 6 }).chain((count) =>
  fc.array(
    fc
      .array(fc.integer({ min: 1, max: 100 }), { minLength: count, maxLength: count })
      .map((weights) => weights.map((weight) => weight / weights.reduce((a, b) => a + b))),
    { minLength: count, maxLength: count },
  ),
);

const anyRuns = fc.array(
  fc.record({ dawn: fc.boolean(), draws: fc.integer({ min: 0, max: 40 }) }),
  {
    maxLength: 6,
  },
);

/** The shares after one draw, one row after another. */
function drawn(built: Climate, season: Season, shares: readonly number[], dawn: boolean): number[] {
  const after = shares.map(() => 0);
  shares.forEach((share, from) => {
    chancesAfter(built, season, from, dawn).forEach((chance, to) => {
      after[to] = (after[to] ?? 0) + share * chance;
    });
  });
  return after;
}

/** The shares of a day's draws, averaged over the last of many days that are drawn one by one. */
function sharesByDrawing(built: Climate, season: Season, days: number, dawns: DawnWindow) {
  const perDay = Math.round(dawns.dayMs / (built.stepMinutes * minute));
  let now = [...certain(built.conditions.length, 0)];
  const sums = now.map(() => 0);
  for (let i = 1; i <= perDay * days; i += 1) {
    const time = ((i - 1) % perDay) + 1;
    now = drawn(built, season, now, isDawn(dawns, time * built.stepMinutes * minute));
    if (i <= perDay * (days - 1)) continue;
    now.forEach((share, condition) => {
      sums[condition] = (sums[condition] ?? 0) + share / perDay;
    });
  }
  return sums;
}

function expectClose(shares: ArrayLike<number>, others: ArrayLike<number>) {
  expect(shares.length).toBe(others.length);
  Array.from(shares).forEach((share, i) => {
    expect(Math.abs(share - (others[i] ?? 2))).toBeLessThan(1e-9);
  });
}

describe("the law of many draws", () => {
  it("is that of one draw after another, and so is their sum", () => {
    fc.assert(
      fc.property(anyRows, anyRuns, (rows, runs) => {
        const { climate: built, season } = chain(rows);
        const law = new Law(built, season);
        let now = [...certain(rows.length, 1)];
        const sum = now.map(() => 0);
        for (const dawn of runs.flatMap((run) => Array<boolean>(run.draws).fill(run.dawn))) {
          now = drawn(built, season, now, dawn);
          now.forEach((share, i) => {
            sum[i] = (sum[i] ?? 0) + share;
          });
        }
        expectClose(law.after(certain(rows.length, 1), runs), now);
        expectClose(law.sumAfter(certain(rows.length, 1), runs), sum);
      }),
    );
  });
});

describe("the long run", () => {
  it("is a law that the chain does not change", () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { climate: built, season } = chain(rows);
        const shares = longRunShares(built, season, undefined);
        expectClose(drawn(built, season, shares, false), shares);
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

  it("is known even where a condition lasts for years", () => {
    const { climate: built, season } = chain([
      [1 - 1e-7, 1e-7],
      [3e-7, 1 - 3e-7],
    ]);
    const shares = longRunShares(built, season, { ...window, untilMs: window.fromMs });
    expect(shares[0]).toBeCloseTo(0.75, 9);
  });

  it("takes no longer for the largest climate in the longest day", () => {
    const count = 32;
    const rows = Array.from({ length: count }, (_, i) =>
      Array.from({ length: count }, (_, j) => 1e-4 * (i === j ? 1e4 - count + 1 : 1)),
    );
    const { climate: built, season } = chain(rows);
    const dayMs = 100_000 * minute;
    const dawns = { fromMs: dayMs / 4, untilMs: dayMs / 2, dayMs };
    const shares = longRunShares({ ...built, stepMinutes: 1 }, season, dawns);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expectClose(shares.slice(2), shares.slice(1, -1));
    expect(shares[0]).toBeGreaterThan(2 / count);
  });

  it("counts each condition to begin with alike where the chain falls apart", () => {
    const { climate: built, season } = chain([
      [1, 0, 0],
      [0, 0.5, 0.5],
      [0, 0.5, 0.5],
    ]);
    expectClose(longRunShares(built, season, window), [1 / 3, 1 / 3, 1 / 3]);
  });

  it("has more fog with dawns than without", () => {
    const without = longRunShares(climate, spring, undefined);
    const shares = longRunShares(climate, spring, window);
    expect(shares[1]).toBeGreaterThan((without[1] ?? 1) * 1.2);
  });

  it.each([
    ["a day", 10, window],
    ["a day whose first draws are dawn's", 10, { ...window, fromMs: 0 }],
    ["a night across which dawn lasts", 10, { ...window, fromMs: 23 * hour, untilMs: 25 * hour }],
    ["a day that the step does not divide", 7, { ...window, dayMs: day + 3 * minute }],
    ["a day of one draw", 1_440, window],
  ])("is the average over %s of the chances of each draw", (_, stepMinutes, dawns) => {
    const built = { ...climate, stepMinutes };
    const shares = longRunShares(built, spring, dawns);
    expectClose(shares, sharesByDrawing(built, spring, 150, dawns));
  });
});
