import { TokenBucket } from "./token-bucket.ts";

/** Players of whom it is known how often they came. Beyond it the one that came longest ago goes. */
const playersMax = 16_384;

/** How often each player comes to the door: one that comes all the time takes nobody else's turn. */
export class PlayerJoins {
  readonly #rate: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(ratePerSecond: number, now: () => number = () => performance.now()) {
    this.#rate = ratePerSecond;
    this.#now = now;
  }

  /** Counts one more. False when there are too many. Without a player there is nobody to tell one from another. */
  take(player: string): boolean {
    if (player === "") return true;
    const nowMs = this.#now();
    const bucket = this.#buckets.get(player) ?? new TokenBucket(this.#rate, 2 * this.#rate, nowMs);
    // Put in again behind all others: the first is always the one that came longest ago.
    this.#buckets.delete(player);
    this.#buckets.set(player, bucket);
    for (const longestAgo of this.#buckets.keys()) {
      if (this.#buckets.size <= playersMax) break;
      this.#buckets.delete(longestAgo);
    }
    return bucket.take(nowMs);
  }
}
