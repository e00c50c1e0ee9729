import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GameEventWriter } from "../../../src/bridges/out/game-event-writer.ts";
import { GameEventSchema } from "../../../src/gen/tellurion/v1/game_event_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { feedEvent } from "../../support/feed-events.ts";

const worldId = "0a1b2c3d-0000-4000-8000-000000000001";
const whole = (max: number) => fc.integer({ min: 0, max });

test("an event is written byte for byte as protobuf's own encoder writes it", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  fc.assert(
    fc.property(
      whole(2 ** 40),
      whole(2 ** 31),
      whole(Number.MAX_SAFE_INTEGER),
      text,
      text,
      fc.string({ maxLength: 300 }),
      fc.constantFrom(1, 20, 60, 240),
      (frame, actor, sequence, source, topic, region, tickHz) => {
        const event = feedEvent(WeatherEventSchema, { region }, { actor, sequence, source, topic });
        const writer = new GameEventWriter(worldId, tickHz);
        writer.begin(frame);
        const bytes = new Uint8Array(writer.boundOf(event) + 7);
        const end = writer.write(event, bytes, 7);
        const expected = create(GameEventSchema, {
          eventId: `${worldId}:${frame}:${actor}:${sequence}`,
          eventType: 1,
          worldTimeMs: BigInt(Math.floor((frame * 1_000) / tickHz)),
          source,
          payload: event.bytes.slice(event.start, event.end),
          topic,
          frame: BigInt(frame),
        });
        expect(Buffer.from(bytes.subarray(7, end))).toEqual(
          Buffer.from(toBinary(GameEventSchema, expected)),
        );
      },
    ),
  );
});

test("a frame's own fields change with the frame", () => {
  const writer = new GameEventWriter(worldId, 60);
  const event = feedEvent(WeatherEventSchema, { region: "moor" });
  const bytes = new Uint8Array(writer.boundOf(event));
  const written = [1, 2, 1].map((frame) => {
    writer.begin(frame);
    return Buffer.from(bytes.subarray(0, writer.write(event, bytes, 0))).toString("hex");
  });
  expect(written[0]).not.toBe(written[1]);
  expect(written[0]).toBe(written[2]);
});
