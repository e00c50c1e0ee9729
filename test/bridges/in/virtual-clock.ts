import type { InClock } from "../../../src/bridges/in/in-clock.ts";

/** Turns of the event loop in which all that is ready goes on. */
const turnsMax = 20;

/** A clock that a test moves. */
export class VirtualClock implements InClock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  epochMs(): number {
    return 1_800_000_000_000 + this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass, timer by timer, and what follows from each go on. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await this.settle();
      const [next] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
    await this.settle();
  }

  /** Lets go on what waits for no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < turnsMax; i += 1) await new Promise(setImmediate);
  }
}
