import { Rejection } from "../errors.ts";
import { FinalFailure } from "./failure.ts";

export interface BackOff {
  /** Upper bound in ms of the pause after the first attempt. It doubles with each further one. */
  readonly backOffMs: number;
  /** What it doubles up to. */
  readonly backOffMsMax: number;
}

export interface RetryPolicy extends BackOff {
  /** Attempts of one effect, the first one included. */
  readonly attemptsMax: number;
}

/** Whether the failure of this attempt is the effect's. */
export function isFinal(error: unknown, attempts: number, policy: RetryPolicy): boolean {
  return attempts >= policy.attemptsMax || isRefusal(error);
}

/** Whether the outside, or our own side, said no: nothing that time heals. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Rejection || error instanceof FinalFailure;
}

/**
 * The pause in ms after so many attempts: anything up to the bound, so that those who failed together do not come back
 * together. This is "full jitter" of "Exponential Backoff And Jitter", Marc Brooker, AWS Architecture Blog, 2015.
 * `random` gives numbers in [0, 1).
 */
export function backOffAfter(
  attempts: number,
  { backOffMs, backOffMsMax }: BackOff,
  random: () => number,
): number {
  return random() * Math.min(backOffMsMax, backOffMs * 2 ** (attempts - 1));
}
