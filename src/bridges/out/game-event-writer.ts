import { type FeedEvent, TellurionError } from "../../runtime/index.ts";

/** Tags of GameEvent's fields: number × 8 + wire type. */
const tags = { id: 10, type: 16, time: 24, source: 34, payload: 42, topic: 50, frame: 56 } as const;

/** So that an event's id has at most 127 bytes, and its length one. */
const worldIdBytesMax = 64;
/** Shorter than this, a loop copies faster than a call. */
const loopBytesMax = 96;
/** Of everything but texts and payload. */
const fixedBytesMax = 192;

/**
 * Writes GameEvents straight from a feed's events, and allocates nothing per event. What is the same for all events of a
 * frame is kept ready. Fields come in the order of their numbers, and those with their default are left out, as protobuf's
 * own encoders do.
 */
export class GameEventWriter {
  readonly #tickHz: number;
  readonly #world: Uint8Array;
  #frame = -1;
  #idPrefix: Uint8Array = new Uint8Array(0);
  #time: Uint8Array = new Uint8Array(0);
  #frameField: Uint8Array = new Uint8Array(0);

  constructor(worldId: string, tickHz: number) {
    this.#world = new TextEncoder().encode(worldId);
    this.#tickHz = tickHz;
    if (this.#world.length <= worldIdBytesMax) return;
    const text = `world id ${worldId} is too long; valid are up to ${worldIdBytesMax} bytes`;
    throw new TellurionError("INVALID_ARGUMENT", text);
  }

  /** World time of a frame, in ms. */
  worldMsOf(frame: number): number {
    return Math.floor((frame * 1_000) / this.#tickHz);
  }

  /** The events that follow are of this frame. */
  begin(frame: number): void {
    if (frame === this.#frame) return;
    this.#frame = frame;
    const digits = new TextEncoder().encode(`:${frame}:`);
    this.#idPrefix = Uint8Array.from([...this.#world, ...digits]);
    this.#time = numberField(tags.time, this.worldMsOf(frame));
    this.#frameField = numberField(tags.frame, frame);
  }

  /** Upper bound of what `write` writes. */
  boundOf(event: FeedEvent): number {
    const texts = event.source.length + event.topic.length;
    return fixedBytesMax + 3 * texts + event.end - event.start;
  }

  /** Writes at `offset`, where there must be room, and returns the offset behind. */
  write(event: FeedEvent, bytes: Uint8Array, offset: number): number {
    bytes[offset] = tags.id;
    let at = copy(this.#idPrefix, 0, this.#idPrefix.length, bytes, offset + 2);
    at = writeDigits(event.actor, bytes, at);
    bytes[at] = 58;
    at = writeDigits(event.sequence, bytes, at + 1);
    bytes[offset + 1] = at - offset - 2;
    bytes[at] = tags.type;
    at = writeVarint(event.number, bytes, at + 1);
    at = copy(this.#time, 0, this.#time.length, bytes, at);
    at = writeTextField(tags.source, event.source, bytes, at);
    if (event.end > event.start) {
      bytes[at] = tags.payload;
      at = writeVarint(event.end - event.start, bytes, at + 1);
      at = copy(event.bytes, event.start, event.end, bytes, at);
    }
    at = writeTextField(tags.topic, event.topic, bytes, at);
    return copy(this.#frameField, 0, this.#frameField.length, bytes, at);
  }
}

function numberField(tag: number, value: number): Uint8Array {
  if (value === 0) return new Uint8Array(0);
  const bytes = new Uint8Array(12);
  bytes[0] = tag;
  return bytes.slice(0, writeVarint(value, bytes, 1));
}

/** Whole numbers from 0 to 2 ** 53 - 1. */
function writeVarint(value: number, bytes: Uint8Array, offset: number): number {
  let rest = value;
  let at = offset;
  while (rest > 127) {
    bytes[at++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at] = rest;
  return at + 1;
}

function writeDigits(value: number, bytes: Uint8Array, offset: number): number {
  let end = offset + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end += 1;
  let rest = value;
  for (let at = end - 1; at >= offset; at -= 1) {
    bytes[at] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
}

function writeTextField(tag: number, text: string, bytes: Uint8Array, offset: number): number {
  if (text === "") return offset;
  bytes[offset] = tag;
  if (text.length > 127) return writeAnyText(text, bytes, offset + 1);
  let at = offset + 2;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (character > 127) return writeAnyText(text, bytes, offset + 1);
    bytes[at++] = character;
  }
  bytes[offset + 1] = text.length;
  return at;
}

const encoder = new TextEncoder();

/** Addresses and topics are short and ASCII, as good as always. */
function writeAnyText(text: string, bytes: Uint8Array, offset: number): number {
  const length = Buffer.byteLength(text);
  const at = writeVarint(length, bytes, offset);
  encoder.encodeInto(text, bytes.subarray(at));
  return at + length;
}

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  if (end - start > loopBytesMax) {
    to.set(from.subarray(start, end), at);
    return at + end - start;
  }
  let next = at;
  for (let i = start; i < end; i += 1) to[next++] = from[i] as number;
  return next;
}
