import { type DescMessage, fromBinary, type Message, type MessageShape } from "@bufbuild/protobuf";
import { ConsumerError } from "./consumer-error.ts";
import { messageOfEvent } from "./event-types.ts";

/** What GameEvent says of an event besides its message. */
export interface Envelope {
  /** `world:frame:actor:sequence`: the same event always has the same id. */
  readonly eventId: string;
  /** A number of EventType. */
  readonly eventType: number;
  readonly worldTimeMs: number;
  /** `weather/north-marsh`: who published it. */
  readonly source: string;
  readonly topic: string;
  readonly frame: number;
  /** W3C trace context, or empty. */
  readonly traceparent: string;
}

/** An event of the world. Its message stays bytes until it is asked for. */
export class WorldEvent implements Envelope {
  readonly eventId: string;
  readonly eventType: number;
  readonly worldTimeMs: number;
  readonly source: string;
  readonly topic: string;
  readonly frame: number;
  readonly traceparent: string;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  /** The event's message is encoded in `bytes[start] … bytes[end - 1]`. */
  constructor(envelope: Envelope, bytes: Uint8Array, start: number, end: number) {
    this.eventId = envelope.eventId;
    this.eventType = envelope.eventType;
    this.worldTimeMs = envelope.worldTimeMs;
    this.source = envelope.source;
    this.topic = envelope.topic;
    this.frame = envelope.frame;
    this.traceparent = envelope.traceparent;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** The event's message, encoded. A window on the pack: it keeps all of the pack in memory. */
  get payload(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Undefined: this package's schema does not know the event. */
  get schema(): DescMessage | undefined {
    return messageOfEvent(this.eventType);
  }

  /** The event's message. Throws EVENT_UNKNOWN and EVENT_UNDECODABLE. */
  message(): Message {
    const { schema } = this;
    if (schema !== undefined) return this.as(schema);
    const known = "generate this package again from the world's schema to know it";
    throw new ConsumerError("EVENT_UNKNOWN", `eventType=${this.eventType} is not known: ${known}`);
  }

  /** The event's message as one that the caller knows it to be. Throws EVENT_UNDECODABLE. */
  as<Desc extends DescMessage>(schema: Desc): MessageShape<Desc> {
    try {
      return fromBinary(schema, this.payload);
    } catch (cause) {
      const text = `event ${this.eventId} is no ${schema.typeName}`;
      throw new ConsumerError("EVENT_UNDECODABLE", text, { cause });
    }
  }
}
