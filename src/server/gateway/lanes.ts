import { Delivery } from "../../gen/tellurion/v1/options_pb.ts";
import { keep, laneKeyOf, type WireEvent } from "./frame-encoder.ts";
import type { Subprotocol } from "./subprotocol.ts";

/** Bytes that may wait in each lane. */
export interface LaneBudgets {
  readonly control: number;
  readonly reliable: number;
  readonly latest: number;
  readonly cosmetic: number;
}

/** What an event costs in a lane beside its bytes, so that many small ones are bounded too. */
export const eventBytes = 64;

/** Events with the frame in which they happened. */
interface Waiting {
  readonly event: WireEvent;
  readonly frame: number;
  /** In which order they came. */
  readonly order: number;
}

/**
 * What waits for a client that does not take messages as fast as they come, in four lanes with a bound each: answers,
 * frames with reliable events, latest events, cosmetic ones. A message that is larger than its whole lane may wait there
 * alone: it is no sign of a slow client.
 */
export class Lanes {
  readonly #subprotocol: Subprotocol;
  readonly #budgets: LaneBudgets;
  readonly #control = new MessageQueue();
  readonly #reliable = new MessageQueue();
  /** By type and topic: each event makes those before it obsolete. */
  readonly #latest = new Map<string, Waiting>();
  #latestBytes = 0;
  readonly #cosmetic: Waiting[] = [];
  #cosmeticBytes = 0;
  #order = 0;
  /** Latest events that a later one has replaced. */
  coalesced = 0;
  /** Cosmetic events that went for want of room. */
  dropped = 0;

  constructor(subprotocol: Subprotocol, budgets: LaneBudgets) {
    this.#subprotocol = subprotocol;
    this.#budgets = budgets;
  }

  get bytes(): number {
    return this.#control.bytes + this.#reliable.bytes + this.#latestBytes + this.#cosmeticBytes;
  }

  get hasReliable(): boolean {
    return !this.#reliable.isEmpty;
  }

  /** False when there is no room. */
  offerControl(message: Uint8Array): boolean {
    return this.#control.offer(message, this.#budgets.control);
  }

  /** A frame's reliable events. False when there is no room: then the client has to be told that events are missing. */
  offerReliable(frame: number, message: Uint8Array): boolean {
    return this.#reliable.offer(message, this.#budgets.reliable, frame);
  }

  /** An event that may be held back. False when there is no room for it, and it is not one that may be dropped. */
  offerEvent(frame: number, event: WireEvent): boolean {
    const waiting = { event: keep(event), frame, order: this.#order };
    this.#order += 1;
    if (event.entry.delivery === Delivery.COSMETIC) {
      this.#offerCosmetic(waiting);
      return true;
    }
    return this.#offerLatest(waiting);
  }

  /** Forgets events, all but what answers the client's own messages. */
  dropEvents(): void {
    this.#reliable.clear();
    this.#latest.clear();
    this.#cosmetic.length = 0;
    this.#latestBytes = 0;
    this.#cosmeticBytes = 0;
  }

  /** Forgets what waits of frames after one: they did not last. */
  rewindTo(frame: number): void {
    this.#reliable.rewindTo(frame);
    for (const [key, waiting] of this.#latest) {
      if (waiting.frame <= frame) continue;
      this.#latest.delete(key);
      this.#latestBytes -= bytesOf(waiting);
    }
    while ((this.#cosmetic.at(-1)?.frame ?? 0) > frame) {
      this.#cosmeticBytes -= bytesOf(this.#cosmetic.pop() as Waiting);
    }
  }

  /** The message that goes next. Undefined: nothing waits. */
  next(): Uint8Array | undefined {
    return this.#control.take() ?? this.#reliable.take() ?? this.#takeEvents();
  }

  get #hasEvents(): boolean {
    return this.#latest.size > 0 || this.#cosmetic.length > 0;
  }

  #offerLatest(waiting: Waiting): boolean {
    const key = laneKeyOf(waiting.event);
    const before = this.#latest.get(key);
    const bytes = bytesOf(waiting) - (before ? bytesOf(before) : 0);
    const isAlone = this.#latest.size === (before ? 1 : 0);
    if (this.#latestBytes + bytes > this.#budgets.latest && !isAlone) return false;
    if (before) this.coalesced += 1;
    this.#latest.set(key, waiting);
    this.#latestBytes += bytes;
    return true;
  }

  #offerCosmetic(waiting: Waiting): void {
    this.#cosmetic.push(waiting);
    this.#cosmeticBytes += bytesOf(waiting);
    while (this.#cosmeticBytes > this.#budgets.cosmetic) {
      const oldest = this.#cosmetic.shift();
      if (!oldest) return;
      this.#cosmeticBytes -= bytesOf(oldest);
      this.dropped += 1;
    }
  }

  /** What was held back, together, in the order in which it came, under the number of the last frame. */
  #takeEvents(): Uint8Array | undefined {
    if (!this.#hasEvents) return undefined;
    const all = [...this.#latest.values(), ...this.#cosmetic].sort((a, b) => a.order - b.order);
    this.#latest.clear();
    this.#cosmetic.length = 0;
    this.#latestBytes = 0;
    this.#cosmeticBytes = 0;
    const frame = all.at(-1)?.frame ?? 0;
    const events = all.map(({ event }) => event);
    return this.#subprotocol.encodeFrame({ frame, events, isReliable: false });
  }
}

/** Messages that wait in their order, each with its frame, if it is of one. */
class MessageQueue {
  readonly #messages: { readonly message: Uint8Array; readonly frame: number }[] = [];
  bytes = 0;

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  offer(message: Uint8Array, budget: number, frame = 0): boolean {
    if (this.bytes + message.length > budget && !this.isEmpty) return false;
    this.#messages.push({ message, frame });
    this.bytes += message.length;
    return true;
  }

  take(): Uint8Array | undefined {
    const message = this.#messages.shift()?.message;
    if (message) this.bytes -= message.length;
    return message;
  }

  rewindTo(frame: number): void {
    while ((this.#messages.at(-1)?.frame ?? 0) > frame) {
      this.bytes -= this.#messages.pop()?.message.length ?? 0;
    }
  }

  clear(): void {
    this.#messages.length = 0;
    this.bytes = 0;
  }
}

function bytesOf({ event }: Waiting): number {
  return event.end - event.start + eventBytes;
}
