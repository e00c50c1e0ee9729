import { type Chance, pollBackOffAfter } from "./back-off.ts";
import { type InClock, rest } from "./in-clock.ts";
import type { ReceivedMessage } from "./queue.ts";

/** A poll that has not ended by then will not: it should have failed long before. */
export const stalledAfterMs = 60_000;

export interface PollerParts {
  /** Resolves when there is room for the messages of a poll; with how many it may bring. */
  readonly room: (signal: AbortSignal) => Promise<number>;
  readonly receive: (countMax: number, signal: AbortSignal) => Promise<ReceivedMessage[]>;
  readonly take: (messages: readonly ReceivedMessage[]) => void;
  readonly failed: (error: unknown, failures: number) => void;
  readonly clock: InClock;
  readonly random: Chance;
}

/** Asks a queue for messages, again and again, until it is stopped. */
export class Poller {
  readonly #parts: PollerParts;
  #abort = new AbortController();
  /** Since when a poll has been on its way. Undefined: none is. */
  #pollingSince: number | undefined;

  constructor(parts: PollerParts) {
    this.#parts = parts;
    void this.#run(this.#abort.signal);
  }

  get isStalled(): boolean {
    const since = this.#pollingSince;
    return since !== undefined && this.#parts.clock.now() - since >= stalledAfterMs;
  }

  /** Gives up what it is at. What that still brings is left in the queue, to be delivered again. */
  restart(): void {
    this.stop();
    this.#abort = new AbortController();
    void this.#run(this.#abort.signal);
  }

  stop(): void {
    this.#pollingSince = undefined;
    this.#abort.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { room, receive, take, failed, clock, random } = this.#parts;
    for (let failures = 0; !signal.aborted; ) {
      const countMax = await room(signal);
      if (signal.aborted) return;
      this.#pollingSince = clock.now();
      try {
        const messages = await receive(countMax, signal);
        if (signal.aborted) return;
        failures = 0;
        take(messages);
      } catch (error) {
        if (signal.aborted) return;
        this.#pollingSince = undefined;
        failures += 1;
        failed(error, failures);
        await rest(clock, pollBackOffAfter(failures, random), signal);
      }
      this.#pollingSince = undefined;
    }
  }
}
