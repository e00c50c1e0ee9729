import { create, toBinary } from "@bufbuild/protobuf";
import { type GameEvent, GameEventSchema } from "../../../src/gen/tellurion/v1/game_event_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";

/** The n-th event of a region, as a world would send it. */
export function gameEvent(n: number, region = "north-marsh"): GameEvent {
  const weather = create(WeatherEventSchema, { region, oldState: "clear", newState: `rain ${n}` });
  return create(GameEventSchema, {
    eventId: `w1:${n}:7:${n}`,
    eventType: 1,
    worldTimeMs: BigInt(n) * 16n,
    source: `weather/${region}`,
    payload: toBinary(WeatherEventSchema, weather),
    topic: `weather/${region}`,
    frame: BigInt(n),
  });
}

export function encoded(event: GameEvent): Uint8Array {
  return toBinary(GameEventSchema, event);
}

/** `[4-byte big-endian length][event]…` */
export function packOf(events: readonly Uint8Array[]): Uint8Array {
  const parts = events.flatMap((event) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(event.length);
    return [length, event];
  });
  return Buffer.concat(parts);
}

export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

type Texts = Readonly<Record<string, string>>;

/** A message's attributes as the SDK takes and gives them. */
export function attributesOf(
  texts: Texts,
): Record<string, { DataType: string; StringValue: string }> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, StringValue]) => {
      const DataType = name === "q" || name === "n" ? "Number" : "String";
      return [name, { DataType, StringValue }];
    }),
  );
}

export function header(q: number, n: number, c = "raw", s = "all", e = "e1"): Texts {
  return { s, e, q: `${q}`, n: `${n}`, c, v: "0123456789abcdef", world: "test" };
}
