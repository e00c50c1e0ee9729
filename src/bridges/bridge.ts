import { Worker } from "node:worker_threads";
import { type FeedEnd, type FeedOptions, type LogLevel, TellurionError } from "../runtime/index.ts";
import type { BridgeMessage, BridgeRequest, BridgeSetup } from "./bridge-messages.ts";
import type { BridgedEvent } from "./bridged-event.ts";
import type { CallPort } from "./call-port.ts";
import type { BridgeConfiguration } from "./configuration.ts";
import { type BridgeCounters, noBridgeCounters } from "./counters.ts";
import { outboxInMemory } from "./out/outbox-file.ts";
import type { TracingOptions } from "./tracing/tracing.ts";

/** Of each worker's ring: at 80,000 events a second of 150 bytes, 2.8 s. It takes memory from the first lap on. */
const ringBytes = 32 * 2 ** 20;
/** Beyond what it was given to drain, and for closing. */
const graceMs = 2_000;
const closeMsMax = 15_000;

export interface BridgeOptions {
  readonly configuration: BridgeConfiguration;
  readonly worldName: string;
  /** Undefined: the world has no file, and packs that wait end with the process. */
  readonly outboxPath: string | undefined;
  /** Numbers of packs begin anew: for what was restored in a way that leaves no trace in the outbox. */
  readonly newEpoch?: boolean;
  /** The catalogue's. */
  readonly events: readonly BridgedEvent[];
  /** 16 hexadecimal digits. */
  readonly schemaHash: string;
  /** Where traces go. Undefined: there are none. */
  readonly trace?: Omit<TracingOptions, "world">;
  /** Carries out what comes in. Never rejects. */
  readonly call: CallPort;
  /** Lines begin with `bridge: `, or with `bridge, ` and the queue that they are about. */
  readonly log: (level: LogLevel, text: string) => void;
  /**
   * The bridge's thread is gone. What had not gone out does so when the process begins anew: the world makes it again, as
   * far as its journal goes back.
   */
  readonly failed: (error: TellurionError) => void;
}

/** A world's bridge, as the main thread holds it. Everything is done on a thread of its own. */
export class Bridge {
  /** For the world's options. Undefined: nothing goes out. */
  readonly feed: FeedOptions | undefined;
  readonly #thread: BridgeThread;

  private constructor(thread: BridgeThread, feed: FeedOptions | undefined) {
    this.#thread = thread;
    this.feed = feed;
  }

  /**
   * Opens the outbox, and begins to publish what is in it and to bring commands in. Rejects with FAILED_PRECONDITION when
   * the SDK is not installed, and with WORLD_FILE_IN_USE, WORLD_FILE_INVALID or WORLD_FILE_TOO_NEW.
   */
  static async start(options: BridgeOptions): Promise<Bridge> {
    const thread = new BridgeThread(options);
    const wanted = await thread.ready;
    return new Bridge(
      thread,
      wanted && {
        ...{ ...wanted, ringBytes },
        attach: (end) => thread.attach(end),
        detach: () => thread.detach(),
        abandon: () => thread.abandon(),
      },
    );
  }

  /** As they were within the last second. */
  counters(): BridgeCounters {
    return { ...this.#thread.counters, up: this.#thread.isUp ? 1 : 0 };
  }

  /** Closes all packs, and resolves when all have arrived, or after a time. What has not stays in the outbox. */
  async drain(timeoutMs: number): Promise<void> {
    await this.#thread.drain(timeoutMs);
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}

type Ready = Extract<BridgeMessage, { what: "ready" }>["feed"];

class BridgeThread {
  counters: BridgeCounters = noBridgeCounters;
  readonly #worker: Worker;
  readonly #options: BridgeOptions;
  readonly #ready = Promise.withResolvers<Ready>();
  readonly #exit = Promise.withResolvers<void>();
  readonly #detached: ((frame: number | undefined) => void)[] = [];
  readonly #drained = new Map<number, () => void>();
  #lastDrain = 0;
  #isClosing = false;
  #isReady = false;

  constructor(options: BridgeOptions) {
    const { configuration, worldName, outboxPath, events, schemaHash } = options;
    const mirrored = events.filter((event) => event.mirrored).map(({ number }) => number);
    this.#options = options;
    this.#worker = new Worker(new URL("./bridge-thread.ts", import.meta.url), {
      name: "tellurion-bridge",
      workerData: {
        ...{ configuration, world: worldName, schema: schemaHash, events: mirrored },
        outboxPath: outboxPath ?? outboxInMemory,
        newEpoch: options.newEpoch ?? false,
        trace: options.trace ?? { endpoint: undefined, ratio: 0 },
      } satisfies BridgeSetup,
    });
    this.#worker.on("message", (message: BridgeMessage) => this.#hear(message));
    this.#worker.on("error", (cause) => {
      this.#fail(new TellurionError("INTERNAL_ERROR", `bridge: ${String(cause)}`, { cause }));
    });
    this.#worker.on("exit", () => {
      this.#fail(new TellurionError("INTERNAL_ERROR", "bridge: its thread ended by itself"));
      this.#exit.resolve();
    });
  }

  get ready(): Promise<Ready> {
    return this.#ready.promise;
  }

  get isUp(): boolean {
    return this.#isReady && !this.#isClosing;
  }

  send(request: BridgeRequest): void {
    this.#worker.postMessage(request);
  }

  attach(end: FeedEnd): void {
    this.send({ what: "attach", end });
  }

  detach(): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    this.#detached.push(resolve);
    if (this.#isClosing) this.#settle();
    else this.send({ what: "detach" });
    return promise;
  }

  /** The thread does not answer. What it was doing is lost with it, but for what is in the outbox. */
  abandon(): void {
    this.#fail(new TellurionError("INTERNAL_ERROR", "bridge: its thread does not answer"));
    void this.#worker.terminate();
  }

  async drain(timeoutMs: number): Promise<void> {
    if (this.#isClosing) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastDrain += 1;
    const id = this.#lastDrain;
    this.#drained.set(id, resolve);
    const timer = setTimeout(resolve, timeoutMs + graceMs);
    this.send({ what: "drain", id, timeoutMs });
    await promise;
    this.#drained.delete(id);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.send({ what: "close" });
    const timer = setTimeout(() => void this.#worker.terminate(), closeMsMax);
    await this.#exit.promise;
    clearTimeout(timer);
    this.#settle();
  }

  #hear(message: BridgeMessage): void {
    switch (message.what) {
      case "ready":
        this.#isReady = true;
        this.#ready.resolve(message.feed);
        return;
      case "failed":
        this.#fail(new TellurionError(message.code, message.text));
        return;
      case "detached":
        this.#detached.shift()?.(message.frame);
        return;
      case "drained":
        this.#drained.get(message.id)?.();
        return;
      case "counters":
        this.counters = message.counters;
        return;
      case "log":
        this.#options.log(message.level, message.text);
        return;
      case "call":
        void this.#call(message);
    }
  }

  async #call({ id, call }: Extract<BridgeMessage, { what: "call" }>): Promise<void> {
    const outcome = await this.#options.call(call);
    this.send({ what: "called", id, outcome });
  }

  #fail(error: TellurionError): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#settle();
    if (this.#isReady) this.#options.failed(error);
    else this.#ready.reject(error);
  }

  /** Nobody will answer any more. */
  #settle(): void {
    for (const resolve of this.#detached.splice(0)) resolve(undefined);
    for (const resolve of this.#drained.values()) resolve();
  }
}
