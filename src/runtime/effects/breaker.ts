export interface BreakerPolicy {
  /** Failures in a row that open the breaker. */
  readonly breakerFailures: number;
  /** Time in ms that it stays open before it lets one attempt through. */
  readonly breakerOpenMs: number;
}

export type BreakerState = "closed" | "open" | "half-open";

/**
 * Keeps attempts from an outside that fails all the time.
 *
 *     closed ── breakerFailures in a row ──► open ── breakerOpenMs ──► half-open: one attempt is let through
 *        ▲                                     ▲                           │
 *        └────────────── answered ─────────────┼───────────────────────────┤
 *                                              └───────── failed ──────────┘
 *
 * An attempt comes with the pass that let it through. One that began before the present state says nothing about it.
 */
export class Breaker {
  readonly #policy: BreakerPolicy;
  #state: BreakerState = "closed";
  #failures = 0;
  #openUntilMs = 0;
  /** The pass of all that begins in the present state. */
  #pass = 0;

  constructor(policy: BreakerPolicy) {
    this.#policy = policy;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** A pass for one attempt; nothing when it has to wait. */
  enter(nowMs: number): number | undefined {
    if (this.#state === "closed") return this.#pass;
    // After a clock was set back, it stays open for as long as it would have, not for as long as the clock went back.
    this.#openUntilMs = Math.min(this.#openUntilMs, nowMs + this.#policy.breakerOpenMs);
    if (this.#state === "half-open" || nowMs < this.#openUntilMs) return undefined;
    this.#become("half-open");
    return this.#pass;
  }

  /** Time in ms until an open breaker lets one through. 0: it waits for no time, but for an attempt's end at most. */
  restMs(nowMs: number): number {
    return this.#state === "open" ? Math.max(0, this.#openUntilMs - nowMs) : 0;
  }

  /** The outside is there: it did, or refused, what it was asked. */
  answered(pass: number): void {
    if (pass !== this.#pass) return;
    this.#failures = 0;
    if (this.#state === "half-open") this.#become("closed");
  }

  failed(pass: number, nowMs: number): void {
    if (pass !== this.#pass) return;
    this.#failures += 1;
    if (this.#state === "closed" && this.#failures < this.#policy.breakerFailures) return;
    this.#become("open");
    this.#openUntilMs = nowMs + this.#policy.breakerOpenMs;
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#failures = 0;
    this.#pass += 1;
  }
}
