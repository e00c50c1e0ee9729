import { equals } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage, readHeader } from "../../../clients/consumer/src/index.ts";
import type { BridgedEvent } from "../../../src/bridges/bridged-event.ts";
import type { OutConfiguration } from "../../../src/bridges/configuration.ts";
import { messageOf } from "../../../src/bridges/out/message.ts";
import { codecOf, type FeedEvent } from "../../../src/runtime/index.ts";
import { anyMessage } from "../../support/any-message.ts";
import { feedEvent, schemaEvents } from "../../support/feed-events.ts";
import { Mirroring, outOf } from "../../support/mirroring.ts";

const forms: readonly Partial<OutConfiguration>[] = [
  { format: "packs" },
  { format: "packs", compression: "zstd" },
  { format: "events" },
  { format: "json" },
];
const mirrored = schemaEvents.filter((event) => event.mirrored);
/** Whatever its fields hold, its message is smaller than what is shed. */
const packBytesMax = 46_080;

/** What a remote service reads of an event that goes out in a form. */
function readBack(event: FeedEvent, { desc }: BridgedEvent, form: Partial<OutConfiguration>) {
  const { mirror, outbox, packs } = publish(event, form);
  expect([mirror.unwritten.packs, outbox.sheds()]).toEqual([0, []]);
  const [pack] = packs;
  if (pack === undefined) throw new Error("nothing went out");
  const { body, attributes } = messageOf(pack, "moor", false);
  const { events, bad } = decodeMessage(readHeader(attributes), body);
  expect([events.length, bad]).toEqual([1, []]);
  const [read] = events;
  if (read === undefined) throw new Error("nothing arrived");
  const { eventId, eventType, worldTimeMs, source, topic, frame } = read;
  const envelope = { eventId, eventType, worldTimeMs, source, topic, frame };
  return { envelope, payload: codecOf(desc).decode(read.payload) };
}

function publish(event: FeedEvent, form: Partial<OutConfiguration>): Mirroring {
  const run = new Mirroring(outOf({ packBytesMax, ...form }));
  run.mirror.begin({ worldId: "w", tickHz: 50, after: 0, reached: 0 });
  run.mirror.take(3, [event]);
  run.mirror.finish();
  return run;
}

describe.each(mirrored.map((event) => [event.desc.name, event] as const))("%s", (_name, event) => {
  test("arrives with all its fields, the same in binary, compressed, alone and as JSON", () => {
    const { desc, number } = event;
    const property = fc.property(anyMessage(desc), (value) => {
      const published = feedEvent(desc, value);
      const sent = codecOf(desc).decode(codecOf(desc).toBytes(value));
      for (const form of forms) {
        const { envelope, payload } = readBack(published, event, form);
        expect(envelope).toEqual({
          ...{ eventId: "w:3:1:1", eventType: number, worldTimeMs: 60, frame: 3 },
          ...{ source: "weather/moor", topic: "weather/moor" },
        });
        expect(equals(desc, payload, sent)).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 30 });
  });
});

test("no event has the number of none, and there is one of each number", () => {
  const numbers = schemaEvents.map(({ number }) => number);
  expect(numbers).not.toContain(0);
  expect(new Set(numbers).size).toBe(numbers.length);
});
