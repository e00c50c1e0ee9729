import type { Message } from "@aws-sdk/client-sqs";
import { Acknowledger, type Receipt } from "./acknowledger.ts";
import { backoffMs } from "./backoff.ts";
import { textOf } from "./consumer-error.ts";
import { addReceipt, deliveryOf, poisonOfBad, type ReceivedPack } from "./delivery.ts";
import { decodeMessage } from "./message.ts";
import { readHeader } from "./message-header.ts";
import {
  type ConsumerOptions,
  type Delivery,
  handlerOf,
  type Limits,
  limitsOf,
  type Problem,
} from "./options.ts";
import { Pollers } from "./pollers.ts";
import type { StreamPosition } from "./position.ts";
import { putBackSeconds } from "./put-back.ts";
import { type PoisonMessage, Queue } from "./queue.ts";
import { Resequencer, type Run } from "./resequencer.ts";

const tickMs = 250;
const closeMsMax = 10_000;
/** Not at once: with 0, the emulator fauxqs (2.4.1) fails when it keeps its queues in files, and loses the message. */
const giveBackSeconds = 1;
/** What an event that waits takes in memory besides its bytes, about. */
const eventBytes = 300;

export interface ConsumerCounters {
  /** Messages received, repeated ones included. */
  readonly messages: number;
  /** Packs and events that were acknowledged. */
  readonly packs: number;
  readonly events: number;
  /** Messages that came again after they had been acknowledged. */
  readonly repeated: number;
  readonly undecodable: number;
  /** Events that were put aside. */
  readonly poisoned: number;
  readonly gaps: number;
  /** Packs that were given up, and those of them that came after all. */
  readonly lostPacks: number;
  readonly latePacks: number;
  readonly putBack: number;
  readonly undeleted: number;
  readonly handlerFailures: number;
  readonly pollFailures: number;
  readonly stalls: number;
  /** Packs that wait for their turn or for the handler. */
  readonly heldPacks: number;
}

export interface Consumer {
  readonly counters: ConsumerCounters;
  readonly positions: readonly StreamPosition[];
  /** Takes no more messages, waits for the handler, gives back what waits. */
  close(): Promise<void>;
}

/**
 * Reads a world's events from a queue and hands them over: of each stream in order, and with a store that commits them
 * with their position, each effect once. A queue has one such reader at a time, unless it is a FIFO queue. Rejects with
 * INVALID_OPTIONS, and with what the store's `load` rejects with.
 */
export async function openConsumer(options: ConsumerOptions): Promise<Consumer> {
  const limits = limitsOf(options);
  const handler = handlerOf(options);
  const positions = await options.positions.load();
  return new OpenConsumer(options, limits, handler, positions);
}

class OpenConsumer implements Consumer {
  readonly #options: ConsumerOptions;
  readonly #limits: Limits;
  readonly #handler: (delivery: Delivery) => void | Promise<void>;
  readonly #queue: Queue;
  readonly #acknowledger: Acknowledger;
  readonly #resequencer: Resequencer<ReceivedPack>;
  readonly #pollers: Pollers;
  readonly #timer: NodeJS.Timeout;
  readonly #counts = {
    messages: 0,
    packs: 0,
    events: 0,
    repeated: 0,
    undecodable: 0,
    poisoned: 0,
    gaps: 0,
    lostPacks: 0,
    latePacks: 0,
    putBack: 0,
    handlerFailures: 0,
  };
  /** Streams whose handler failed: how often, and when it is called again. */
  readonly #failed = new Map<string, { failures: number; againMs: number }>();
  /** Runs while the queue answers: what cannot come is not missing. */
  #gapClockMs = 0;
  #tickedMs = performance.now();
  #delivering: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    options: ConsumerOptions,
    limits: Limits,
    handler: (delivery: Delivery) => void | Promise<void>,
    positions: readonly StreamPosition[],
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#handler = handler;
    this.#queue = new Queue({ ...limits, client: options.client, queueUrl: options.queueUrl });
    this.#acknowledger = new Acknowledger(this.#queue, limits.visibilitySeconds * 1_000);
    this.#resequencer = new Resequencer(limits, positions);
    this.#pollers = new Pollers({
      queue: this.#queue,
      count: limits.pollers,
      watchdogMs: limits.watchdogMs,
      onMessages: (messages) => this.#receive(messages),
      isFull: () => this.#isFull(),
      onProblem: (problem) => this.#tell(problem),
    });
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  get counters(): ConsumerCounters {
    const { pollFailures, stalls } = this.#pollers;
    const { undeleted } = this.#acknowledger;
    const { heldPacks } = this.#resequencer;
    return { ...this.#counts, undeleted, pollFailures, stalls, heldPacks };
  }

  get positions(): readonly StreamPosition[] {
    return this.#resequencer.positions;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    const stopped = this.#pollers.stop();
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => late.resolve(), closeMsMax);
    await Promise.race([Promise.all([stopped, this.#delivering]), late.promise]);
    const handles = handlesOf(this.#resequencer.all());
    const done = Promise.all([this.#release(handles, giveBackSeconds), this.#acknowledger.flush()]);
    await Promise.race([done, late.promise]);
    clearTimeout(timer);
  }

  #receive(messages: readonly Message[]): void {
    const taken: string[] = [];
    const refused: ReceivedPack[] = [];
    for (const message of messages) {
      this.#counts.messages += 1;
      const pack = this.#read(message);
      if (pack === undefined) continue;
      const verdict = this.#resequencer.offer(pack, this.#gapClockMs, refused);
      if (verdict === "taken") taken.push(...handlesOf([pack]));
      else if (verdict === "full") refused.push(pack);
      else if (verdict === "again") this.#addReceipt(pack);
    }
    this.#counts.repeated += taken.length;
    this.#counts.putBack += refused.length;
    if (taken.length > 0) this.#acknowledger.delete(taken);
    if (refused.length > 0) this.#putBack(refused);
    this.#deliver();
  }

  #putBack(packs: readonly ReceivedPack[]): void {
    const { gapTimeoutMs } = this.#limits;
    const bySeconds = Map.groupBy(receiptsOf(packs), ({ receives }) => {
      return putBackSeconds(gapTimeoutMs, receives);
    });
    for (const [seconds, receipts] of bySeconds) {
      const handles = receipts.map(({ handle }) => handle);
      void this.#release(handles, seconds);
    }
  }

  /** Never rejects. */
  async #release(handles: readonly string[], seconds: number): Promise<void> {
    try {
      await this.#acknowledger.release(handles, seconds);
    } catch (cause) {
      const text = `messages are not given back, and come when their time is over: ${textOf(cause)}`;
      this.#tell({ kind: "queue", text, cause });
    }
  }

  /** Undefined: the message cannot be read, and stays where it is. */
  #read(message: Message): ReceivedPack | undefined {
    const { Body: body = "", MessageAttributes: attributes = {} } = message;
    const { MessageId: messageId = "", ReceiptHandle: handle = "" } = message;
    const receives = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
    try {
      const header = readHeader(attributes);
      const decoded = decodeMessage(header, body, this.#limits.packBytesMax);
      const { stream, epoch, sequence, count } = header;
      const bytes = body.length + count * eventBytes;
      const hiddenUntilMs = performance.now() + this.#limits.visibilitySeconds * 1_000;
      const receipts = [{ messageId, handle, hiddenUntilMs, receives }];
      return { stream, epoch, sequence, count, bytes, receipts, header, decoded };
    } catch (cause) {
      this.#counts.undecodable += 1;
      const text = `message ${messageId} cannot be read: ${textOf(cause)}`;
      this.#tell({ kind: "undecodable", text, cause });
      return undefined;
    }
  }

  #addReceipt(pack: ReceivedPack): void {
    const held = this.#resequencer.find(pack);
    if (held === undefined) return;
    for (const receipt of pack.receipts) addReceipt(held, receipt);
  }

  #deliver(): void {
    this.#delivering ??= this.#deliverAll()
      .catch((cause) => this.#tell({ kind: "handler", text: textOf(cause), cause }))
      .finally(() => {
        this.#delivering = undefined;
        this.#pollers.wake();
      });
  }

  async #deliverAll(): Promise<void> {
    const { deliveryEventsMax } = this.#limits;
    const isReady = (stream: string, epoch: string) => {
      return (this.#failed.get(keyOf({ stream, epoch }))?.againMs ?? 0) <= performance.now();
    };
    while (this.#closing === undefined) {
      const run = this.#resequencer.take(deliveryEventsMax, isReady);
      if (run === undefined) return;
      const acknowledged = await this.#commit(run);
      this.#resequencer.settle(run, acknowledged, this.#gapClockMs);
      if (acknowledged) this.#acknowledger.delete(handlesOf(run.items));
      this.#pollers.wake();
    }
  }

  /** False: the handler, the store or the poison queue failed, and the run comes again. */
  async #commit(run: Run<ReceivedPack>): Promise<boolean> {
    const { delivery, refused } = deliveryOf(run);
    const key = keyOf(run.position);
    try {
      const bad = poisonOfBad(run.items);
      if (bad.length > 0) await this.#putAside(bad);
      await this.#options.positions.commit(run.position, () => this.#handle(delivery, refused));
      this.#counts.poisoned += bad.length + refused.length;
    } catch (cause) {
      this.#counts.handlerFailures += 1;
      const failures = (this.#failed.get(key)?.failures ?? 0) + 1;
      this.#failed.set(key, { failures, againMs: performance.now() + backoffMs(failures) });
      const packs = `packs ${delivery.first} to ${delivery.last} of stream ${delivery.stream}`;
      this.#tell({ kind: "handler", text: `${packs}: ${textOf(cause)}`, cause });
      return false;
    }
    this.#failed.delete(key);
    this.#counts.packs += run.items.length;
    this.#counts.events += delivery.events.length;
    if (run.late) this.#counts.latePacks += run.items.length;
    return true;
  }

  /** Stays synchronous when the handler is: a store may depend on it. */
  #handle(delivery: Delivery, refused: readonly PoisonMessage[]): void | Promise<void> {
    const handled = this.#handler(delivery);
    if (handled === undefined) return refused.length > 0 ? this.#putAside(refused) : undefined;
    return handled.then(() => this.#putAside(refused));
  }

  async #putAside(messages: readonly PoisonMessage[]): Promise<void> {
    const { poisonQueueUrl } = this.#options;
    for (const message of messages) {
      const { s, e, q, i, reason, error } = message.attributes;
      const text = `event ${i} of pack ${q} of stream ${s} in epoch ${e}: ${reason}: ${error}`;
      this.#tell({ kind: "poison", text });
      if (poisonQueueUrl !== undefined) await this.#queue.send(poisonQueueUrl, message);
    }
  }

  #tick(): void {
    const now = performance.now();
    // A process that was stopped for a while has not seen what the queue had.
    if (this.#pollers.answered) this.#gapClockMs += Math.min(now - this.#tickedMs, 2 * tickMs);
    this.#tickedMs = now;
    for (const gap of this.#resequencer.expire(this.#gapClockMs)) {
      this.#counts.gaps += 1;
      this.#counts.lostPacks += gap.packs;
      this.#options.onGap?.(gap);
    }
    void this.#acknowledger.extend(receiptsOf(this.#resequencer.all()));
    this.#pollers.watch(now);
    this.#deliver();
  }

  /** Waits for the handler only: when nothing can be handed over, what is missing must still be able to come. */
  #isFull(): boolean {
    if (this.#delivering === undefined && this.#failed.size === 0) return false;
    const { heldPacks, heldBytes } = this.#resequencer;
    const { heldPacksMax, heldBytesMax } = this.#limits;
    return heldPacks > heldPacksMax / 2 || heldBytes > heldBytesMax / 2;
  }

  #tell(problem: Problem): void {
    this.#options.onProblem?.(problem);
  }
}

function* receiptsOf(packs: Iterable<ReceivedPack>): Iterable<Receipt> {
  for (const { receipts } of packs) yield* receipts;
}

function handlesOf(packs: Iterable<ReceivedPack>): string[] {
  return [...receiptsOf(packs)].map(({ handle }) => handle);
}

function keyOf({ stream, epoch }: { readonly stream: string; readonly epoch: string }): string {
  return `${stream}\n${epoch}`;
}
