import * as record from "./record.ts";
import type { Segment } from "./segment.ts";
import * as segments from "./segment.ts";

// The engine looks up what is imported at each use, and these are used for each message.
const { align8, lengthWord, recordHeaderBytes } = record;
const { segmentStart, segmentsWord, usedWord } = segments;
const { createSegment, openSegment, segmentBytesFirst, segmentBytesMax } = segments;

/**
 * A lane carries the records that one worker writes for another. It has two halves: in a round one is being written
 * while the other, written in the round before, is being read; then they change places. No word of a half has two
 * writers, and no thread reads a half that is being written: the barrier between two rounds publishes all of it. So
 * plain loads and stores suffice, and there is no atomic operation per record.
 *
 * A half that fills goes on in another segment. The writer announces it through a channel beside the lane, before
 * the barrier behind which the reader needs it. A half keeps its segments, so a steady world stops allocating.
 */
export interface LaneMemory {
  /** The first segment of each half. */
  readonly halves: readonly [SharedArrayBuffer, SharedArrayBuffer];
}

export function createLaneMemory(bytes = segmentBytesFirst): LaneMemory {
  return { halves: [createSegment(bytes).shared, createSegment(bytes).shared] };
}

/** A segment that a half has grown by. */
export interface Announcement {
  readonly half: number;
  readonly index: number;
  readonly shared: SharedArrayBuffer;
}

/** Tells the readers of a lane of its new segments. */
export type Announce = (announcement: Announcement) => void;
/** Takes the next announcement. Called only when the writer has made one. */
export type ReceiveAnnouncement = () => Announcement | undefined;

/** The writing end. Owner thread only. */
export class LaneWriter {
  /** The segment being written: encode here, at what `claim` returned. */
  bytes: Uint8Array;
  words: Int32Array;
  /** Records in this half so far. */
  records = 0;

  readonly #halves: [Segment[], Segment[]];
  readonly #announce: Announce;
  #half = 0;
  #segments: Segment[];
  #index = 0;
  #position = segmentStart;
  #limit: number;

  #markIndex = 0;
  #markPosition = segmentStart;
  #markRecords = 0;

  constructor(memory: LaneMemory, announce: Announce) {
    this.#halves = [[openSegment(memory.halves[0])], [openSegment(memory.halves[1])]];
    this.#announce = announce;
    this.#segments = this.#halves[0];
    const first = this.#segments[0] as Segment;
    this.bytes = first.bytes;
    this.words = first.words;
    this.#limit = first.bytes.length;
    this.begin(0);
  }

  /** Starts to write a half, from its beginning. */
  begin(half: number): void {
    this.#half = half;
    this.#segments = this.#halves[half] as Segment[];
    this.records = 0;
    this.#enter(0, segmentStart);
  }

  /** Makes room for a record of up to `size` bytes in the present segment and returns where it begins. */
  claim(size: number): number {
    if (this.#position + size > this.#limit) this.#grow(size);
    return this.#position;
  }

  /** Makes what was written from the claimed position up to `end` a record. */
  commit(end: number): void {
    this.#position = align8(end);
    this.records += 1;
  }

  /** Remembers where the lane stands. */
  mark(): void {
    this.#markIndex = this.#index;
    this.#markPosition = this.#position;
    this.#markRecords = this.records;
  }

  /** Takes back all records since the mark. */
  rollback(): void {
    this.#enter(this.#markIndex, this.#markPosition);
    this.records = this.#markRecords;
  }

  /** Completes the half, so that after the next barrier it can be read. */
  publish(): void {
    this.words[usedWord] = this.#position;
    const first = this.#segments[0] as Segment;
    first.words[segmentsWord] = this.#index + 1;
  }

  /** The segment being written. */
  get segment(): Segment {
    return this.#segments[this.#index] as Segment;
  }

  /** Bytes of all segments of both halves. */
  get capacity(): number {
    return [...this.#halves[0], ...this.#halves[1]].reduce((sum, s) => sum + s.bytes.length, 0);
  }

  #enter(index: number, position: number): void {
    const segment = this.#segments[index] as Segment;
    this.#index = index;
    this.#position = position;
    this.#limit = segment.bytes.length;
    this.bytes = segment.bytes;
    this.words = segment.words;
  }

  #grow(size: number): void {
    for (;;) {
      this.words[usedWord] = this.#position;
      const index = this.#index + 1;
      if (index === this.#segments.length) this.#add(index, size);
      this.#enter(index, segmentStart);
      if (segmentStart + size <= this.#limit) return;
    }
  }

  #add(index: number, size: number): void {
    const doubled = Math.min(this.#limit * 2, segmentBytesMax);
    const segment = createSegment(Math.max(doubled, align8(segmentStart + size)));
    this.#segments.push(segment);
    this.#announce({ half: this.#half, index, shared: segment.shared });
  }
}

/** The reading end. Owner thread only. */
export class LaneReader {
  /** Segments of the half being read; the first `count` hold records. */
  segments: readonly Segment[];
  count = 0;

  readonly #halves: [Segment[], Segment[]];
  readonly #receive: ReceiveAnnouncement;

  constructor(memory: LaneMemory, receive: ReceiveAnnouncement) {
    this.#halves = [[openSegment(memory.halves[0])], [openSegment(memory.halves[1])]];
    this.#receive = receive;
    this.segments = this.#halves[0];
  }

  /** Starts to read a half that its writer has published before the last barrier. */
  begin(half: number): void {
    const segments = this.#halves[half] as Segment[];
    const first = segments[0] as Segment;
    this.count = first.words[segmentsWord] as number;
    while (segments.length < this.count) this.#takeAnnouncement();
    this.segments = segments;
  }

  #takeAnnouncement(): void {
    const announcement = this.#receive();
    if (!announcement) throw new Error("assertion failed: a lane's new segment was not announced");
    const segments = this.#halves[announcement.half] as Segment[];
    segments[announcement.index] = openSegment(announcement.shared);
  }
}

/** Calls back for every record of the half that a reader has begun. */
export function forEachRecord(
  reader: LaneReader,
  visit: (segment: Segment, at: number) => void,
): void {
  for (let i = 0; i < reader.count; i += 1) {
    const segment = reader.segments[i] as Segment;
    const used = segment.words[usedWord] as number;
    for (let at = segmentStart; at < used; ) {
      visit(segment, at);
      const length = segment.words[(at >> 2) + lengthWord] as number;
      at += align8(recordHeaderBytes + length);
    }
  }
}
