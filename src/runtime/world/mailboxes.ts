import { ActorSet } from "../actor/actor-set.ts";
import type { Cell } from "../actor/cell.ts";
import type { LaneReader } from "../memory/lane.ts";
import * as record from "../memory/record.ts";
import { type Segment, segmentStart, usedWord } from "../memory/segment.ts";
import type { Listeners } from "./listeners.ts";

// The engine looks up what is imported at each use, and these are used for each message.
const { align8, packType, recordHeaderBytes, recordKind } = record;
const { lengthWord, senderWord, sequenceWord, targetWord, typeWord } = record;
const { event: eventKind, query: queryKind, image: imageKind } = recordKind;

/** Where a reading of a lane's half stands. */
class LaneCursor {
  /** Sender of the present record, or -1 at the end. */
  sender = -1;
  words: Int32Array = new Int32Array(0);
  /** Byte at which the present record begins. */
  at = 0;
  /** The present segment's place in the round's table. */
  segment = 0;
  #reader: LaneReader | undefined;
  #index = 0;
  #end = 0;
  #table: Segment[] = [];

  open(reader: LaneReader, half: number, table: Segment[]): void {
    reader.begin(half);
    this.#reader = reader;
    this.#table = table;
    this.#index = -1;
    this.at = 0;
    this.#end = 0;
    this.#settle();
  }

  next(): void {
    const length = this.words[(this.at >> 2) + lengthWord] as number;
    this.at += align8(recordHeaderBytes + length);
    if (this.at >= this.#end) this.#settle();
    else this.sender = this.words[(this.at >> 2) + senderWord] as number;
  }

  /** Finds the next segment with records. */
  #settle(): void {
    const reader = this.#reader as LaneReader;
    this.sender = -1;
    while (++this.#index < reader.count) {
      const segment = reader.segments[this.#index] as Segment;
      const used = segment.words[usedWord] as number;
      if (used <= segmentStart) continue;
      this.words = segment.words;
      this.at = segmentStart;
      this.#end = used;
      this.segment = this.#table.push(segment) - 1;
      this.sender = this.words[(segmentStart >> 2) + senderWord] as number;
      return;
    }
  }
}

/** What becomes of records that are nobody's message: queries, images, messages to actors that are gone. */
export interface MailboxOutlets {
  query(segment: Segment, at: number): void;
  image(segment: Segment, at: number): void;
  undeliverable(segment: Segment, at: number): void;
  overflow(cell: Cell, segment: Segment, at: number): void;
}

const entriesFirst = 4_096;
/** Words of an entry, side by side as they are used: the record's segment and place, the entry behind it, one to spare. */
const entryWords = 4;
const segmentWord = 0;
const atWord = 1;
const nextWord = 2;

/**
 * The mailboxes of one worker's actors in one round. `collect` merges the lanes by sender's number, which each lane is
 * sorted by already, a run of one sender at a time; so an actor's messages stand in the order (sender's number, order
 * of sending) wherever the senders sit. An entry points at a record; nothing is copied, and in a steady world nothing
 * is allocated.
 */
export class Mailboxes {
  /** Actors with something to do in this round. */
  readonly ready: ActorSet;
  readonly #cells: readonly (Cell | undefined)[];
  readonly #listeners: Listeners;
  readonly #outlets: MailboxOutlets;
  readonly #segments: Segment[] = [];
  readonly #cursors: LaneCursor[] = [];
  /** An entry is called by where it begins in here. */
  #entries = new Int32Array(entriesFirst * entryWords);
  #end = 0;
  /** What marks an ActorStopped: user traffic cannot push it out of a mailbox. */
  readonly #stoppedPacked: number;

  constructor(
    actorsMax: number,
    stoppedType: number,
    cells: readonly (Cell | undefined)[],
    listeners: Listeners,
    outlets: MailboxOutlets,
  ) {
    this.ready = new ActorSet(actorsMax + 1);
    this.#stoppedPacked = packType(recordKind.message, stoppedType);
    this.#cells = cells;
    this.#listeners = listeners;
    this.#outlets = outlets;
  }

  /** Begins a round. */
  clear(): void {
    this.#segments.length = 0;
    this.#end = 0;
  }

  /** Puts the records that one lane half of each reader holds into the mailboxes. */
  collect(readers: readonly LaneReader[], half: number): void {
    let open = 0;
    for (const reader of readers) {
      const cursor = this.#cursors[open] ?? new LaneCursor();
      this.#cursors[open] = cursor;
      cursor.open(reader, half, this.#segments);
      if (cursor.sender >= 0) open += 1;
    }
    while (open > 0) {
      const cursor = this.#lowest(open);
      const sender = cursor.sender;
      do {
        this.#take(cursor);
        cursor.next();
      } while (cursor.sender === sender);
      if (cursor.sender === -1) {
        const last = this.#cursors[open - 1] as LaneCursor;
        this.#cursors[this.#cursors.indexOf(cursor)] = last;
        this.#cursors[open - 1] = cursor;
        open -= 1;
      }
    }
  }

  /** Adds a record to a mailbox by hand: for timers. */
  add(cell: Cell, segment: Segment, at: number): void {
    const known = this.#segments.lastIndexOf(segment);
    this.#append(cell, known >= 0 ? known : this.#segments.push(segment) - 1, at);
  }

  segmentOf(entry: number): Segment {
    return this.#segments[this.#entries[entry + segmentWord] as number] as Segment;
  }

  atOf(entry: number): number {
    return this.#entries[entry + atWord] as number;
  }

  nextOf(entry: number): number {
    return this.#entries[entry + nextWord] as number;
  }

  /** Empties a mailbox into its outlet for what does not fit, until `max` entries are left. */
  trim(cell: Cell, max: number): void {
    const entries: number[] = [];
    for (let e = cell.head; e !== -1; e = this.nextOf(e)) entries.push(e);
    const kept = keepWithin(
      entries.map((entry) => this.#typeAndPolicy(cell, entry)),
      max,
    );
    cell.head = -1;
    cell.tail = -1;
    cell.depth = 0;
    entries.forEach((entry, i) => {
      if (kept[i]) this.#link(cell, entry);
      else this.#outlets.overflow(cell, this.segmentOf(entry), this.atOf(entry));
    });
  }

  #lowest(open: number): LaneCursor {
    let lowest = this.#cursors[0] as LaneCursor;
    for (let i = 1; i < open; i += 1) {
      const cursor = this.#cursors[i] as LaneCursor;
      if (cursor.sender < lowest.sender) lowest = cursor;
    }
    return lowest;
  }

  #take(cursor: LaneCursor): void {
    const { words, at, segment } = cursor;
    const word = at >> 2;
    const packed = words[word + typeWord] as number;
    switch ((packed >>> 16) & 0xff) {
      case eventKind:
        this.#deliverEvent(packed & 0xffff, words[word + lengthWord] as number, segment, at);
        return;
      case queryKind:
        this.#outlets.query(this.#segments[segment] as Segment, at);
        return;
      case imageKind:
        this.#outlets.image(this.#segments[segment] as Segment, at);
        return;
      default: {
        const cell = this.#cells[words[word + targetWord] as number];
        if (cell && !cell.stopping) this.#append(cell, segment, at);
        else this.#outlets.undeliverable(this.#segments[segment] as Segment, at);
      }
    }
  }

  #deliverEvent(type: number, length: number, segment: number, at: number): void {
    const toAll = this.#listeners.toAll(type);
    for (let i = 0; i < toAll.length; i += 1) this.#appendEvent(toAll[i] as Cell, segment, at);
    const { bytes } = this.#segments[segment] as Segment;
    const start = at + recordHeaderBytes;
    const toKey = this.#listeners.toKey(type, bytes, start, start + length);
    for (let i = 0; i < toKey.length; i += 1) this.#appendEvent(toKey[i] as Cell, segment, at);
  }

  /**
   * An actor that starts in this frame does not hear events carried over from the last one: a copy of them is here
   * only if another listener sat on this worker, and placement must not show.
   */
  #appendEvent(cell: Cell, segment: number, at: number): void {
    if (!cell.fresh) this.#append(cell, segment, at);
  }

  #append(cell: Cell, segment: number, at: number): void {
    const entry = this.#end;
    if (entry === this.#entries.length) this.#double();
    if (cell.tail === -1) this.ready.add(cell.number);
    this.#end = entry + entryWords;
    this.#entries[entry + segmentWord] = segment;
    this.#entries[entry + atWord] = at;
    this.#link(cell, entry);
  }

  #link(cell: Cell, entry: number): void {
    this.#entries[entry + nextWord] = -1;
    if (cell.tail === -1) {
      cell.head = entry;
    } else {
      this.#entries[cell.tail + nextWord] = entry;
    }
    cell.tail = entry;
    cell.depth += 1;
  }

  #double(): void {
    const larger = new Int32Array(this.#entries.length * 2);
    larger.set(this.#entries);
    this.#entries = larger;
  }

  #typeAndPolicy(cell: Cell, entry: number): { type: number; policy: string } {
    const { words } = this.segmentOf(entry);
    const word = this.atOf(entry) >> 2;
    const packed = words[word + typeWord] as number;
    const isOutcome = words[word + senderWord] === 0 && words[word + sequenceWord] !== 0;
    if (packed === this.#stoppedPacked || isOutcome) return { type: packed, policy: "control" };
    const isMessage = packed >>> 16 !== recordKind.command;
    const handler = isMessage ? cell.kind.messages[packed & 0xffff] : undefined;
    return { type: packed, policy: handler?.overflow ?? "reject" };
  }
}

/**
 * Decides which entries of a mailbox stay when at most `max` can. First, from the oldest on, those of `latest` types
 * that have a newer one give way, then the oldest of `oldest` types, then the newest of all but `control`, which always
 * stays.
 */
export function keepWithin(
  entries: readonly { readonly type: number; readonly policy: string }[],
  max: number,
): boolean[] {
  const kept = entries.map(() => true);
  let excess = entries.length - max;
  const newest = new Map(entries.map(({ type }, i) => [type, i]));
  const drop = (i: number, when: boolean): void => {
    if (excess <= 0 || !kept[i] || !when) return;
    kept[i] = false;
    excess -= 1;
  };
  entries.forEach(({ type, policy }, i) => {
    drop(i, policy === "latest" && newest.get(type) !== i);
  });
  entries.forEach(({ policy }, i) => {
    drop(i, policy === "oldest");
  });
  for (let i = entries.length - 1; i >= 0; i -= 1) drop(i, entries[i]?.policy !== "control");
  return kept;
}
