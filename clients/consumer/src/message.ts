import { zstdDecompressSync } from "node:zlib";
import { fromJsonString, toBinary } from "@bufbuild/protobuf";
import { ConsumerError, textOf } from "./consumer-error.ts";
import { decodeEvent } from "./decode-event.ts";
import { WorldEvent } from "./event.ts";
import { messageOfEvent } from "./event-types.ts";
import { type ReadableEvent, ReadableEventSchema } from "./gen/tellurion/v1/bridge_pb.ts";
import { type MessageHeader, packBytesMaxDefault } from "./message-header.ts";
import { type DecodedEvents, decodePack } from "./pack.ts";

const utf8 = new TextEncoder();

/**
 * Reads a message's body as its header announces it. An event that is damaged comes back as bad; throws
 * MESSAGE_UNDECODABLE when there is no telling what the body holds. `packBytesMax` bounds what a small body may grow to.
 */
export function decodeMessage(
  header: MessageHeader,
  body: string,
  packBytesMax: number = packBytesMaxDefault,
): DecodedEvents {
  switch (header.codec) {
    case "raw":
      return decodePack(bytesOf(body), header.count);
    case "zstd":
      return decodePack(decompress(bytesOf(body), packBytesMax), header.count);
    case "event": {
      const bytes = bytesOf(body);
      return one(bytes, () => decodeEvent(bytes));
    }
    case "json":
      return one(utf8.encode(body), () => eventOfJson(body));
  }
}

function bytesOf(body: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(body, { alphabet: "base64url" });
  } catch (cause) {
    throw new ConsumerError("MESSAGE_UNDECODABLE", "the body is not base64url", { cause });
  }
}

function decompress(bytes: Uint8Array, packBytesMax: number): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: packBytesMax });
  } catch (cause) {
    const text = `the body is not zstd of at most packBytesMax=${packBytesMax} bytes`;
    throw new ConsumerError("MESSAGE_UNDECODABLE", text, { cause });
  }
}

function one(bytes: Uint8Array, decode: () => WorldEvent): DecodedEvents {
  try {
    return { events: [decode()], bad: [] };
  } catch (error) {
    return { events: [], bad: [{ index: 0, bytes, reason: textOf(error) }] };
  }
}

function eventOfJson(body: string): WorldEvent {
  let readable: ReadableEvent;
  try {
    readable = fromJsonString(ReadableEventSchema, body, { ignoreUnknownFields: true });
  } catch (cause) {
    const text = `not canonical JSON of a ReadableEvent: ${textOf(cause)}`;
    throw new ConsumerError("EVENT_UNDECODABLE", text, { cause });
  }
  const { eventId, eventType, worldTimeMs, source, topic, frame, traceparent, event } = readable;
  if (eventId === "") throw new ConsumerError("EVENT_UNDECODABLE", "it has no eventId");
  const schema = messageOfEvent(eventType);
  const message = event?.body.value;
  if (message?.$typeName !== schema?.typeName) {
    const text = `eventType=${eventType} stands before ${message?.$typeName ?? "no event"}`;
    throw new ConsumerError("EVENT_UNDECODABLE", text);
  }
  // An event that this package does not know keeps its envelope only.
  const payload = schema && message ? toBinary(schema, message) : new Uint8Array();
  const envelope = {
    eventId,
    eventType,
    worldTimeMs: Number(worldTimeMs),
    source,
    topic,
    frame: Number(frame),
    traceparent,
  };
  return new WorldEvent(envelope, payload, 0, payload.length);
}
