import type { DescMessage } from "@bufbuild/protobuf";
import {
  type CoreReport,
  CoreReportSchema,
  type EffectRequest,
  EffectRequestSchema,
} from "../../gen/tellurion/v1/core_pb.ts";
import { type AttachableView, attach, codecOf, detach } from "../codec/index.ts";
import type { ErrorCode } from "../errors.ts";
import {
  extraWord,
  lengthWord,
  recordHeaderBytes,
  recordKind,
  senderWord,
  sequenceWord,
  targetWord,
  typeWord,
} from "../memory/record.ts";
import { RingReader } from "../memory/ring.ts";
import type { Catalogue, EventEntry } from "./catalogue.ts";
import { errorOfReply } from "./reports.ts";
import type { PublishedEvent } from "./world.ts";

/** Who takes what the workers put out. */
export interface OutputSinks {
  /** The events of one frame, in the world's order. They are valid until it returns. */
  events(frameLow: number, events: readonly PublishedEvent[]): void;
  /** `bytes` is the response, or the text of the error. */
  reply(frameLow: number, call: number, error: ErrorCode | undefined, bytes: Uint8Array): void;
  /** `id` as its actor counts effects. */
  effect(frameLow: number, id: number, type: string, request: EffectRequest): void;
  report(frameLow: number, report: CoreReport): void;
}

const effectCodec = codecOf(EffectRequestSchema);
const reportCodec = codecOf(CoreReportSchema);
/** Topics that are kept as strings; beyond it they are put together anew each time. */
const topicsMax = 65_536;

/** One ring and the record it is at. */
interface RingHead {
  readonly ring: RingReader;
  /** -1: nothing to read. */
  at: number;
  frame: number;
  round: number;
  sender: number;
}

/**
 * Reads the workers' rings and merges their events into the order of the world: frame, round, sender's number, order
 * of sending. Each ring is in that order already.
 */
export class OutputReader {
  readonly #heads: readonly RingHead[];
  readonly #catalogue: Catalogue;
  readonly #sinks: OutputSinks;
  readonly #views = new Map<EventEntry, AttachableView<DescMessage>>();
  readonly #topics = new Map<string, Map<string, string>>();
  #topicCount = 0;

  constructor(rings: readonly SharedArrayBuffer[], catalogue: Catalogue, sinks: OutputSinks) {
    this.#heads = rings.map((shared) => {
      const ring = new RingReader(shared);
      return { ring, at: -1, frame: 0, round: 0, sender: 0 };
    });
    this.#catalogue = catalogue;
    this.#sinks = sinks;
  }

  /** Hands on everything of frames up to `endedLow`, the low 32 bits of the last frame that ended. */
  read(endedLow: number): void {
    for (const head of this.#heads) this.#settle(head, endedLow);
    let events: PublishedEvent[] = [];
    let frame = 0;
    for (let head = this.#lowest(); head; head = this.#lowest()) {
      if (events.length > 0 && head.frame !== frame) {
        this.#sinks.events(frame, events);
        events = [];
      }
      frame = head.frame;
      events.push(this.#eventAt(head));
      head.ring.advance(head.at);
      this.#settle(head, endedLow);
    }
    if (events.length > 0) this.#sinks.events(frame, events);
    for (const { ring } of this.#heads) ring.release();
  }

  /** Hands on replies and reports at the head of a ring, up to its next event. */
  #settle(head: RingHead, endedLow: number): void {
    for (;;) {
      head.at = head.ring.peek();
      if (head.at === -1) return;
      const { words, bytes } = head.ring;
      const word = head.at >> 2;
      head.frame = words[word + extraWord] as number;
      if (((head.frame - endedLow) | 0) > 0) {
        head.at = -1;
        return;
      }
      const kind = ((words[word + typeWord] as number) >>> 16) & 0xff;
      if (kind === recordKind.event) {
        head.round = words[word + targetWord] as number;
        head.sender = words[word + senderWord] as number;
        return;
      }
      const start = head.at + recordHeaderBytes;
      const end = start + (words[word + lengthWord] as number);
      const type = (words[word + typeWord] as number) & 0xffff;
      const id = words[word + sequenceWord] as number;
      if (kind === recordKind.reply) {
        this.#sinks.reply(head.frame, id, errorOfReply(type), bytes.slice(start, end));
      } else if (kind === recordKind.effect) {
        const name = this.#catalogue.messages[type]?.desc.typeName ?? "";
        this.#sinks.effect(head.frame, id, name, effectCodec.decode(bytes, start, end));
      } else {
        this.#sinks.report(head.frame, reportCodec.decode(bytes, start, end));
      }
      head.ring.advance(head.at);
    }
  }

  #lowest(): RingHead | undefined {
    let lowest: RingHead | undefined;
    for (const head of this.#heads) {
      if (head.at === -1) continue;
      if (lowest === undefined || before(head, lowest)) lowest = head;
    }
    return lowest;
  }

  #eventAt({ ring, at }: RingHead): PublishedEvent {
    const { words, bytes } = ring;
    const word = at >> 2;
    const type = (words[word + typeWord] as number) & 0xffff;
    const entry = this.#catalogue.messages[type]?.event;
    if (entry === undefined) throw new Error(`assertion failed: type=${type} is no event`);
    const start = at + recordHeaderBytes;
    const end = start + (words[word + lengthWord] as number);
    return {
      entry,
      topic: this.#topicOf(entry, bytes, start, end),
      actor: words[word + senderWord] as number,
      sequence: (words[word + sequenceWord] as number) >>> 0,
      bytes,
      start,
      end,
    };
  }

  #topicOf(entry: EventEntry, bytes: Uint8Array, start: number, end: number): string {
    if (entry.topicKey === undefined) return entry.topic;
    let view = this.#views.get(entry);
    if (view === undefined) {
      view = codecOf(entry.desc).createView();
      this.#views.set(entry, view);
    }
    const fields = view[attach](bytes, start, end) as unknown as Record<string, string>;
    const key = fields[entry.topicKey] ?? "";
    view[detach]();
    let topics = this.#topics.get(entry.topic);
    if (topics === undefined) {
      topics = new Map();
      this.#topics.set(entry.topic, topics);
    }
    const known = topics.get(key);
    if (known !== undefined) return known;
    const topic = `${entry.topic}/${key}`;
    if (this.#topicCount < topicsMax) {
      topics.set(key, topic);
      this.#topicCount += 1;
    }
    return topic;
  }
}

function before(x: RingHead, y: RingHead): boolean {
  if (x.frame !== y.frame) return ((x.frame - y.frame) | 0) < 0;
  if (x.round !== y.round) return x.round < y.round;
  return x.sender < y.sender;
}
