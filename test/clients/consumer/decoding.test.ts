import { zstdCompressSync } from "node:zlib";
import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeEvent,
  decodeMessage,
  decodePack,
  type MessageHeader,
  readHeader,
} from "../../../clients/consumer/src/index.ts";
import { ReadableEventSchema } from "../../../src/gen/tellurion/v1/bridge_pb.ts";
import type { EventType } from "../../../src/gen/tellurion/v1/event_type_pb.ts";
import { GameEventSchema } from "../../../src/gen/tellurion/v1/game_event_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { attributesOf, base64url, encoded, gameEvent, header, packOf } from "./support.ts";

const whole = (max: number) => fc.integer({ min: 0, max });
const text = fc.string({ unit: "grapheme", maxLength: 100 });
const anyEvent = fc.record({
  eventId: fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 }),
  eventType: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  worldTimeMs: whole(Number.MAX_SAFE_INTEGER),
  source: text,
  payload: fc.uint8Array({ maxLength: 300 }),
  topic: text,
  frame: whole(Number.MAX_SAFE_INTEGER),
  traceparent: text,
});

function headerOf(count: number, codec: string): MessageHeader {
  return readHeader(attributesOf(header(1, count, codec)));
}

test("the decoder written by hand reads whatever protobuf's own encoder writes", () => {
  const property = fc.property(anyEvent, (fields) => {
    const { worldTimeMs, frame, ...rest } = fields;
    const event = { ...rest, worldTimeMs: BigInt(worldTimeMs), frame: BigInt(frame) };
    const message = Object.assign(create(GameEventSchema), event);
    const read = decodeEvent(toBinary(GameEventSchema, message));
    expect({ ...read, payload: [...read.payload] }).toEqual({
      ...fields,
      payload: [...fields.payload],
    });
  });
  fc.assert(property, { numRuns: 500 });
});

test("fields of a later schema are passed over", () => {
  const varint = [0x78, 0x96, 0x01];
  const fixed64 = [0x71, 1, 2, 3, 4, 5, 6, 7, 8];
  const fixed32 = [0x6d, 1, 2, 3, 4];
  const bytes = [0x72, 2, 9, 9];
  const later = Uint8Array.of(
    ...varint,
    ...fixed64,
    ...encoded(gameEvent(3)),
    ...fixed32,
    ...bytes,
  );
  expect(decodeEvent(later)).toEqual(decodeEvent(encoded(gameEvent(3))));
});

test("damaged bytes are refused with EVENT_UNDECODABLE, or read, and never anything else", () => {
  const good = encoded(gameEvent(12));
  const damage = fc.array(fc.tuple(whole(good.length - 1), whole(255)), {
    minLength: 1,
    maxLength: 4,
  });
  const property = fc.property(damage, whole(good.length), (changes, length) => {
    const bytes = good.slice(0, length);
    for (const [at, value] of changes) if (at < length) bytes[at] = value;
    try {
      decodeEvent(bytes);
    } catch (error) {
      expect(error).toMatchObject({ name: "ConsumerError", code: "EVENT_UNDECODABLE" });
    }
  });
  fc.assert(property, { numRuns: 2_000 });
});

test("text that is not UTF-8, an event without an id, and a cut event say what is wrong", () => {
  expect(() => decodeEvent(Uint8Array.of(0x0a, 1, 0xff))).toThrow("a text is not UTF-8");
  expect(() => decodeEvent(Uint8Array.of(0x10, 1))).toThrow("it has no event_id");
  expect(() => decodeEvent(encoded(gameEvent(1)).subarray(0, -1))).toThrow("ends within a number");
  expect(() => decodeEvent(Uint8Array.of(0x0a, 9, 0x61))).toThrow("9 bytes stands before 1");
  expect(() => decodeEvent(Uint8Array.of(0x0b))).toThrow("field 1 has wire type 3");
});

test("an event's message is read when it is asked for", () => {
  const event = decodeEvent(encoded(gameEvent(5)));
  expect(event.message()).toMatchObject({
    $typeName: "tellurion.v1.WeatherEvent",
    newState: "rain 5",
  });
  expect(event.as(WeatherEventSchema).region).toBe("north-marsh");
  const unknown = decodeEvent(encoded({ ...gameEvent(1), eventType: 9_999 as EventType }));
  expect(unknown.schema).toBeUndefined();
  expect(() => unknown.message()).toThrow("eventType=9999 is not known");
  const damaged = { ...gameEvent(6), payload: Uint8Array.of(0x0a, 200) };
  expect(() => decodeEvent(encoded(damaged)).message()).toThrow("event w1:6:7:6 is no tellurion");
});

test("each codec that a message can announce is read", () => {
  const events = [1, 2, 3].map((n) => gameEvent(n));
  const pack = packOf(events.map(encoded));
  const ids = events.map(({ eventId }) => eventId);
  const read = (codec: string, body: string) => {
    const count = codec === "raw" || codec === "zstd" ? 3 : 1;
    return decodeMessage(headerOf(count, codec), body).events;
  };
  expect(read("raw", base64url(pack)).map(({ eventId }) => eventId)).toEqual(ids);
  expect(read("zstd", base64url(zstdCompressSync(pack))).map((event) => event.eventId)).toEqual(
    ids,
  );
  const [first] = events;
  if (first === undefined) throw new Error("no event");
  const alone = read("event", base64url(encoded(first)))[0];
  const { payload: _, $typeName, ...envelope } = first;
  const weather = create(WeatherEventSchema, {
    region: "north-marsh",
    newState: "rain 1",
    oldState: "clear",
  });
  const readable = create(ReadableEventSchema, {
    ...envelope,
    event: { body: { case: "weatherChanged", value: weather } },
  });
  const json = read("json", toJsonString(ReadableEventSchema, readable))[0];
  expect(json).toEqual(alone);
  expect(json?.message()).toEqual(alone?.message());
});

test("one event that cannot be read leaves the others of its pack", () => {
  const parts = [1, 2, 3].map((n) => encoded(gameEvent(n)));
  parts[1] = Uint8Array.of(0x0a, 99);
  const { events, bad } = decodePack(packOf(parts), 3);
  expect(events.map(({ frame }) => frame)).toEqual([1, 3]);
  expect(bad).toMatchObject([{ index: 1, reason: expect.stringContaining("99 bytes") }]);
  expect([...(bad[0]?.bytes ?? [])]).toEqual([0x0a, 99]);
  const event = decodeMessage(headerOf(1, "event"), base64url(Uint8Array.of(0x0a, 99)));
  expect(event).toMatchObject({ events: [], bad: [{ index: 0 }] });
  const json = decodeMessage(headerOf(1, "json"), '{"eventId": 7}');
  expect(json.bad).toMatchObject([{ reason: expect.stringContaining("canonical JSON") }]);
  const mixed = '{"eventId":"a","eventType":"EVENT_TYPE_WEATHER_CHANGED","event":{"storm":{}}}';
  expect(decodeMessage(headerOf(1, "json"), mixed).bad).toMatchObject([
    { reason: "eventType=1 stands before tellurion.v1.StormEvent" },
  ]);
});

test("a body that is not what was announced is refused as a whole", () => {
  const pack = packOf([1, 2].map((n) => encoded(gameEvent(n))));
  const body = base64url(pack);
  const refused = (codec: string, text: string, count = 2) => {
    return expect(() => decodeMessage(headerOf(count, codec), text));
  };
  refused("raw", `${body}!`).toThrow("not base64url");
  refused("raw", base64url(pack.subarray(0, -1))).toThrow("would end at byte");
  refused("raw", base64url(Uint8Array.of(...pack, 0))).toThrow("ends within a length");
  refused("raw", body, 3).toThrow("it holds 2 events, n=3 announced");
  refused("zstd", body).toThrow("not zstd");
});

test("a small body cannot grow beyond the bound", () => {
  const bomb = base64url(zstdCompressSync(Buffer.alloc(50_000_000)));
  expect(bomb.length).toBeLessThan(10_000);
  expect(() => decodeMessage(headerOf(1, "zstd"), bomb)).toThrow("packBytesMax=1048576");
});

test.each([
  ["s", ""],
  ["s", "x".repeat(129)],
  ["e", ""],
  ["q", "0"],
  ["q", "1.5"],
  ["q", "99999999999999999"],
  ["n", "-1"],
  ["n", "1000000"],
  ["c", "gzip"],
  ["c", ""],
])("attribute %s=%j is refused by name", (name, value) => {
  const texts = { ...header(1, 1), [name]: value };
  expect(() => readHeader(attributesOf(texts))).toThrow(
    `attribute ${name}=${JSON.stringify(value.slice(0, 128))}`,
  );
});
