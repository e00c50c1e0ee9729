import type { DescMessage } from "@bufbuild/protobuf";
import { JournalStatus } from "../journal/journal-status.ts";
import { MergedRings, type PassedRecord, type RingHead } from "../memory/merged-rings.ts";
import {
  lengthWord,
  recordHeaderBytes,
  senderWord,
  sequenceWord,
  typeWord,
} from "../memory/record.ts";
import type { RingReader } from "../memory/ring.ts";
import { ControlBlock } from "../world/control-block.ts";
import { TopicNames, type TopicSource } from "../world/topic-names.ts";
import type { FeedEnd, FeedEvent } from "./feed.ts";

/** Frames that one call of `read` goes through: what is read is given back to the writers in between. */
const framesPerRelease = 64;

type Source = TopicSource & { readonly number: number };

/** The reading end of a feed, on whatever thread it is opened. */
export class FeedReader {
  readonly #rings: MergedRings;
  readonly #control: ControlBlock;
  readonly #journal: JournalStatus | undefined;
  readonly #sources = new Map<number, Source>();
  readonly #topics = new TopicNames();
  /** Addresses by actor number, of each ring: a worker introduces an actor before its first event there. */
  readonly #names = new Map<RingReader, Map<number, string>>();
  #readThrough: number;

  /** `messages` has those of the feed's types, and may have others. Throws a RangeError when one is missing. */
  constructor(end: FeedEnd, messages: readonly DescMessage[]) {
    const byName = new Map(messages.map((desc) => [desc.typeName, desc]));
    for (const { id, number, message, topic, topicKey } of end.types) {
      const desc = byName.get(message);
      if (!desc) throw new RangeError(`the feed has events of ${message}, which is not known here`);
      this.#sources.set(id, { desc, number, topic, topicKey });
    }
    this.#control = new ControlBlock(end.control, end.workers);
    this.#journal = end.journal && new JournalStatus(end.journal);
    this.#rings = new MergedRings(end.rings, (record) => this.#introduce(record));
    this.#readThrough = end.after;
  }

  /** Events that found no room in these rings: also those of frames that are run again when a worker is lost. */
  get lost(): number {
    return this.#rings.lost;
  }

  /** The frame of the last of them. 0: there is none. */
  get lostFrame(): number {
    const low = this.#rings.lostFrame;
    return low === undefined ? 0 : this.#widen(low);
  }

  /**
   * Hands on the events of all frames that are committed and have not been read, frame by frame. Returns the last frame
   * of which all has been read.
   */
  read(take: (frame: number, events: readonly FeedEvent[]) => void): number {
    const through = this.#readable();
    while (this.#readThrough < through) {
      const to = Math.min(through, this.#readThrough + framesPerRelease);
      this.#readUpTo(to, take);
      this.#rings.release();
      this.#readThrough = to;
    }
    return this.#readThrough;
  }

  #readUpTo(to: number, take: (frame: number, events: readonly FeedEvent[]) => void): void {
    let events: FeedEvent[] = [];
    let frameLow = 0;
    this.#rings.read(to | 0, (head) => {
      if (events.length > 0 && head.frame !== frameLow) {
        take(this.#widen(frameLow), events);
        events = [];
      }
      frameLow = head.frame;
      events.push(this.#eventAt(head));
    });
    if (events.length > 0) take(this.#widen(frameLow), events);
  }

  /** The last frame that has ended and is committed. */
  #readable(): number {
    const ended = this.#widen(this.#control.endedLow);
    return this.#journal ? Math.min(ended, this.#journal.committed) : ended;
  }

  /** The whole number of a frame near those that are read, from its low 32 bits. */
  #widen(low: number): number {
    return this.#readThrough + ((low - (this.#readThrough | 0)) | 0);
  }

  #introduce({ head, word, start, end }: PassedRecord): void {
    const { ring } = head;
    const names = this.#names.get(ring) ?? new Map<number, string>();
    this.#names.set(ring, names);
    const actor = ring.words[word + senderWord] as number;
    // A copy: text is not decoded from memory that other threads write.
    names.set(actor, Buffer.from(ring.bytes.subarray(start, end)).toString("latin1"));
  }

  #eventAt({ ring, at }: RingHead): FeedEvent {
    const { words, bytes } = ring;
    const word = at >> 2;
    const type = (words[word + typeWord] as number) & 0xffff;
    const source = this.#sources.get(type);
    const actor = words[word + senderWord] as number;
    const name = this.#names.get(ring)?.get(actor);
    if (!source || name === undefined) {
      throw new Error(`assertion failed: type=${type} of actor=${actor} is not in the feed`);
    }
    const start = at + recordHeaderBytes;
    const end = start + (words[word + lengthWord] as number);
    return {
      ...{ number: source.number, desc: source.desc },
      topic: this.#topics.of(source, bytes, start, end),
      source: name as FeedEvent["source"],
      actor,
      sequence: (words[word + sequenceWord] as number) >>> 0,
      ...{ bytes, start, end },
    };
  }
}
