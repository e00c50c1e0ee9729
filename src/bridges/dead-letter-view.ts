import { create, fromBinary, fromJsonString, type JsonValue, toJson } from "@bufbuild/protobuf";
import {
  type ReadableEvent,
  ReadableEventSchema,
  RemoteCommandSchema,
} from "../gen/tellurion/v1/bridge_pb.ts";
import { type WorldEvent, WorldEventSchema } from "../gen/tellurion/v1/client_pb.ts";
import { EventTypeSchema } from "../gen/tellurion/v1/event_type_pb.ts";
import { GameEventSchema } from "../gen/tellurion/v1/game_event_pb.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { decodeCommand } from "./in/understand-command.ts";
import { decodePack, eventsIn } from "./in/understand-pack.ts";

/** A message as people read it. */
export interface DeadLetterView {
  /** In a few words: `SetWeather c-17`. */
  readonly title: string;
  /** What is in it, as far as it can be read. */
  readonly content: JsonValue;
}

type Readable = Pick<DeadLetter, "body" | "attributes">;

/** Never fails: what cannot be read is shown as it is. */
export function viewOf(letter: Readable): DeadLetterView {
  const { c: codec, s: stream } = letter.attributes;
  try {
    if (codec === "proto" || (codec === "json" && stream === undefined)) return commandView(letter);
    return codec === "json" ? readableView(letter.body) : packView(letter);
  } catch (error) {
    return unreadable(letter.body, (error as Error).message);
  }
}

function commandView(letter: Readable): DeadLetterView {
  const decoded = decodeCommand(letter);
  if ("reason" in decoded) return unreadable(letter.body, decoded.error);
  const { method, commandId } = decoded.command;
  const content = toJson(RemoteCommandSchema, decoded.command);
  return { title: `${method.slice(method.lastIndexOf("/") + 1)} ${commandId}`, content };
}

function readableView(body: string): DeadLetterView {
  const event = fromJsonString(ReadableEventSchema, body);
  return { title: titleOf(event), content: toJson(ReadableEventSchema, event) };
}

function packView({ body, attributes }: Readable): DeadLetterView {
  const { c: codec, s: stream, e: epoch, q: sequence } = attributes;
  const decoded = decodePack(body, codec);
  if ("reason" in decoded) return unreadable(body, decoded.error);
  const events = eventsIn(decoded.pack);
  if (events === undefined) return unreadable(body, "the lengths of its events do not add up");
  const title = `${stream} ${epoch}/${sequence}, ${events.length} event${events.length === 1 ? "" : "s"}`;
  return { title, content: events.map(eventJson) };
}

function eventJson(bytes: Uint8Array): JsonValue {
  try {
    const { eventId, eventType, worldTimeMs, source, topic, frame, traceparent, payload } =
      fromBinary(GameEventSchema, bytes);
    const readable = create(ReadableEventSchema, {
      ...{ eventId, eventType, worldTimeMs, source, topic, frame, traceparent },
      event: worldEvent(eventType, payload),
    });
    return toJson(ReadableEventSchema, readable);
  } catch (error) {
    const hex = Buffer.from(bytes).toString("hex");
    return { unreadable: (error as Error).message, hex };
  }
}

/** Throws for a type that is not known. */
function worldEvent(eventType: number, payload: Uint8Array): WorldEvent {
  const field = WorldEventSchema.fields.find(({ number }) => number === eventType);
  if (field?.message === undefined) throw new Error(`event_type=${eventType} is not known`);
  const value = fromBinary(field.message, payload);
  const body = { case: field.localName, value } as unknown as WorldEvent["body"];
  return create(WorldEventSchema, { body });
}

function titleOf({ eventType, topic }: ReadableEvent): string {
  const name = EventTypeSchema.value[eventType]?.localName ?? eventType;
  return `event ${name} ${topic}`;
}

function unreadable(body: string, error: string): DeadLetterView {
  return { title: "not readable", content: { unreadable: error, body } };
}
