const pollBackOffMs = 200;
const pollBackOffMsMax = 20_000;
const hideSeconds = 5;
const hideSecondsMax = 600;
const hideFactor = 4;

/** Numbers in [0, 1). */
export type Chance = () => number;

/**
 * The pause before the queue is asked again, after so many failures in a row: anything up to a bound that doubles, so
 * that those who failed together do not come back together.
 */
export function pollBackOff(failures: number, random: Chance): number {
  return random() * Math.min(pollBackOffMsMax, pollBackOffMs * 2 ** (failures - 1));
}

/**
 * How long a message that was received so often stays out of sight before it comes again. Four times come to more than
 * three minutes: a queue that gives up after five has waited longer than `bridge/main` waits for a missing pack.
 */
export function hideBackOff(receives: number, random: Chance): number {
  const bound = Math.min(hideSecondsMax, hideSeconds * hideFactor ** (receives - 1));
  return Math.ceil((bound * (1 + random())) / 2);
}
