import { align8, lengthWord, packType, recordHeaderBytes, recordKind, typeWord } from "./record.ts";

/**
 * A queue of records from one thread to one other, bounded, in a ring of shared memory.
 *
 *   word 0    head: bytes read since the ring began, wrapping at 2^32      written by the reader only
 *   word 32   tail: bytes published since the ring began, wrapping         written by the writer only
 *   word 33   lost: records that found no room, where the writer counts    written by the writer only
 *             them, wrapping
 *   word 34   frame of the last of these, its low 32 bits                  written by the writer only, before word 33
 *   byte 256 …  records; a record never wraps: padding fills the end
 *
 * Head and tail lie 128 bytes apart, so that neither side's stores take the other's cache line. The writer stores
 * bodies with plain stores and publishes them with an atomic store of tail; the reader loads tail, reads, and gives
 * the room back with an atomic store of head. "Full" is a value, not an error.
 */
const headWord = 0;
const tailWord = 32;
const lostWord = 33;
const lostFrameWord = 34;
const ringStart = 256;
/** Between two looks of a writer that waits for room, in ms. */
const sleepMs = 1;

export function createRingMemory(capacity: number): SharedArrayBuffer {
  if ((capacity & (capacity - 1)) !== 0 || capacity < 1_024) {
    throw new RangeError(`capacity=${capacity} is not valid; valid are powers of two from 1024`);
  }
  return new SharedArrayBuffer(ringStart + capacity);
}

/** The writing end. Owner thread only. Nothing is seen by the reader before `publish`. */
export class RingWriter {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly capacity: number;
  #tail: number;
  #mark: number;

  constructor(shared: SharedArrayBuffer) {
    this.bytes = new Uint8Array(shared);
    this.words = new Int32Array(shared);
    this.capacity = shared.byteLength - ringStart;
    this.#tail = Atomics.load(this.words, tailWord);
    this.#mark = this.#tail;
  }

  /** Makes room for a record of up to `size` bytes and returns where it begins, or -1 when there is none. */
  claim(size: number): number {
    const offset = this.#tail & (this.capacity - 1);
    const toEnd = this.capacity - offset;
    const padding = size > toEnd ? toEnd : 0;
    const used = (this.#tail - Atomics.load(this.words, headWord)) | 0;
    if (used + padding + align8(size) > this.capacity) return -1;
    if (padding === 0) return ringStart + offset;
    const word = (ringStart + offset) >> 2;
    this.words[word + lengthWord] = padding - 8;
    this.words[word + typeWord] = packType(recordKind.padding, 0);
    this.#tail = (this.#tail + padding) | 0;
    return ringStart;
  }

  /** Makes what was written from the claimed position up to `end` a record. */
  commit(end: number): void {
    const position = align8(end) - ringStart;
    const lap = this.#tail & (this.capacity - 1);
    this.#tail = (this.#tail + position - lap) | 0;
  }

  mark(): void {
    this.#mark = this.#tail;
  }

  /** Takes back all records since the mark. Only what is not published can be taken back. */
  rollback(): void {
    this.#tail = this.#mark;
  }

  /** Shows the reader all records so far. */
  publish(): void {
    Atomics.store(this.words, tailWord, this.#tail);
  }

  /** Bytes that the reader has not given back. */
  get used(): number {
    return (this.#tail - Atomics.load(this.words, headWord)) | 0;
  }

  /** Counts a record of a frame that found no room. */
  noteLost(frameLow: number): void {
    Atomics.store(this.words, lostFrameWord, frameLow);
    Atomics.store(this.words, lostWord, ((this.words[lostWord] as number) + 1) | 0);
  }

  /** Sleeps until no more than `bytes` wait to be read, at most `ms`. False when more do still. */
  waitForRoom(bytes: number, ms: number): boolean {
    for (let slept = 0; this.used > bytes; slept += sleepMs) {
      if (slept >= ms) return false;
      // The reader does not wake anybody: it stores head, and this looks again.
      Atomics.wait(this.words, headWord, Atomics.load(this.words, headWord), sleepMs);
    }
    return true;
  }
}

/** The reading end. Owner thread only. */
export class RingReader {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly #capacity: number;
  #head: number;

  constructor(shared: SharedArrayBuffer) {
    this.bytes = new Uint8Array(shared);
    this.words = new Int32Array(shared);
    this.#capacity = shared.byteLength - ringStart;
    this.#head = Atomics.load(this.words, headWord);
  }

  /** Where the next record begins, or -1. It stays valid, and stays the next one, until `advance`. */
  peek(): number {
    for (;;) {
      if (this.#head === Atomics.load(this.words, tailWord)) return -1;
      const at = ringStart + (this.#head & (this.#capacity - 1));
      const word = at >> 2;
      const kind = ((this.words[word + typeWord] as number) >>> 16) & 0xff;
      if (kind !== recordKind.padding) return at;
      this.#head = (this.#head + (this.words[word + lengthWord] as number) + 8) | 0;
    }
  }

  /** Goes on to the record after the one at `at`. Its memory stays as it is until `release`. */
  advance(at: number): void {
    const length = this.words[(at >> 2) + lengthWord] as number;
    this.#head = (this.#head + align8(recordHeaderBytes + length)) | 0;
  }

  /** Records that found no room, as far as the writer counts them. */
  get lost(): number {
    return Atomics.load(this.words, lostWord) >>> 0;
  }

  /** The frame of the last of them, its low 32 bits. */
  get lostFrame(): number {
    return Atomics.load(this.words, lostFrameWord);
  }

  /** Gives the room of all records passed so far back to the writer. */
  release(): void {
    Atomics.store(this.words, headWord, this.#head);
  }
}
