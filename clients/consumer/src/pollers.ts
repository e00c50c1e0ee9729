import type { Message } from "@aws-sdk/client-sqs";
import { textOf } from "./consumer-error.ts";
import type { Problem } from "./options.ts";
import { Poller } from "./poller.ts";
import type { Queue } from "./queue.ts";

export interface PollersOptions {
  readonly queue: Queue;
  readonly count: number;
  /** A poll that takes longer than this has come to a stop. */
  readonly watchdogMs: number;
  readonly onMessages: (messages: readonly Message[]) => void;
  readonly isFull: () => boolean;
  readonly onProblem: (problem: Problem) => void;
}

const lastPollMsMax = 1_000;
/** Failed polls in a row are told of when there are so many, and then whenever there are twice as many. */
const isPowerOfTwo = (count: number) => (count & (count - 1)) === 0;

/** Keeps so many long polls going, while there is room for what they bring. */
export class Pollers {
  pollFailures = 0;
  stalls = 0;
  /** The last poll that ended was answered. */
  answered = false;
  readonly #options: PollersOptions;
  #pollers: Poller[];
  #room: PromiseWithResolvers<void> | undefined;
  #stopped = false;
  #failuresInARow = 0;

  constructor(options: PollersOptions) {
    this.#options = options;
    this.#pollers = Array.from({ length: options.count }, () => this.#start());
  }

  /** There may be room again. */
  wake(): void {
    if (!this.#stopped && this.#options.isFull()) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Replaces what has come to a stop. */
  watch(nowMs: number): void {
    const { watchdogMs, onProblem } = this.#options;
    this.#pollers = this.#pollers.map((poller) => {
      if (nowMs - (poller.activeMs ?? nowMs) < watchdogMs) return poller;
      poller.stop();
      this.stalls += 1;
      onProblem({ kind: "stalled", text: `a poll has not ended for ${watchdogMs} ms` });
      return this.#start();
    });
  }

  /** Lets polls end that are about to; what they bring is handed over as before. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const poller of this.#pollers) poller.finish();
    this.wake();
    const ended = Promise.all(this.#pollers.map((poller) => poller.ended));
    const timer = setTimeout(() => {
      for (const poller of this.#pollers) poller.stop();
    }, lastPollMsMax);
    await ended;
    clearTimeout(timer);
  }

  #start(): Poller {
    const { queue, onMessages } = this.#options;
    return new Poller({
      queue,
      onMessages,
      room: () => this.#hasRoom(),
      onAnswer: (failure) => {
        this.answered = failure === undefined;
        if (failure === undefined) this.#failuresInARow = 0;
        else this.#noteFailure(failure);
      },
    });
  }

  #noteFailure(cause: unknown): void {
    this.pollFailures += 1;
    this.#failuresInARow += 1;
    if (!isPowerOfTwo(this.#failuresInARow)) return;
    const text = `poll ${this.#failuresInARow} in a row failed: ${textOf(cause)}`;
    this.#options.onProblem({ kind: "queue", text, cause });
  }

  async #hasRoom(): Promise<void> {
    while (!this.#stopped && this.#options.isFull()) {
      this.#room ??= Promise.withResolvers<void>();
      await this.#room.promise;
    }
  }
}
