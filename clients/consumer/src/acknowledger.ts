import { batchMax, type Queue } from "./queue.ts";

/** A message that is not acknowledged. A later receipt of the same one replaces the handle. */
export interface Receipt {
  readonly messageId: string;
  handle: string;
  /** Until then nobody else receives it, in ms of `performance.now()`. */
  hiddenUntilMs: number;
  /** How often the queue has handed it out, this time included. */
  receives: number;
}

const deletionAttemptsMax = 3;
const deletionsMax = 10_000;
const batchesAtOnceMax = 4;

/**
 * Deletes what was acknowledged and keeps hidden what is not. Neither has to succeed: a message that comes again is
 * recognised by its sequence.
 */
export class Acknowledger {
  /** Deletions that were given up. */
  undeleted = 0;
  readonly #queue: Queue;
  readonly #visibilityMs: number;
  readonly #deletions: { readonly handle: string; readonly attempt: number }[] = [];
  #deleting: Promise<void> | undefined;
  #extending = false;

  constructor(queue: Queue, visibilityMs: number) {
    this.#queue = queue;
    this.#visibilityMs = visibilityMs;
  }

  delete(handles: readonly string[]): void {
    for (const handle of handles) this.#add(handle, 1);
    this.#deleting ??= this.#delete().finally(() => {
      this.#deleting = undefined;
    });
  }

  /** Resolves when each deletion was done or given up. */
  async flush(): Promise<void> {
    await this.#deleting;
  }

  /** Hides for another while what would come into sight within half the time. */
  async extend(receipts: Iterable<Receipt>): Promise<void> {
    if (this.#extending) return;
    this.#extending = true;
    const soon = performance.now() + this.#visibilityMs / 2;
    try {
      const due = [...receipts].filter(({ hiddenUntilMs }) => hiddenUntilMs < soon);
      await this.#inBatches(due, async (batch) => {
        const hiddenUntilMs = performance.now() + this.#visibilityMs;
        const handles = batch.map(({ handle }) => handle);
        await this.#queue.hide(handles, this.#visibilityMs / 1_000);
        for (const receipt of batch) receipt.hiddenUntilMs = hiddenUntilMs;
      });
    } finally {
      this.#extending = false;
    }
  }

  /** Gives messages back: they can be received again after so long. Those that this fails for come back by themselves. */
  async release(handles: readonly string[], seconds: number): Promise<void> {
    const results = await this.#inBatches(handles, (batch) => this.#queue.hide(batch, seconds));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  #add(handle: string, attempt: number): void {
    if (attempt > deletionAttemptsMax || this.#deletions.length >= deletionsMax) {
      this.undeleted += 1;
    } else this.#deletions.push({ handle, attempt });
  }

  async #delete(): Promise<void> {
    while (this.#deletions.length > 0) {
      const due = this.#deletions.splice(0, batchMax * batchesAtOnceMax);
      await this.#inBatches(due, async (batch) => {
        const handles = batch.map(({ handle }) => handle);
        const left = new Set(await this.#queue.delete(handles).catch(() => handles));
        for (const { handle, attempt } of batch) {
          if (left.has(handle)) this.#add(handle, attempt + 1);
        }
      });
    }
  }

  /** A batch that fails is left as it is. */
  async #inBatches<T>(
    all: readonly T[],
    work: (batch: T[]) => Promise<void>,
  ): Promise<PromiseSettledResult<void>[]> {
    const results: PromiseSettledResult<void>[] = [];
    for (let i = 0; i < all.length; i += batchMax * batchesAtOnceMax) {
      const some = all.slice(i, i + batchMax * batchesAtOnceMax);
      const batches = Array.from({ length: Math.ceil(some.length / batchMax) }, (_, n) =>
        work(some.slice(n * batchMax, (n + 1) * batchMax)),
      );
      results.push(...(await Promise.allSettled(batches)));
    }
    return results;
  }
}
