const backOffMs = 50;
const backOffMsMax = 5_000;
const doublingsMax = 16;

/**
 * The pause in ms after so many attempts: anything up to a bound that doubles, so that those who failed together do not
 * come back together. This is "full jitter" of "Exponential Backoff And Jitter", Marc Brooker, AWS Architecture Blog, 2015.
 * `random` gives numbers in [0, 1).
 */
export function backOffAfter(attempts: number, random: () => number): number {
  return random() * Math.min(backOffMsMax, backOffMs * 2 ** Math.min(attempts - 1, doublingsMax));
}
