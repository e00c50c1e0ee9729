import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "../../support/kept-world.ts";
import { RewoundRun, type Step } from "../../support/rewound-run.ts";

const does = <Does extends Step["does"]>(name: Does) => fc.constant(name);
const messages = fc.integer({ min: 1, max: 6 });
const frames = fc.nat(6);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ does: does("pass"), region: fc.constantFrom("a", "a", "b") }),
  },
  { weight: 3, arbitrary: fc.record({ does: does("rewind"), frames }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constantFrom("read", "hear", "drain"), messages }) },
  { weight: 2, arbitrary: fc.record({ does: does("cut"), isNoticed: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ does: does("back"), isSlow: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom("ack", "upkeep", "hold", "keep", "keep") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ does: does("restart"), frames, before: fc.nat(3) },
      isCrash: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: does("subscribe") }) },
);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("whatever does not last, and whenever a client hears of it, in the end it has each event that happened, once", () => {
  const path = join(temporaryFolder(), "sessions");
  let resumes = 0;
  let whole = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      const run = new RewoundRun(path);
      for (const made of steps) run.do(made);
      run.end();
      if (!run.memory.isResynced) whole += 1;
      resumes += run.resumes;
    }),
    { numRuns: 300 },
  );
  expect(whole).toBeGreaterThan(200);
  expect(resumes).toBeGreaterThan(400);
});
