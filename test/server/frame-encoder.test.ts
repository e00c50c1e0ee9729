import { create, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ServerMessageSchema } from "../../src/gen/tellurion/v1/client_pb.ts";
import { TimeEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import type { EventEntry, PublishedFrame } from "../../src/runtime/host.ts";
import {
  checkWorldEvents,
  FrameEncoder,
  frameToBinary,
  frameToJson,
  isReliable,
} from "../../src/server/gateway/frame-encoder.ts";
import { varintSize, writeVarint } from "../../src/server/gateway/varint.ts";
import { FakeWorld } from "../support/fake-world.ts";

const { catalogue } = new FakeWorld();

const weather = fc.record({
  region: fc.constantFrom("a", "b", "c"),
  newState: fc.string({ maxLength: 300 }),
  gameMs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
});

function published(frame: number, events: { region: string }[]): PublishedFrame {
  const entry = catalogue.messageOf(WeatherEventSchema).event as EventEntry;
  return {
    frame,
    lost: 0,
    events: events.map((event, sequence) => {
      const bytes = toBinary(WeatherEventSchema, create(WeatherEventSchema, event));
      const topic = `weather/${event.region}`;
      return { entry, topic, actor: 0, sequence, bytes, start: 0, end: bytes.length };
    }),
  };
}

describe("a frame on its way to clients", () => {
  test("is byte for byte what @bufbuild/protobuf writes, and so is its JSON", () => {
    const encoder = new FrameEncoder();
    const frames = fc.oneof(fc.nat(300), fc.maxSafeNat());
    const topics = fc.uniqueArray(fc.constantFrom("weather", "weather/a", "weather/b", "time"));
    fc.assert(
      fc.property(frames, fc.array(weather), topics, (frame, events, chosen) => {
        const wanted = events.filter(
          ({ region }) =>
            chosen.includes("weather") || chosen.includes(`weather/${region}` as "weather"),
        );
        const expected = create(ServerMessageSchema, {
          body: {
            case: "frame",
            value: {
              frame: BigInt(frame),
              reliable: wanted.length > 0 ? BigInt(frame) : 0n,
              events: wanted.map((event) => ({
                body: { case: "weatherChanged" as const, value: event },
              })),
            },
          },
        });
        encoder.read(published(frame, events));
        const selected = encoder.select(new Set(chosen));
        const parts = { frame, events: selected, isReliable: selected.some(isReliable) };
        expect(Buffer.from(frameToBinary(parts))).toEqual(
          Buffer.from(toBinary(ServerMessageSchema, expected)),
        );
        const json = JSON.parse(new TextDecoder().decode(frameToJson(parts)));
        expect(toJson(ServerMessageSchema, fromJson(ServerMessageSchema, json))).toEqual(
          toJson(ServerMessageSchema, expected),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("may be larger than any before it", () => {
    const encoder = new FrameEncoder();
    const events = Array.from({ length: 5_000 }, () => ({ region: "x".repeat(64) }));
    encoder.read(published(1, events));
    const selected = encoder.select(new Set(["weather"]));
    const message = frameToBinary({ frame: 1, events: selected, isReliable: true });
    expect(message.length).toBeGreaterThan(330_000);
  });

  test("has varints that other readers understand", () => {
    for (const value of [0, 127, 128, 16_383, 16_384, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const bytes = new Uint8Array(10);
      const end = writeVarint(bytes, 0, value);
      expect(end).toBe(varintSize(value));
      const read = bytes.subarray(0, end).reduceRight((sum, byte) => sum * 128 + (byte & 127), 0);
      expect(read).toBe(value);
    }
  });
});

describe("the client protocol", () => {
  test("has a place for each event of the world", () => {
    expect(() => checkWorldEvents(catalogue.events)).not.toThrow();
  });

  test("is refused when an event has no place in it, or another's", () => {
    const entry = catalogue.messageOf(TimeEventSchema).event as EventEntry;
    expect(() => checkWorldEvents([{ ...entry, number: 9 }])).toThrow(/number=9.*it has none/);
    expect(() => checkWorldEvents([{ ...entry, number: 1 }])).toThrow(/WeatherEvent/);
  });
});
