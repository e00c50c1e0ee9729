import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaleMax, scaleMin } from "../../../src/actors/clock/game-time.ts";
import {
  add,
  floor,
  multiply,
  rational,
  simpleRational,
} from "../../../src/actors/clock/rational.ts";

describe("simpleRational", () => {
  it.each([
    [0.25, 1n, 4n],
    [0.1, 1n, 10n],
    [1 / 3, 1n, 3n],
    [60, 60n, 1n],
    [59.94, 2_997n, 50n],
    [999_999.5, 1_999_999n, 2n],
    [1e-9, 1n, 1_000_000_000n],
    [1e6, 1_000_000n, 1n],
  ])("takes %d for %d/%d", (value, numerator, denominator) => {
    expect(simpleRational(value)).toEqual({ numerator, denominator });
  });

  it("is a fraction that rounds to the double and fits 64 bits, at every scale", () => {
    const scales = fc.double({ min: scaleMin, max: scaleMax, noNaN: true });
    fc.assert(
      fc.property(scales, (scale) => {
        const { numerator, denominator } = simpleRational(scale);
        expect(Number(numerator) / Number(denominator)).toBe(scale);
        expect(numerator < 2n ** 63n).toBe(true);
        expect(denominator < 2n ** 63n).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("rational", () => {
  it("adds and multiplies exactly", () => {
    expect(add(rational(1n, 6n), rational(1n, 3n))).toEqual({ numerator: 1n, denominator: 2n });
    expect(multiply(rational(2n, 3n), rational(9n, 4n))).toEqual({
      numerator: 3n,
      denominator: 2n,
    });
  });

  it("rounds towards minus infinity", () => {
    expect(floor(rational(7n, 2n))).toBe(3n);
    expect(floor(rational(-7n, 2n))).toBe(-4n);
    expect(floor(rational(-4n, 2n))).toBe(-2n);
  });
});
