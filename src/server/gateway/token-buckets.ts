import { TokenBucket } from "./token-bucket.ts";

/** Buckets that are kept. Beyond it the one that was used longest ago goes: it is full again by then. */
const bucketsMax = 16_384;

/** A bucket for each name, which lets through `ratePerSecond` in the long run and twice as much at once. */
export class TokenBuckets {
  readonly ratePerSecond: number;
  readonly #now: () => number;
  readonly #byName = new Map<string, TokenBucket>();

  constructor(ratePerSecond: number, now: () => number = () => performance.now()) {
    this.ratePerSecond = ratePerSecond;
    this.#now = now;
  }

  /** Counts one more. False when there are too many. */
  take(name: string): boolean {
    const { ratePerSecond: rate } = this;
    const nowMs = this.#now();
    const bucket = this.#byName.get(name) ?? new TokenBucket(rate, 2 * rate, nowMs);
    // Put in again behind all others: the first is always the one that was used longest ago.
    this.#byName.delete(name);
    this.#byName.set(name, bucket);
    for (const longestAgo of this.#byName.keys()) {
      if (this.#byName.size <= bucketsMax) break;
      this.#byName.delete(longestAgo);
    }
    return bucket.take(nowMs);
  }
}
