import { TellurionError } from "../errors.ts";
import type { BreakerPolicy } from "./breaker.ts";
import type { RetryPolicy } from "./retry.ts";

/** Bounds of one kind of effect, each with a name. */
export interface EffectLimits extends RetryPolicy, BreakerPolicy {
  /** Time in ms that one attempt may take. */
  readonly timeoutMs: number;
  /** Attempts that run at once. */
  readonly concurrencyMax: number;
}

export const defaultEffectLimits: EffectLimits = {
  attemptsMax: 5,
  backOffMs: 200,
  backOffMsMax: 30_000,
  breakerFailures: 10,
  breakerOpenMs: 10_000,
  timeoutMs: 30_000,
  concurrencyMax: 16,
};

/** Below 2 ** 31, beyond which timers of Node fire at once. */
const limitMax = 1_000_000_000;

/** The limits that are given, and the default of the others. Throws INVALID_DEFINITION. */
export function effectLimitsOf(type: string, given: Partial<EffectLimits>): EffectLimits {
  const limits: Record<keyof EffectLimits, number> = { ...defaultEffectLimits };
  for (const name of Object.keys(limits) as (keyof EffectLimits)[]) {
    limits[name] = checkLimit(name, given[name] ?? limits[name], `the effect ${type}`);
  }
  return limits;
}

/** The value of a bound that it may have. Throws INVALID_DEFINITION. */
export function checkLimit(name: string, value: number, owner: string): number {
  if (Number.isInteger(value) && value >= 1 && value <= limitMax) return value;
  throw new TellurionError(
    "INVALID_DEFINITION",
    `${name}=${value} of ${owner} is not valid; valid are integers from 1 to ${limitMax}`,
  );
}
