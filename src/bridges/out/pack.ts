import type { FeedEvent } from "../../runtime/index.ts";
import type { GameEventWriter } from "./game-event-writer.ts";

/** Of a pack's event with its length. As base64url and with the message's attributes it is below the limit of SNS. */
export const eventBytesMax = 190_000;
const lengthBytes = 4;
/** An event is written before it is known whether the pack is full with it. */
const slackBytes = 1_024;

/** How far a stream has come: all before `frame`, and of its events as many as the feed hands on first. */
export interface Mark {
  readonly frame: number;
  readonly events: number;
}

/** `full`: the event is not in, and fits into the next pack. */
export type Added = "added" | "full" | "too-large";

/**
 * The pack of a stream that is being filled, `[length, 4 bytes, big-endian][GameEvent]` for each event. The same memory is
 * used for one pack after the other.
 */
export class OpenPack {
  readonly #bytesMax: number;
  #bytes: Uint8Array;
  #end = 0;
  #count = 0;
  #first: Mark = { frame: 0, events: 0 };
  #openedMs = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#bytes = new Uint8Array(bytesMax + slackBytes);
  }

  get count(): number {
    return this.#count;
  }

  /** Where its first event stands. */
  get first(): Mark {
    return this.#first;
  }

  get openedMs(): number {
    return this.#openedMs;
  }

  /** Takes the event that is the feed's `index`-th of a frame. */
  add(
    writer: GameEventWriter,
    event: FeedEvent,
    frame: number,
    index: number,
    nowMs: number,
  ): Added {
    if (event.end - event.start > eventBytesMax) return "too-large";
    const start = this.#end + lengthBytes;
    this.#makeRoom(start + writer.boundOf(event));
    const end = writer.write(event, this.#bytes, start);
    if (end > this.#bytesMax && this.#count > 0) return "full";
    if (end > eventBytesMax) return "too-large";
    writeLength(this.#bytes, this.#end, end - start);
    if (this.#count === 0) {
      this.#first = { frame, events: index };
      this.#openedMs = nowMs;
    }
    this.#end = end;
    this.#count += 1;
    return "added";
  }

  /** A copy of what is in it; then it is empty. */
  close(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#end);
    this.#end = 0;
    this.#count = 0;
    return bytes;
  }

  #makeRoom(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(size);
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

/** What is in a pack of one event, without its length. */
export function onlyEventOf(pack: Uint8Array): Uint8Array {
  return pack.subarray(lengthBytes);
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length >>> 24;
  bytes[at + 1] = length >>> 16;
  bytes[at + 2] = length >>> 8;
  bytes[at + 3] = length;
}
