import { backOffAfter } from "../../runtime/index.ts";
import type { TracedPack, Tracing } from "../tracing/tracing.ts";
import { type Message, messageOf } from "./message.ts";
import type { Outbox, StoredPack } from "./outbox.ts";
import { RefusedMessage, type Topic } from "./topic.ts";

const backOff = { backOffMs: 50, backOffMsMax: 5_000 };

export interface PublisherParts {
  readonly outbox: Outbox;
  readonly topic: Topic;
  readonly world: string;
  readonly tracing: Pick<Tracing, "packPublished" | "packRefused">;
  readonly fifo: boolean;
  readonly inFlightMax: number;
  readonly random: () => number;
  /** Resolves after so many ms, or when the signal is given. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** Since the process began. */
export interface PublisherCounters {
  readonly packs: number;
  readonly events: number;
  readonly requests: number;
  readonly retries: number;
  readonly refused: number;
}

/**
 * Publishes what is in the outbox, and tries again until it has arrived. There is no breaker: as the pauses between
 * attempts grow, an outage costs as many requests as may be in flight, once in 2.5 s on average.
 *
 * Of a FIFO topic, the next pack of a stream goes when the one before has arrived. Otherwise order is not looked at: the
 * consumer puts packs in order by their numbers.
 */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #stop = new AbortController();
  readonly #inFlight = new Map<number, Promise<void>>();
  /** The last pack that was begun: of each stream, or of all under the empty name. */
  readonly #begun = new Map<string, number>();
  readonly #busy = new Set<string>();
  readonly #counters = { packs: 0, events: 0, requests: 0, retries: 0, refused: 0 };
  #failing = 0;
  #whenEmpty: (() => void)[] = [];

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  get counters(): PublisherCounters {
    return { ...this.#counters };
  }

  /** Messages on their way at this moment. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** There may be packs in the outbox: begins as many as may be in flight. */
  wake(): void {
    while (!this.#stop.signal.aborted && this.#inFlight.size < this.#parts.inFlightMax) {
      const pack = this.#next();
      if (pack === undefined) break;
      this.#begin(pack);
    }
    if (this.#inFlight.size > 0 || this.#parts.outbox.packs > 0) return;
    for (const tell of this.#whenEmpty.splice(0)) tell();
  }

  /** Resolves when the outbox is empty. */
  empty(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenEmpty.push(resolve);
    this.wake();
    return promise;
  }

  /** Gives up what is on its way: it stays in the outbox, though it may have arrived. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#inFlight.values());
  }

  #next(): StoredPack | undefined {
    const { outbox, fifo } = this.#parts;
    if (!fifo) return outbox.next(this.#begun.get("") ?? 0);
    const packs = outbox
      .streamNames()
      .filter((stream) => !this.#busy.has(stream))
      .flatMap((stream) => outbox.next(this.#begun.get(stream) ?? 0, stream) ?? []);
    return packs.sort((a, b) => a.id - b.id)[0];
  }

  #begin(pack: StoredPack): void {
    const lane = this.#parts.fifo ? pack.stream : "";
    this.#begun.set(lane, pack.id);
    this.#busy.add(lane);
    const sent = this.#send(pack).then(() => {
      this.#busy.delete(lane);
      this.#inFlight.delete(pack.id);
      this.wake();
    });
    this.#inFlight.set(pack.id, sent);
  }

  async #send(pack: StoredPack): Promise<void> {
    const { topic, world, fifo } = this.#parts;
    const { signal } = this.#stop;
    const message = messageOf(pack, world, fifo);
    for (let attempts = 1; !signal.aborted; attempts += 1) {
      try {
        this.#counters.requests += 1;
        if (attempts > 1) this.#counters.retries += 1;
        await topic.publish(message, signal);
        this.#arrived(pack);
        this.#parts.tracing.packPublished(traced(pack, message, attempts - 1));
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RefusedMessage && this.#refuse(pack, error.message)) {
          const { tracing } = this.#parts;
          tracing.packRefused(traced(pack, message, attempts - 1), error.message);
          return;
        }
        this.#failed(error);
        await this.#parts.pause(backOffAfter(attempts, backOff, this.#parts.random), signal);
      }
    }
  }

  #arrived(pack: StoredPack): void {
    this.#parts.outbox.published(pack);
    this.#counters.packs += 1;
    this.#counters.events += pack.events;
    if (this.#failing > 0)
      this.#parts.warn(`publishing works again after ${this.#failing} failures`);
    this.#failing = 0;
  }

  /** False: the disk does not take it. Then it is tried again. */
  #refuse(pack: StoredPack, reason: string): boolean {
    try {
      this.#parts.outbox.refuse(pack, reason);
    } catch {
      return false;
    }
    this.#counters.refused += 1;
    const { stream, epoch, sequence, events } = pack;
    this.#parts.warn(
      `pack ${sequence} of stream ${stream}, epoch ${epoch}, with ${events} events was refused and is kept apart: ${reason}`,
    );
    return true;
  }

  /** Told at the first, second, fourth, eighth … failure in a row. */
  #failed(error: unknown): void {
    this.#failing += 1;
    if (!Number.isInteger(Math.log2(this.#failing))) return;
    this.#parts.warn(
      `publishing failed ${this.#failing} times in a row: ${String(error)}; it is tried again`,
    );
  }
}

function traced(pack: StoredPack, { body }: Message, retries: number): TracedPack {
  const { stream, sequence, events, closedMs: closedAtMs } = pack;
  const traceparent = pack.traceparent || undefined;
  return { traceparent, stream, sequence, events, bytes: body.length, retries, closedAtMs };
}
