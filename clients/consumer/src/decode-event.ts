import { ConsumerError } from "./consumer-error.ts";
import { WorldEvent } from "./event.ts";
import { readText } from "./text.ts";

const field = {
  eventId: 1,
  eventType: 2,
  worldTimeMs: 3,
  source: 4,
  payload: 5,
  topic: 6,
  frame: 7,
  traceparent: 8,
} as const;

const varintBytesMax = 10;

/**
 * Reads a GameEvent that is encoded in `bytes[start] … bytes[end - 1]`. Written by hand because a general decoder takes
 * five times as long, and a busy world sends many. Throws EVENT_UNDECODABLE.
 */
export function decodeEvent(bytes: Uint8Array, start = 0, end = bytes.length): WorldEvent {
  try {
    return new EventReader(bytes, start, end).read();
  } catch (cause) {
    const text = cause instanceof RangeError ? cause.message : "a text is not UTF-8";
    throw new ConsumerError("EVENT_UNDECODABLE", `not a GameEvent: ${text}`, { cause });
  }
}

class EventReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  read(): WorldEvent {
    const envelope = {
      eventId: "",
      eventType: 0,
      worldTimeMs: 0,
      source: "",
      topic: "",
      frame: 0,
      traceparent: "",
    };
    let payloadStart = this.#at;
    let payloadEnd = this.#at;
    while (this.#at < this.#end) {
      const tag = this.#varint();
      const wireType = tag % 8;
      const number = Math.floor(tag / 8);
      if (wireType === 2) {
        const end = this.#length();
        if (number === field.eventId) envelope.eventId = this.#text(end);
        else if (number === field.source) envelope.source = this.#text(end);
        else if (number === field.topic) envelope.topic = this.#text(end);
        else if (number === field.traceparent) envelope.traceparent = this.#text(end);
        else if (number === field.payload) [payloadStart, payloadEnd] = [this.#at, end];
        this.#at = end;
      } else if (wireType === 0) {
        const value = this.#varint();
        if (number === field.eventType) envelope.eventType = value;
        else if (number === field.worldTimeMs) envelope.worldTimeMs = value;
        else if (number === field.frame) envelope.frame = value;
      } else this.#skipFixed(number, wireType);
    }
    if (envelope.eventId === "") throw new RangeError("it has no event_id");
    if (envelope.eventType === 0) throw new RangeError("it has no event_type");
    return new WorldEvent(envelope, this.#bytes, payloadStart, payloadEnd);
  }

  /** Numbers of an envelope are far below 2⁵³; one above it is no envelope. */
  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < varintBytesMax; i += 1) {
      if (this.#at >= this.#end) throw new RangeError("it ends within a number");
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value <= Number.MAX_SAFE_INTEGER) return value;
        throw new RangeError(`a number is ${value}, above 2^53 - 1`);
      }
      factor *= 0x80;
    }
    throw new RangeError(`a number has more than ${varintBytesMax} bytes`);
  }

  #length(): number {
    const length = this.#varint();
    if (length <= this.#end - this.#at) return this.#at + length;
    const left = this.#end - this.#at;
    throw new RangeError(`a field of ${length} bytes stands before ${left} bytes`);
  }

  #text(end: number): string {
    return readText(this.#bytes, this.#at, end);
  }

  /** Fields that a later schema has added. Groups and what else is no wire type of proto3 are damage. */
  #skipFixed(number: number, wireType: number): void {
    const size = wireType === 1 ? 8 : wireType === 5 ? 4 : undefined;
    if (size === undefined) throw new RangeError(`field ${number} has wire type ${wireType}`);
    this.#at += size;
    if (this.#at > this.#end) throw new RangeError(`field ${number} is cut off`);
  }
}
