import type { Catalogue } from "../../runtime/host.ts";
import { keptEvent, type WireEvent } from "./frame-encoder.ts";
import { firstPart } from "./topics.ts";

/**
 * A frame's events as they lie in the session file, one after another:
 *
 *   4 bytes   the event's number        little-endian, as all numbers here
 *   4 bytes   where its message begins in its bytes
 *   4 bytes   bytes of its topic        the topic follows
 *   4 bytes   its bytes                 an entry of `Frame.events` follows
 */
const headBytes = 16;

export function encodeEvents(events: readonly WireEvent[]): Uint8Array {
  const parts = events.flatMap(({ entry, topic, wire, start, messageStart, end }) => {
    const name = Buffer.from(topic);
    const head = Buffer.alloc(headBytes);
    head.writeUInt32LE(entry.number, 0);
    head.writeUInt32LE(messageStart - start, 4);
    head.writeUInt32LE(name.length, 8);
    head.writeUInt32LE(end - start, 12);
    return [head, name, wire.subarray(start, end)];
  });
  return Buffer.concat(parts);
}

/** Those events that the world still knows. */
export function decodeEvents(packed: Uint8Array, catalogue: Catalogue): WireEvent[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  const entries = new Map(catalogue.events.map((entry) => [entry.number, entry]));
  const events: WireEvent[] = [];
  for (let at = 0; at + headBytes <= bytes.length; ) {
    const entry = entries.get(bytes.readUInt32LE(at));
    const messageStart = bytes.readUInt32LE(at + 4);
    const topicEnd = at + headBytes + bytes.readUInt32LE(at + 8);
    const end = topicEnd + bytes.readUInt32LE(at + 12);
    const topic = bytes.toString("utf8", at + headBytes, topicEnd);
    const wire = Uint8Array.from(bytes.subarray(topicEnd, end));
    at = end;
    if (!entry) continue;
    const names = { entry, topic, topicName: firstPart(topic), json: undefined };
    events.push(keptEvent(names, wire, messageStart));
  }
  return events;
}
