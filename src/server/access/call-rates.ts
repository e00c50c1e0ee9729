import { TellurionError } from "../../runtime/index.ts";
import { TokenBuckets } from "../gateway/token-buckets.ts";
import type { Limits } from "../limits.ts";

/** How often calls may be made: by one player, of one method, to one actor; over WebSocket and HTTP together. */
export class CallRates {
  readonly #players: TokenBuckets;
  readonly #methods: TokenBuckets;
  readonly #targets: TokenBuckets;

  constructor(limits: Limits, now: () => number = () => performance.now()) {
    this.#players = new TokenBuckets(limits.playerCallsPerSecondMax, now);
    this.#methods = new TokenBuckets(limits.methodCallsPerSecondMax, now);
    this.#targets = new TokenBuckets(limits.targetCallsPerSecondMax, now);
  }

  /** Counts what somebody asks for, allowed or not. Throws RATE_LIMITED. */
  countPlayer(player: string): void {
    // Without a player there is nobody to tell one from another.
    if (player !== "") take(this.#players, player, "player");
  }

  /** Counts a call that is allowed. Throws RATE_LIMITED. */
  count(method: string, target: string): void {
    take(this.#targets, target, "target");
    take(this.#methods, method, "method");
  }
}

/** Throws RATE_LIMITED. */
function take(buckets: TokenBuckets, name: string, what: string): void {
  if (buckets.take(name)) return;
  const { ratePerSecond: most } = buckets;
  throw new TellurionError(
    "RATE_LIMITED",
    `more than ${most} calls a second of ${what}=${name.slice(0, 120)}; try again later`,
  );
}
