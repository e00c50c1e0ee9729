import type { EffectClock } from "../../src/runtime/effects/effect-clock.ts";

/**
 * The time of one process: it passes when the simulation says so, and what it shows can jump, as a clock does that is
 * set right. Timers know nothing of jumps.
 */
export class SimulatedClock implements EffectClock {
  #passedMs = 0;
  #shownMs: number;
  #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  constructor(shownMs: number) {
    this.#shownMs = shownMs;
  }

  now(): number {
    return this.#shownMs;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#passedMs + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Shows another time from now on. */
  jump(ms: number): void {
    this.#shownMs += ms;
  }

  /** Lets time pass, and runs what is due, in the order in which it is. */
  pass(ms: number): void {
    this.#passedMs += ms;
    this.#shownMs += ms;
    const due = [...this.#timers].filter(({ atMs }) => atMs <= this.#passedMs);
    due.sort((a, b) => a.atMs - b.atMs);
    for (const timer of due) if (this.#timers.delete(timer)) timer.run();
  }
}

/** Resolves when every promise that can be kept without time passing is kept. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
