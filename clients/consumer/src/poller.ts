import type { Message } from "@aws-sdk/client-sqs";
import { backoffMs } from "./backoff.ts";
import type { Queue } from "./queue.ts";

export interface PollerOptions {
  readonly queue: Queue;
  readonly onMessages: (messages: readonly Message[]) => void;
  /** A poll was answered, or it was not. */
  readonly onAnswer: (failure: unknown) => void;
  /** Resolves when there is room for more messages. */
  readonly room: () => Promise<void>;
}

/** One long poll after the other. */
export class Poller {
  /** When it last did something, in ms of `performance.now()`. Undefined: it waits for room, and is not to be blamed. */
  activeMs: number | undefined = performance.now();
  readonly ended: Promise<void>;
  readonly #options: PollerOptions;
  readonly #stop = new AbortController();
  #isLast = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.ended = this.#run();
  }

  /** Begins no more polls. */
  finish(): void {
    this.#isLast = true;
  }

  /** Ends the poll that is under way: what it would have brought comes back when nobody has acknowledged it in time. */
  stop(): void {
    this.#isLast = true;
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { queue, room, onMessages, onAnswer } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    for (;;) {
      this.activeMs = undefined;
      await room();
      if (this.#isLast) return;
      this.activeMs = performance.now();
      try {
        const messages = await queue.receive(signal);
        failures = 0;
        onAnswer(undefined);
        onMessages(messages);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        onAnswer(error);
        await delay(backoffMs(failures), signal);
      }
    }
  }
}

/** Resolves after a time, or as soon as the signal is given. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => resolve();
  signal.addEventListener("abort", end, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  });
}
