import fc from "fast-check";
import { expect, test } from "vitest";
import {
  factorMin,
  loadMax,
  riseAfterMs,
  TimeDilation,
} from "../../../src/runtime/world/time-dilation.ts";

const stepMs = 1_000 / 60;
/** Frames after which the mean of a load has settled: a multiple of its memory. */
const settledFrames = 2_000;

/** `load`: the time of a frame as a multiple of the step. Returns the factor after each frame. */
function run(dilation: TimeDilation, loads: Iterable<number>): number[] {
  return Array.from(loads, (load) => {
    dilation.note(load * stepMs);
    return dilation.factor;
  });
}

function constant(load: number, frames = settledFrames): number[] {
  return new Array<number>(frames).fill(load);
}

const load = fc.double({ min: 0, max: 30, noNaN: true });

test("a world within its load runs at full speed", () => {
  const dilation = new TimeDilation(stepMs);
  expect(dilation.factor).toBe(1);
  expect(new Set(run(dilation, constant(0.89)))).toEqual(new Set([1]));
});

test("the factor is never outside of its bounds, and always a multiple of a twentieth", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(load, fc.integer({ min: 1, max: 200 }))), (phases) => {
      const dilation = new TimeDilation(stepMs);
      for (const [value, frames] of phases) {
        for (const factor of run(dilation, constant(value, frames))) {
          expect(factor).toBeGreaterThanOrEqual(factorMin);
          expect(factor).toBeLessThanOrEqual(1);
          expect(factor).toBe(Math.round(factor * 20) / 20);
        }
      }
    }),
  );
});

test.each([
  [0, 1],
  [0.9, 1],
  [0.92, 0.95],
  [1, 0.9],
  [1.8, 0.5],
  [2, 0.45],
  [8.5, 0.1],
  [1_000, 0.1],
])("a constant load of %f steps has factor %f", (value, factor) => {
  const dilation = new TimeDilation(stepMs);
  run(dilation, constant(value));
  expect(dilation.factor).toBeCloseTo(factor, 10);
});

test("a constant load has one factor in the end, whatever was before, and it is the one that fits", () => {
  fc.assert(
    fc.property(fc.array(load, { maxLength: 300 }), load, (before, value) => {
      const dilation = new TimeDilation(stepMs);
      run(dilation, before);
      const factors = run(dilation, constant(value, 2 * settledFrames)).slice(settledFrames);
      expect(new Set(factors).size).toBe(1);
      const [factor = 0] = factors;
      const exact = loadMax / value;
      // The mean comes near to a constant load, but does not reach it.
      if (factor > factorMin) expect(factor).toBeLessThanOrEqual(exact * (1 + 1e-6) + 1e-6);
      if (factor < 1) expect(factor).toBeGreaterThan(exact - 0.05 - 1e-6);
    }),
  );
});

test("overload is answered within half a second, and rises by one level a second after", () => {
  const dilation = new TimeDilation(stepMs);
  run(dilation, constant(0.5));
  const falling = run(dilation, constant(2, 30));
  expect(falling.at(-1)).toBeLessThan(0.8);
  run(dilation, constant(2));
  expect(dilation.factor).toBe(0.45);
  let [ms, last] = [0, dilation.factor];
  for (let frame = 0; frame < settledFrames; frame += 1) {
    ms += stepMs / dilation.factor;
    dilation.note(0.1 * stepMs);
    if (dilation.factor === last) continue;
    expect(dilation.factor - last).toBeCloseTo(0.05, 10);
    expect(ms).toBeGreaterThanOrEqual(riseAfterMs - 1e-6);
    [ms, last] = [0, dilation.factor];
  }
  expect(last).toBe(1);
});

test("after any overload it is at full speed again in bounded time", () => {
  fc.assert(
    fc.property(fc.array(load, { maxLength: 500 }), (before) => {
      const dilation = new TimeDilation(stepMs);
      run(dilation, before);
      // 18 levels of 60 frames at most, and what the mean needs to forget.
      const frames = 18 * 60 + 120;
      expect(run(dilation, constant(0.5, frames)).at(-1)).toBe(1);
    }),
  );
});

test("single long frames do not dilate, however long and however busy the world is", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.88, noNaN: true }),
      fc.double({ min: 1, max: 10_000, noNaN: true }),
      (value, spike) => {
        const dilation = new TimeDilation(stepMs);
        const second = [...constant(value, 300), spike];
        const factors = run(dilation, [...second, ...second, ...second, ...constant(value, 300)]);
        expect(new Set(factors)).toEqual(new Set([1]));
      },
    ),
  );
});

test("load that comes in every third frame only is overload as well", () => {
  const dilation = new TimeDilation(stepMs);
  const loads = Array.from({ length: settledFrames }, (_, i) => (i % 3 === 0 ? 5 : 0.2));
  run(dilation, loads);
  const mean = (5 + 2 * 0.2) / 3;
  expect(dilation.factor).toBeLessThanOrEqual(loadMax / mean);
  expect(dilation.factor).toBeGreaterThan(0.35);
});

test("load about the limit of a level keeps the lower one", () => {
  const dilation = new TimeDilation(stepMs);
  // The limit of 0.5 is 1.8 steps.
  run(dilation, constant(1.81));
  const loads = Array.from({ length: settledFrames }, (_, i) => (i % 20 < 10 ? 1.5 : 2.12));
  expect(new Set(run(dilation, loads))).toEqual(new Set([0.45]));
});

test("load that varies about a constant one moves the factor little and seldom", () => {
  const noise = fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), {
    minLength: 1_200,
    maxLength: 1_200,
  });
  fc.assert(
    fc.property(fc.double({ min: 1, max: 5, noNaN: true }), noise, (value, factors) => {
      const dilation = new TimeDilation(stepMs);
      run(dilation, constant(value));
      const seen = run(
        dilation,
        factors.map((factor) => factor * value),
      );
      expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(0.101);
      const changes = seen.filter((factor, i) => i > 0 && factor !== seen[i - 1]).length;
      // Up at most once a second, and down as often.
      const elapsedMs = seen.reduce((ms, factor) => ms + stepMs / factor, 0);
      expect(changes).toBeLessThanOrEqual(2 * (elapsedMs / riseAfterMs + 1));
    }),
    { numRuns: 30 },
  );
});

test("a step of nothing is refused", () => {
  for (const ms of [0, -1, Number.NaN]) expect(() => new TimeDilation(ms)).toThrow(`stepMs=${ms}`);
});
