import {
  type CoreReport,
  CoreReportSchema,
  type EffectRequest,
  EffectRequestSchema,
} from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import type { ErrorCode } from "../errors.ts";
import { MergedRings, type PassedRecord, type RingHead } from "../memory/merged-rings.ts";
import {
  lengthWord,
  recordHeaderBytes,
  recordKind,
  senderWord,
  sequenceWord,
  typeWord,
} from "../memory/record.ts";
import type { Catalogue } from "./catalogue.ts";
import { errorOfReply } from "./reports.ts";
import { TopicNames } from "./topic-names.ts";
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

/** Reads what the workers put out for the main thread: their events in the order of the world. */
export class OutputReader {
  readonly #rings: MergedRings;
  readonly #catalogue: Catalogue;
  readonly #sinks: OutputSinks;
  readonly #topics = new TopicNames();

  constructor(rings: readonly SharedArrayBuffer[], catalogue: Catalogue, sinks: OutputSinks) {
    this.#rings = new MergedRings(rings, (record) => this.#pass(record));
    this.#catalogue = catalogue;
    this.#sinks = sinks;
  }

  /** Hands on everything of frames up to `endedLow`, the low 32 bits of the last frame that ended. */
  read(endedLow: number): void {
    let events: PublishedEvent[] = [];
    let frame = 0;
    this.#rings.read(endedLow, (head) => {
      if (events.length > 0 && head.frame !== frame) {
        this.#sinks.events(frame, events);
        events = [];
      }
      frame = head.frame;
      events.push(this.#eventAt(head));
    });
    if (events.length > 0) this.#sinks.events(frame, events);
    this.#rings.release();
  }

  #pass({ head, kind, type, frame, word, start, end }: PassedRecord): void {
    const { words, bytes } = head.ring;
    const id = words[word + sequenceWord] as number;
    if (kind === recordKind.reply) {
      this.#sinks.reply(frame, id, errorOfReply(type), bytes.slice(start, end));
    } else if (kind === recordKind.effect) {
      const name = this.#catalogue.messages[type]?.desc.typeName ?? "";
      this.#sinks.effect(frame, id, name, effectCodec.decode(bytes, start, end));
    } else {
      this.#sinks.report(frame, reportCodec.decode(bytes, start, end));
    }
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
      topic: this.#topics.of(entry, bytes, start, end),
      actor: words[word + senderWord] as number,
      sequence: (words[word + sequenceWord] as number) >>> 0,
      bytes,
      start,
      end,
    };
  }
}
