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
 * An event of the present frame, encoded once as an entry of `Frame.events`: `wire[start] …
 * wire[end - 1]`.
 */
interface WireEvent {
  readonly entry: EventEntry;
  readonly topic: string;
  readonly topicName: string;
  readonly start: number;
  /** Where the event's own message begins. */
  readonly messageStart: number;
  readonly end: number;
  json: string | undefined;
}

/** The events of a frame that go to one set of topics, and the messages made of them so far. */
export interface Selection {
  readonly events: readonly WireEvent[];
  /** Whether one of the events must arrive. */
  readonly reliable: boolean;
}

const frameField = ServerMessageSchema.field.frame.number;
const frameNumberField = FrameSchema.field.frame.number;
const frameEventsField = FrameSchema.field.events.number;
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
  readonly #memberNames = new Map(WorldEventSchema.fields.map((f) => [f.number, f.jsonName]));
  #wire = new Uint8Array(wireBytesAtFirst);
  #events: WireEvent[] = [];
  #frame = 0;

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
  }

  /** The events whose topic, or its first part, is in `topics`. */
  select(topics: ReadonlySet<string>): Selection {
    const events = this.#events.filter((e) => topics.has(e.topicName) || topics.has(e.topic));
    return {
      events,
      reliable: events.some((event) => event.entry.delivery === Delivery.RELIABLE),
    };
  }

  /** A ServerMessage with the selected events. */
  toBinary({ events }: Selection): Uint8Array {
    const numberBytes = this.#frame === 0 ? 0 : 1 + varintSize(this.#frame);
    const bytes = events.reduce((sum, event) => sum + event.end - event.start, numberBytes);
    const message = new Uint8Array(1 + varintSize(bytes) + bytes);
    let offset = writeVarint(message, 0, lengthTag(frameField));
    offset = writeVarint(message, offset, bytes);
    if (this.#frame !== 0) {
      offset = writeVarint(message, offset, varintTag(frameNumberField));
      offset = writeVarint(message, offset, this.#frame);
    }
    for (const { start, end } of events) {
      message.set(this.#wire.subarray(start, end), offset);
      offset += end - start;
    }
    return message;
  }

  /** The same in canonical JSON. */
  toJson({ events }: Selection): Uint8Array {
    const list = events.map((event) => {
      event.json ??= this.#eventJson(event);
      return event.json;
    });
    return encoder.encode(`{"frame":{"frame":"${this.#frame}","events":[${list.join()}]}}`);
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
      start,
      messageStart: offset,
      end: offset + messageBytes,
      json: undefined,
    };
  }

  #eventJson({ entry, messageStart, end }: WireEvent): string {
    const message = fromBinary(entry.desc, this.#wire.subarray(messageStart, end));
    const name = this.#memberNames.get(entry.number);
    return `{"${name}":${toJsonString(entry.desc, message)}}`;
  }
}
