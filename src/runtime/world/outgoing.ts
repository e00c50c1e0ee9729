import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { type Codec, codecOf } from "../codec/index.ts";
import { TellurionError } from "../errors.ts";
import type { LaneWriter } from "../memory/lane.ts";
import * as record from "../memory/record.ts";
import type { RingWriter } from "../memory/ring.ts";
import type { Catalogue, MessageEntry } from "./catalogue.ts";

// The engine looks up what is imported at each use, and these are used for each message.
const { align8, packType, payloadBytesMax, recordHeaderBytes, recordKind } = record;
const { extraWord, lengthWord, senderWord, sequenceWord, targetWord, typeWord } = record;

/** A message type as the sending side needs it. */
export interface SendType {
  readonly entry: MessageEntry;
  readonly codec: Codec;
}

/** The header's words of a record; its payload follows. */
export interface RecordHead {
  readonly kind: number;
  readonly type: number;
  readonly sender: number;
  readonly target: number;
  readonly sequence: number;
  readonly extra: number;
}

/** Where records lie. */
export type Area = { readonly bytes: Uint8Array; readonly words: Int32Array };

/**
 * Everything that one worker writes in a frame: lanes to workers, notices to the conductor, the ring to the main
 * thread. All of it can be taken back to where it stood when the present handler began.
 */
export class Outgoing {
  readonly lanes: readonly LaneWriter[];
  readonly notices: LaneWriter;
  readonly ring: RingWriter;
  /** To the reader of the world's feed. Undefined: it has none. */
  readonly feed: RingWriter | undefined;
  /** Bytes that the present handler has sent. */
  handlerBytes = 0;
  /** Where the last event that was published begins. */
  publishedAt = 0;

  readonly #types = new Map<DescMessage, SendType>();
  #lastDesc: DescMessage | undefined;
  #lastType: SendType | undefined;
  readonly #catalogue: Catalogue;
  readonly #handlerBytesMax: number;
  readonly #scratch: LaneWriter;
  #marked = false;

  constructor(
    ends: {
      readonly lanes: readonly LaneWriter[];
      readonly notices: LaneWriter;
      readonly ring: RingWriter;
      readonly feed?: RingWriter | undefined;
      readonly scratch: LaneWriter;
    },
    catalogue: Catalogue,
    handlerBytesMax: number,
  ) {
    this.lanes = ends.lanes;
    this.notices = ends.notices;
    this.ring = ends.ring;
    this.feed = ends.feed;
    this.#scratch = ends.scratch;
    this.#catalogue = catalogue;
    this.#handlerBytesMax = handlerBytesMax;
  }

  typeOf(desc: DescMessage): SendType {
    // Whoever sends much sends much of the same.
    if (desc === this.#lastDesc) return this.#lastType as SendType;
    let type = this.#types.get(desc);
    if (type === undefined) {
      type = { entry: this.#catalogue.messageOf(desc), codec: codecOf(desc) };
      this.#types.set(desc, type);
    }
    this.#lastDesc = desc;
    this.#lastType = type;
    return type;
  }

  /** Remembers where everything stands. Costs nothing when nothing was written since the last mark. */
  mark(): void {
    this.handlerBytes = 0;
    if (this.#marked) return;
    this.#marked = true;
    for (const lane of this.lanes) lane.mark();
    this.notices.mark();
    this.ring.mark();
    this.feed?.mark();
  }

  /** Takes back everything since the mark. */
  rollback(): void {
    for (const lane of this.lanes) lane.rollback();
    this.notices.rollback();
    this.ring.rollback();
    this.feed?.rollback();
  }

  /** Begins to write one half of the lanes. */
  beginRound(half: number): void {
    for (const lane of this.lanes) lane.begin(half);
    this.#marked = false;
  }

  /** Publishes the lanes and returns how many records they hold. */
  endRound(): number {
    let records = 0;
    for (const lane of this.lanes) {
      lane.publish();
      records += lane.records;
    }
    return records;
  }

  /** Encodes a message into a lane. Returns where its record begins. */
  write(
    lane: LaneWriter,
    codec: Codec,
    message: MessageInitShape<DescMessage>,
    packed: number,
    sender: number,
    target: number,
    sequence: number,
    extra = 0,
  ): number {
    this.#marked = false;
    const at = lane.claim(recordHeaderBytes + codec.sizeBound(message));
    const start = at + recordHeaderBytes;
    const end = codec.encode(message, lane.bytes, start);
    const length = end - start;
    this.count(codec, length);
    const { words } = lane;
    const word = at >> 2;
    words[word + lengthWord] = length;
    words[word + typeWord] = packed;
    words[word + senderWord] = sender;
    words[word + targetWord] = target;
    words[word + sequenceWord] = sequence;
    words[word + extraWord] = extra;
    lane.commit(end);
    return at;
  }

  /**
   * Encodes an event into the lanes of all workers in the bit set, and once even if there are none. Returns the lane
   * that holds it; `publishedAt` is where.
   */
  publish(
    type: SendType,
    event: MessageInitShape<DescMessage>,
    workers: number,
    sender: number,
    sequence: number,
  ): LaneWriter {
    const packed = packType(recordKind.event, type.entry.id);
    const first = workers === 0 ? -1 : 31 - Math.clz32(workers & -workers);
    const lane = first === -1 ? this.#scratch : (this.lanes[first] as LaneWriter);
    if (first === -1) this.#scratch.begin(0);
    const at = this.write(lane, type.codec, event, packed, sender, 0, sequence);
    this.publishedAt = at;
    const size = align8(recordHeaderBytes + (lane.words[(at >> 2) + lengthWord] as number));
    for (let rest = workers & (workers - 1); rest !== 0; rest &= rest - 1) {
      const other = this.lanes[31 - Math.clz32(rest & -rest)] as LaneWriter;
      const to = other.claim(size);
      copyWords(lane.words, at, other.words, to, size);
      other.commit(to + size);
    }
    return lane;
  }

  /** Appends a record whose payload is encoded already to a lane. */
  append(lane: LaneWriter, head: RecordHead, payload: Uint8Array): void {
    this.#marked = false;
    appendRecord(lane, head, payload);
  }

  /** Copies a record into a ring, with another target and extra. False when there is no room. */
  copyToRing(ring: RingWriter, from: Area, at: number, target: number, extra: number): boolean {
    this.#marked = false;
    const size = align8(recordHeaderBytes + (from.words[(at >> 2) + lengthWord] as number));
    const to = ring.claim(size);
    if (to === -1) return false;
    copyWords(from.words, at, ring.words, to, size);
    ring.words[(to >> 2) + targetWord] = target;
    ring.words[(to >> 2) + extraWord] = extra;
    ring.commit(to + size);
    return true;
  }

  /** Writes bytes into a ring. False when there is no room. */
  writeToRing(ring: RingWriter, head: RecordHead, payload: Uint8Array): boolean {
    this.#marked = false;
    const at = ring.claim(recordHeaderBytes + payload.length);
    if (at === -1) return false;
    writeRecord(ring, at, head, payload);
    ring.commit(at + recordHeaderBytes + payload.length);
    return true;
  }

  /** Counts what the present handler sends. Throws MESSAGE_TOO_LARGE or LIMIT_EXCEEDED. */
  count(codec: Codec, length: number): void {
    this.handlerBytes += length + recordHeaderBytes;
    if (length > payloadBytesMax) {
      throw new TellurionError(
        "MESSAGE_TOO_LARGE",
        `${codec.desc.typeName} of ${length} bytes is too large; valid are at most ${payloadBytesMax}`,
      );
    }
    if (this.handlerBytes > this.#handlerBytesMax) {
      throw new TellurionError(
        "LIMIT_EXCEEDED",
        `a handler sent more than handlerBytesMax=${this.#handlerBytesMax} bytes`,
      );
    }
  }
}

/** Writes a record whose payload is encoded already. */
export function writeRecord(area: Area, at: number, head: RecordHead, payload: Uint8Array): void {
  const word = at >> 2;
  area.words[word + lengthWord] = payload.length;
  area.words[word + typeWord] = packType(head.kind, head.type);
  area.words[word + senderWord] = head.sender;
  area.words[word + targetWord] = head.target;
  area.words[word + sequenceWord] = head.sequence;
  area.words[word + extraWord] = head.extra;
  area.bytes.set(payload, at + recordHeaderBytes);
}

/** Appends a record whose payload is encoded already. */
export function appendRecord(lane: LaneWriter, head: RecordHead, payload: Uint8Array): number {
  const at = lane.claim(recordHeaderBytes + payload.length);
  writeRecord(lane, at, head, payload);
  lane.commit(at + recordHeaderBytes + payload.length);
  return at;
}

/** Copies whole words: records are short, and `set` with a subarray would allocate. */
function copyWords(
  from: Int32Array,
  fromByte: number,
  to: Int32Array,
  toByte: number,
  size: number,
): void {
  const a = fromByte >> 2;
  const b = toByte >> 2;
  const n = size >> 2;
  if (n > 256) {
    to.set(from.subarray(a, a + n), b);
    return;
  }
  for (let i = 0; i < n; i += 1) to[b + i] = from[a + i] as number;
}
