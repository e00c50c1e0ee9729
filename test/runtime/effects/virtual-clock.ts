import type { EffectClock } from "../../../src/runtime/effects/effect-clock.ts";

/** Time that passes when a test says so. */
export class VirtualClock implements EffectClock {
  #nowMs = 0;
  #timers: { atMs: number; run: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  /** Timers that have not run yet. */
  get timers(): number {
    return this.#timers.length;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Runs what is due within so many ms, each at its time, and all that follows from it. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (let timer = this.#first(endMs); timer; timer = this.#first(endMs)) {
      this.#nowMs = timer.atMs;
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      timer.run();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #first(endMs: number): { atMs: number; run: () => void } | undefined {
    return this.#timers
      .filter(({ atMs }) => atMs <= endMs)
      .reduce<{ atMs: number; run: () => void } | undefined>(
        (first, timer) => (first && first.atMs <= timer.atMs ? first : timer),
        undefined,
      );
  }
}

/** Every promise that can be kept without time passing is kept. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
