import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chancesAfter, drawNext, isDawn, runsOf } from "../../../src/actors/weather/chain.ts";
import { seasonNamed } from "../../../src/actors/weather/climate.ts";
import { climate, day, hour, minute } from "../fixtures.ts";

const spring = seasonNamed(climate, "spring");
const window = { fromMs: 5 * hour, untilMs: 7 * hour, dayMs: day };

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
        const chances = chancesAfter(climate, spring, from, dawn);
        chances.forEach((chance, i) => {
          expect(seen[i]).toBeCloseTo(chance, 3);
        });
      }
    }
  });

  it("enters fog at dawn by the factor more often, and leaves it as at other times", () => {
    expect(chancesAfter(climate, spring, 0, true)[1]).toBeCloseTo(0.03 * 6, 12);
    expect(chancesAfter(climate, spring, 2, true)[1]).toBeCloseTo(0.05 * 6, 12);
    const inFog = chancesAfter(climate, spring, 1, true);
    expect(inFog).toEqual(chancesAfter(climate, spring, 1, false));
  });

  it("keeps chances chances, whatever the factor", () => {
    for (const dawnFogFactor of [0, 0.5, 1, 30, 100]) {
      const built = { ...climate, dawnFogFactor };
      const shares = chancesAfter(built, spring, 2, true);
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

describe("runsOf", () => {
  it("takes together the draws that are dawn's, and those that are not", () => {
    const step = fc.integer({ min: 1, max: 30 }).map((minutes) => minutes * minute);
    const time = fc.integer({ min: 0, max: 40 * hour });
    fc.assert(
      fc.property(time, time, step, fc.nat(300), (start, fromMs, stepMs, draws) => {
        const dawns = { fromMs: start, untilMs: start + 2 * hour, dayMs: 5 * hour };
        const runs = runsOf(dawns, fromMs, stepMs, draws);
        expect(runs.flatMap((run) => Array<boolean>(run.draws).fill(run.dawn))).toEqual(
          Array.from({ length: draws }, (_, i) => isDawn(dawns, fromMs + i * stepMs)),
        );
        runs.slice(1).forEach(({ dawn }, i) => {
          expect(dawn).not.toBe(runs[i]?.dawn);
        });
      }),
    );
    expect(runsOf(undefined, 0, minute, 9)).toEqual([{ dawn: false, draws: 9 }]);
  });
});
