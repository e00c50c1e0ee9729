import { fromBinary, toJsonString } from "@bufbuild/protobuf";
import {
  FrameSchema,
  ServerMessageSchema,
  WorldEventSchema,
} from "../../gen/tellurion/v1/client_pb.ts";
import { Delivery } from "../../gen/tellurion/v1/options_pb.ts";
import type { EventEntry, PublishedEvent, PublishedFrame } from "../../runtime/host.ts";
import { TellurionError } from "../../runtime/index.ts";
import { firstPart } from "./topics.ts";
import { lengthTag, varintSize, varintTag, writeVarint } from "./varint.ts";

/**
 * An event on its way to clients, encoded once as an entry of `Frame.events`: `wire[start] … wire[end - 1]`. Those of an
 * encoder are valid until it reads another frame; `keep` makes one that stays.
 */
export interface WireEvent {
  readonly entry: EventEntry;
  readonly topic: string;
  readonly topicName: string;
  readonly wire: Uint8Array;
  readonly start: number;
  /** Where the event's own message begins. */
  readonly messageStart: number;
  readonly end: number;
  json: string | undefined;
  laneKey: string | undefined;
  /** The same event in memory of its own, once somebody has asked for that. */
  kept: WireEvent | undefined;
}

/** What makes a message of type Frame. */
export interface FrameParts {
  readonly frame: number;
  readonly events: readonly WireEvent[];
  /** One of the events must arrive. */
  readonly isReliable: boolean;
}

const frameField = ServerMessageSchema.field.frame.number;
const frameNumberField = FrameSchema.field.frame.number;
const frameEventsField = FrameSchema.field.events.number;
const frameReliableField = FrameSchema.field.reliable.number;
const memberNames = new Map(WorldEventSchema.fields.map((field) => [field.number, field.jsonName]));
const wireBytesAtFirst = 65_536;
const encoder = new TextEncoder();

/** Checks that the client protocol has a place for each event. Throws INVALID_DEFINITION. */
export function checkWorldEvents(events: readonly EventEntry[]): void {
  for (const { number, desc } of events) {
    const member = WorldEventSchema.fields.find((field) => field.number === number);
    if (member?.message?.typeName !== desc.typeName) {
      throw new TellurionError(
        "INVALID_DEFINITION",
        `event=${desc.typeName} has number=${number}, so tellurion.v1.WorldEvent needs a member ` +
          `of that type with that number; it has ${member?.message?.typeName ?? "none"}`,
      );
    }
  }
}

/**
 * Turns what a frame published into messages to clients. Each event is wrapped once, whoever gets
 * it; its own bytes are copied as they are, never decoded, unless a JSON client wants them: then
 * once.
 */
export class FrameEncoder {
  #wire = new Uint8Array(wireBytesAtFirst);
  #events: WireEvent[] = [];
  #frame = 0;
  #isReliable = false;

  /** Begins a frame. Copies all it needs out of it. */
  read(published: PublishedFrame): void {
    this.#frame = published.frame;
    this.#reserve(published.events);
    let offset = 0;
    this.#events = published.events.map((event) => {
      const wrapped = this.#wrap(event, offset);
      offset = wrapped.end;
      return wrapped;
    });
    this.#isReliable = this.#events.some(isReliable);
  }

  /** One of the events must arrive. */
  get isReliable(): boolean {
    return this.#isReliable;
  }

  get frame(): number {
    return this.#frame;
  }

  get events(): readonly WireEvent[] {
    return this.#events;
  }

  /** The events whose topic, or its first part, is in `topics`. */
  select(topics: { has(topic: string): boolean }): WireEvent[] {
    return this.#events.filter((e) => topics.has(e.topicName) || topics.has(e.topic));
  }

  #reserve(events: readonly PublishedEvent[]): void {
    // A tag and a length in front of the wrapper, and again in front of the message: 5 bytes each
    // at most.
    const bytes = events.reduce((sum, event) => sum + 20 + event.end - event.start, 0);
    if (bytes > this.#wire.length) this.#wire = new Uint8Array(bytes * 2);
  }

  #wrap(event: PublishedEvent, start: number): WireEvent {
    const { entry, topic } = event;
    const wire = this.#wire;
    const messageBytes = event.end - event.start;
    const tag = lengthTag(entry.number);
    const memberBytes = varintSize(tag) + varintSize(messageBytes) + messageBytes;
    let offset = writeVarint(wire, start, lengthTag(frameEventsField));
    offset = writeVarint(wire, offset, memberBytes);
    offset = writeVarint(wire, offset, tag);
    offset = writeVarint(wire, offset, messageBytes);
    wire.set(event.bytes.subarray(event.start, event.end), offset);
    return {
      entry,
      topic,
      topicName: firstPart(topic),
      wire,
      start,
      messageStart: offset,
      end: offset + messageBytes,
      json: undefined,
      laneKey: undefined,
      kept: undefined,
    };
  }
}

export function isReliable({ entry }: WireEvent): boolean {
  return entry.delivery === Delivery.RELIABLE;
}

/** Events with the same key make one another obsolete: those of one type and topic. */
export function laneKeyOf(event: WireEvent): string {
  event.laneKey ??= `${event.entry.number} ${event.topic}`;
  return event.laneKey;
}

/** The event in memory of its own. Whoever asks for the same event gets the same. */
export function keep(event: WireEvent): WireEvent {
  event.kept ??= keptEvent(
    event,
    event.wire.slice(event.start, event.end),
    event.messageStart - event.start,
  );
  return event.kept;
}

/** An event of bytes that were kept. */
export function keptEvent(
  { entry, topic, topicName, json }: Pick<WireEvent, "entry" | "topic" | "topicName" | "json">,
  wire: Uint8Array,
  messageStart: number,
): WireEvent {
  const none = { laneKey: undefined, kept: undefined };
  const place = { wire, start: 0, messageStart, end: wire.length };
  const event: WireEvent = { entry, topic, topicName, ...place, json, ...none };
  event.kept = event;
  return event;
}

/** A ServerMessage with a frame. */
export function frameToBinary({ frame, events, isReliable }: FrameParts): Uint8Array {
  const numberBytes = frame === 0 ? 0 : 1 + varintSize(frame);
  const headBytes = isReliable ? 2 * numberBytes : numberBytes;
  const bytes = events.reduce((sum, event) => sum + event.end - event.start, headBytes);
  const message = new Uint8Array(1 + varintSize(bytes) + bytes);
  let offset = writeVarint(message, 0, lengthTag(frameField));
  offset = writeVarint(message, offset, bytes);
  if (frame !== 0) {
    offset = writeVarint(message, offset, varintTag(frameNumberField));
    offset = writeVarint(message, offset, frame);
  }
  for (const { wire, start, end } of events) {
    message.set(wire.subarray(start, end), offset);
    offset += end - start;
  }
  if (isReliable && frame !== 0) {
    offset = writeVarint(message, offset, varintTag(frameReliableField));
    writeVarint(message, offset, frame);
  }
  return message;
}

/** The same in canonical JSON. */
export function frameToJson({ frame, events, isReliable }: FrameParts): Uint8Array {
  const list = events.map((event) => {
    event.json ??= eventJson(event);
    return event.json;
  });
  const reliable = isReliable ? `,"reliable":"${frame}"` : "";
  return encoder.encode(`{"frame":{"frame":"${frame}","events":[${list.join()}]${reliable}}}`);
}

function eventJson({ entry, wire, messageStart, end }: WireEvent): string {
  const message = fromBinary(entry.desc, wire.subarray(messageStart, end));
  return `{"${memberNames.get(entry.number)}":${toJsonString(entry.desc, message)}}`;
}
