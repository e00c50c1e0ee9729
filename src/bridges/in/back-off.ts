import { backOffAfter } from "../../runtime/index.ts";

const pollBackOff = { backOffMs: 200, backOffMsMax: 20_000 };
const hideSeconds = 5;
const hideSecondsMax = 600;
const hideFactor = 4;

/** Numbers in [0, 1). */
export type Chance = () => number;

/** The pause in ms before the queue is asked again, after so many failures in a row. */
export function pollBackOffAfter(failures: number, random: Chance): number {
  return backOffAfter(failures, pollBackOff, random);
}

/**
 * How long a message that was received so often stays out of sight before it comes again. Four times come to more than
 * three minutes: a queue that gives up after five has waited longer than `bridge/main` waits for a missing pack.
 */
export function hideBackOff(receives: number, random: Chance): number {
  const bound = Math.min(hideSecondsMax, hideSeconds * hideFactor ** (receives - 1));
  return Math.ceil((bound * (1 + random())) / 2);
}
