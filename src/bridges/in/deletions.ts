import { type Chance, pollBackOffAfter } from "./back-off.ts";
import type { InClock } from "./in-clock.ts";
import { rest } from "./in-clock.ts";
import type { InCounters } from "./in-counters.ts";
import { batchMax, type Queue } from "./queue.ts";

/** How long a deletion waits for others: one request for ten messages is a tenth of the price. */
const lingerMs = 20;
const attemptsMax = 4;

const never = new AbortController().signal;

/** Deletes messages of one queue, up to ten with one request. */
export class Deletions {
  readonly #queue: Queue;
  readonly #clock: InClock;
  readonly #random: Chance;
  readonly #counters: InCounters;
  #waiting: string[] = [];
  #cancel: (() => void) | undefined;
  readonly #running = new Set<Promise<void>>();

  constructor(queue: Queue, clock: InClock, random: Chance, counters: InCounters) {
    this.#queue = queue;
    this.#clock = clock;
    this.#random = random;
    this.#counters = counters;
  }

  /** Never fails: a message that stays in the queue comes again, and is known then. */
  add(receipt: string): void {
    this.#waiting.push(receipt);
    if (this.#waiting.length >= batchMax) this.#send();
    else this.#cancel ??= this.#clock.after(lingerMs, () => this.#send());
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    this.#send();
    await Promise.all(this.#running);
  }

  #send(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const receipts = this.#waiting.splice(0);
    if (receipts.length === 0) return;
    const sending = this.#delete(receipts).finally(() => this.#running.delete(sending));
    this.#running.add(sending);
  }

  async #delete(receipts: readonly string[]): Promise<void> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      try {
        return await this.#queue.delete(receipts);
      } catch {
        if (attempt === attemptsMax) return;
        this.#counters.retries += 1;
        await rest(this.#clock, pollBackOffAfter(attempt, this.#random), never);
      }
    }
  }
}
