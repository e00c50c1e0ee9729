import fc from "fast-check";
import { expect, test } from "vitest";
import { Breaker } from "../../../src/runtime/effects/breaker.ts";

/** What a breaker is to do, told as the history of its periods: each attempt belongs to the one that let it through. */
class Model {
  readonly #failures: number;
  readonly #openMs: number;
  nowMs = 0;
  period: { state: "closed" | "half-open" } | { state: "open"; untilMs: number } = {
    state: "closed",
  };
  /** Outcomes in this period. */
  #row = 0;
  #probed = false;

  constructor(failures: number, openMs: number) {
    this.#failures = failures;
    this.#openMs = openMs;
  }

  enter(): object | undefined {
    if (this.period.state === "open" && this.nowMs >= this.period.untilMs) {
      this.period = { state: "half-open" };
      this.#probed = false;
    }
    if (this.period.state === "open") return undefined;
    if (this.period.state === "half-open") {
      if (this.#probed) return undefined;
      this.#probed = true;
    }
    return this.period;
  }

  end(period: object, ok: boolean): void {
    if (period !== this.period) return;
    this.#row = ok ? 0 : this.#row + 1;
    const isProbe = this.period.state === "half-open";
    if (isProbe && ok) this.period = { state: "closed" };
    else if (isProbe || this.#row >= this.#failures) {
      this.#row = 0;
      this.period = { state: "open", untilMs: this.nowMs + this.#openMs };
    }
  }
}

const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ does: "enter" as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("end" as const),
      which: fc.nat(),
      ok: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("pass" as const),
      ms: fc.constantFrom(0, 1, 30, 99, 100),
    }),
  },
);

test("a breaker does what its model does, whatever happens in which order", () => {
  const seen = { closed: 0, open: 0, "half-open": 0 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(anyStep, { minLength: 40, maxLength: 120, size: "max" }),
      (breakerFailures, steps) => {
        const breaker = new Breaker({ breakerFailures, breakerOpenMs: 100 });
        const model = new Model(breakerFailures, 100);
        const running: { pass: number; period: object }[] = [];
        for (const step of steps) {
          if (step.does === "pass") model.nowMs += step.ms;
          if (step.does === "enter") {
            const period = model.enter();
            const pass = breaker.enter(model.nowMs);
            expect(pass !== undefined).toBe(period !== undefined);
            if (period && pass !== undefined) running.push({ pass, period });
          }
          if (step.does === "end" && running.length > 0) {
            const [ended] = running.splice(step.which % running.length, 1);
            model.end(ended?.period as object, step.ok);
            if (step.ok) breaker.answered(ended?.pass as number);
            else breaker.failed(ended?.pass as number, model.nowMs);
          }
          expect(breaker.state).toBe(model.period.state);
          const { period } = model;
          const rest = period.state === "open" ? Math.max(0, period.untilMs - model.nowMs) : 0;
          expect(breaker.restMs(model.nowMs)).toBe(rest);
          seen[breaker.state] += 1;
        }
      },
    ),
    { numRuns: 500 },
  );
  // Otherwise the steps above prove nothing.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(500);
});

test("a breaker opens with the last failure of the row, lets one through in time, and closes when it is answered", () => {
  const breaker = new Breaker({ breakerFailures: 2, breakerOpenMs: 100 });
  breaker.failed(breaker.enter(0) as number, 0);
  breaker.answered(breaker.enter(0) as number);
  breaker.failed(breaker.enter(0) as number, 0);
  expect(breaker.state).toBe("closed");
  const late = breaker.enter(5) as number;
  breaker.failed(breaker.enter(5) as number, 5);
  expect([breaker.state, breaker.restMs(5), breaker.enter(104)]).toEqual(["open", 100, undefined]);
  const probe = breaker.enter(105) as number;
  expect(breaker.enter(105)).toBeUndefined();
  breaker.answered(late);
  expect(breaker.state).toBe("half-open");
  breaker.answered(probe);
  expect(breaker.state).toBe("closed");
});

test("a clock that is set back keeps a breaker open for as long as ever, and no longer", () => {
  const breaker = new Breaker({ breakerFailures: 1, breakerOpenMs: 100 });
  breaker.failed(breaker.enter(5_000) as number, 5_000);
  expect(breaker.enter(20)).toBeUndefined();
  expect(breaker.restMs(20)).toBe(100);
  expect(breaker.enter(119)).toBeUndefined();
  expect(breaker.enter(120)).toBeDefined();
});
