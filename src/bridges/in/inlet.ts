import type { CallPort } from "../call-port.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { type Chance, pollBackOffAfter } from "./back-off.ts";
import { Deletions } from "./deletions.ts";
import { Handling, type Verdict } from "./handling.ts";
import { type InClock, rest } from "./in-clock.ts";
import type { InCounters } from "./in-counters.ts";
import { Poller, stalledAfterMs } from "./poller.ts";
import { batchMax, Queue, type QueueClients, type ReceivedMessage } from "./queue.ts";
import type { Understood } from "./understood.ts";

const watchMs = stalledAfterMs / 6;
const stopMsMax = 10_000;
/** Failed polls in a row are told of when there are so many, and then whenever there are twice as many. */
const isPowerOfTwo = (count: number) => (count & (count - 1)) === 0;

export type InLog = (level: "info" | "warn" | "error", text: string) => void;

/** What pollers work with beside the configuration. */
export interface InParts {
  readonly clients: QueueClients;
  readonly call: CallPort;
  readonly counters: InCounters;
  readonly clock: InClock;
  readonly random: Chance;
  readonly tracing: Pick<Tracing, "commandReceived">;
  readonly log: InLog;
}

export interface InletOptions {
  /** `commands` */
  readonly name: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string | undefined;
  readonly pollers: number;
  /** Messages that are being handled at one time. */
  readonly handledMax: number;
  readonly understand: (message: ReceivedMessage, epochMs: number) => Understood;
  readonly received: (message: ReceivedMessage) => void;
  readonly handled: (verdict: Verdict) => void;
}

/** A queue whose messages come into the world, and the pollers that bring them. */
export class Inlet {
  readonly #options: InletOptions;
  readonly #parts: InParts;
  readonly #queue: Queue;
  readonly #deletions: Deletions;
  readonly #handling: Handling;
  readonly #pollers: readonly Poller[];
  readonly #running = new Set<Promise<void>>();
  /** Messages in a row that were put off. While there are any, the queue is asked less often, and for one at a time. */
  #putOff = 0;
  #restsUntil = 0;
  #cancelWatch: () => void;

  constructor(options: InletOptions, parts: InParts) {
    const { clients, call, counters, clock, random, tracing } = parts;
    const { queueUrl, deadLetterQueueUrl, understand } = options;
    this.#options = options;
    this.#parts = parts;
    const queue = new Queue(queueUrl, clients, counters);
    const deletions = new Deletions(queue, clock, random, counters);
    const warn = (text: string) => this.#log("warn", text);
    this.#queue = queue;
    this.#deletions = deletions;
    this.#handling = new Handling({
      ...{ queue, deletions, call, clock, random, tracing, understand, deadLetterQueueUrl, warn },
    });
    this.#pollers = Array.from({ length: options.pollers }, () => this.#newPoller());
    this.#cancelWatch = clock.after(watchMs, () => this.#watch());
  }

  /** Resolves when what has been received is handled, or after a time. */
  async stop(): Promise<void> {
    this.#cancelWatch();
    for (const poller of this.#pollers) poller.stop();
    const late = Promise.withResolvers<void>();
    const cancel = this.#parts.clock.after(stopMsMax, late.resolve);
    const finish = async () => {
      await Promise.all(this.#running);
      await this.#deletions.settled();
    };
    await Promise.race([finish(), late.promise]);
    cancel();
  }

  #newPoller(): Poller {
    const { clock, random } = this.#parts;
    return new Poller({
      ...{ clock, random },
      room: (signal) => this.#room(signal),
      receive: (countMax, signal) => this.#queue.receive(countMax, signal),
      take: (messages) => this.#take(messages),
      failed: (error, failures) => this.#noteFailure(error, failures),
    });
  }

  async #room(signal: AbortSignal): Promise<number> {
    const { clock } = this.#parts;
    const besidesMax = () => (this.#putOff > 0 ? 0 : this.#options.handledMax - batchMax);
    while (this.#running.size > besidesMax() && !signal.aborted) await Promise.race(this.#running);
    const restMs = this.#restsUntil - clock.now();
    if (restMs > 0) await rest(clock, restMs, signal);
    return this.#putOff > 0 ? 1 : batchMax;
  }

  #take(messages: readonly ReceivedMessage[]): void {
    for (const message of messages) {
      this.#options.received(message);
      const handling = this.#handle(message).finally(() => this.#running.delete(handling));
      this.#running.add(handling);
    }
  }

  async #handle(message: ReceivedMessage): Promise<void> {
    const verdict = await this.#handling.handle(message);
    this.#options.handled(verdict);
    if (verdict !== "put off") {
      this.#putOff = 0;
      this.#restsUntil = 0;
      return;
    }
    // To fetch more of what cannot be done now would only bring it nearer to being given up.
    this.#putOff += 1;
    const { clock, random } = this.#parts;
    this.#restsUntil = clock.now() + pollBackOffAfter(this.#putOff, random);
  }

  #noteFailure(error: unknown, failures: number): void {
    this.#parts.counters.retries += 1;
    if (isPowerOfTwo(failures)) this.#log("warn", `poll ${failures} in a row failed: ${error}`);
  }

  #watch(): void {
    this.#cancelWatch = this.#parts.clock.after(watchMs, () => this.#watch());
    for (const poller of this.#pollers.filter(({ isStalled }) => isStalled)) {
      this.#parts.counters.pollerRestarts += 1;
      this.#log("error", `a poll has not ended in ${stalledAfterMs} ms; its poller begins anew`);
      poller.restart();
    }
  }

  #log(level: "warn" | "error", text: string): void {
    this.#parts.log(level, `bridge, ${this.#options.name}: ${text}`);
  }
}
