import fc from "fast-check";
import { expect, test } from "vitest";
import { FinalFailure } from "../../../src/runtime/effects/failure.ts";
import { backOffAfter, isFinal } from "../../../src/runtime/effects/retry.ts";
import { Rejection, TellurionError } from "../../../src/runtime/errors.ts";

const anyPolicy = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 50 }),
  backOffMs: fc.integer({ min: 1, max: 10_000 }),
  backOffMsMax: fc.integer({ min: 1, max: 1_000_000 }),
});

test("a pause is at least nothing, and less than a bound that doubles up to its greatest", () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(
      anyPolicy,
      fc.integer({ min: 1, max: 2_000 }),
      chance,
      (policy, attempts, drawn) => {
        let bound = policy.backOffMs;
        for (let i = 1; i < attempts && bound < policy.backOffMsMax; i += 1) bound *= 2;
        bound = Math.min(bound, policy.backOffMsMax);
        const pause = backOffAfter(attempts, policy, () => drawn);
        expect(pause).toBeGreaterThanOrEqual(0);
        expect(pause).toBeLessThan(bound);
        // All of the range: no part of the pause is the same for everyone.
        expect(pause / bound).toBeCloseTo(drawn, 9);
      },
    ),
  );
});

test("a refusal is final at once, anything else with the last attempt", () => {
  const policy = { attemptsMax: 3, backOffMs: 1, backOffMsMax: 1 };
  const refusals = [new Rejection("NOT_FOUND", "no"), new FinalFailure("EFFECT_FAILED", "no")];
  for (const refusal of refusals) expect(isFinal(refusal, 1, policy)).toBe(true);
  const failures = [new Error("no"), new TellurionError("UNAVAILABLE", "no"), "no", undefined];
  for (const failure of failures) {
    expect([1, 2, 3].map((attempts) => isFinal(failure, attempts, policy))).toEqual([
      false,
      false,
      true,
    ]);
  }
});
