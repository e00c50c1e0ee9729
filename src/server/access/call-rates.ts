import { TellurionError } from "../../runtime/index.ts";
import { TokenBucket } from "../gateway/token-bucket.ts";
import type { Limits } from "../limits.ts";

/** Buckets that are kept of one kind. Beyond it the one that was used longest ago goes: it is full again by then. */
const bucketsMax = 16_384;

/** How often calls may be made: by one player, of one method, to one actor; over WebSocket and HTTP together. */
export class CallRates {
  readonly #players: Buckets;
  readonly #methods: Buckets;
  readonly #targets: Buckets;

  constructor(limits: Limits, now: () => number = () => performance.now()) {
    const buckets = (rate: number) => new Buckets(rate, rate * 2, now);
    this.#players = buckets(limits.playerCallsPerSecondMax);
    this.#methods = buckets(limits.methodCallsPerSecondMax);
    this.#targets = buckets(limits.targetCallsPerSecondMax);
  }

  /** Counts what somebody asks for, allowed or not. Throws RATE_LIMITED. */
  countPlayer(player: string): void {
    // Without a player there is nobody to tell one from another.
    if (player !== "") this.#players.take(player, "player");
  }

  /** Counts a call that is allowed. Throws RATE_LIMITED. */
  count(method: string, target: string): void {
    this.#targets.take(target, "target");
    this.#methods.take(method, "method");
  }
}

class Buckets {
  readonly #byName = new Map<string, TokenBucket>();
  readonly #rate: number;
  readonly #burst: number;
  readonly #now: () => number;

  constructor(rate: number, burst: number, now: () => number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#now = now;
  }

  take(name: string, what: string): void {
    const nowMs = this.#now();
    const bucket = this.#byName.get(name) ?? new TokenBucket(this.#rate, this.#burst, nowMs);
    // Put in again behind all others: the first is always the one that was used longest ago.
    this.#byName.delete(name);
    this.#byName.set(name, bucket);
    if (this.#byName.size > bucketsMax) {
      for (const oldest of this.#byName.keys()) {
        this.#byName.delete(oldest);
        break;
      }
    }
    if (bucket.take(nowMs)) return;
    throw new TellurionError(
      "RATE_LIMITED",
      `more than ${this.#rate} calls a second of ${what}=${name.slice(0, 120)}; try again later`,
    );
  }
}
