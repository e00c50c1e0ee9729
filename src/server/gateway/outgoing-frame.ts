import { Delivery } from "../../gen/tellurion/v1/options_pb.ts";
import { isReliable, laneKeyOf, type WireEvent } from "./frame-encoder.ts";
import type { Subprotocol } from "./subprotocol.ts";

/** What a frame holds for those with the same subscriptions. Each message is put together once, when the first needs it. */
export class OutgoingFrame {
  readonly frame: number;
  readonly events: readonly WireEvent[];
  readonly isReliable: boolean;
  readonly #wholes = new Map<Subprotocol, Uint8Array>();
  readonly #reliables = new Map<Subprotocol, Uint8Array>();
  #reliable: readonly WireEvent[] | undefined;
  #others: readonly WireEvent[] | undefined;

  constructor(frame: number, events: readonly WireEvent[]) {
    this.frame = frame;
    this.events = events;
    this.isReliable = events.some(isReliable);
  }

  /** All of it, for a client in step. */
  whole(subprotocol: Subprotocol): Uint8Array {
    let message = this.#wholes.get(subprotocol);
    if (!message) {
      const { frame, events, isReliable } = this;
      message = subprotocol.encodeFrame({ frame, events, isReliable });
      this.#wholes.set(subprotocol, message);
    }
    return message;
  }

  /** The events that must arrive, if there are some. */
  reliablePart(subprotocol: Subprotocol): Uint8Array | undefined {
    if (!this.isReliable) return undefined;
    this.#reliable ??= this.events.filter(isReliable);
    let message = this.#reliables.get(subprotocol);
    if (!message) {
      const { frame } = this;
      message = subprotocol.encodeFrame({ frame, events: this.#reliable, isReliable: true });
      this.#reliables.set(subprotocol, message);
    }
    return message;
  }

  /** The events that may be held back, without those that another one of the frame makes obsolete. */
  get others(): readonly WireEvent[] {
    this.#others ??= latestOf(this.events.filter((event) => !isReliable(event)));
    return this.#others;
  }
}

function latestOf(events: readonly WireEvent[]): WireEvent[] {
  const last = new Map(events.map((event) => [laneKeyOf(event), event]));
  return events.filter((event) => {
    return event.entry.delivery === Delivery.COSMETIC || last.get(laneKeyOf(event)) === event;
  });
}
