import { zstdCompressSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { GameEventSchema } from "../../src/gen/tellurion/v1/game_event_pb.ts";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";

export const eventsPerPack = 420;

function gameEvent(n: number): Uint8Array {
  const region = "north-marsh";
  const weather = { region, oldState: "clear", newState: "rain", intensity: 0.5 };
  return toBinary(
    GameEventSchema,
    create(GameEventSchema, {
      ...{ eventId: `1f3a9c55:${n}:7:${n}`, eventType: 1, worldTimeMs: BigInt(n) * 16n },
      ...{ source: `weather/${region}`, topic: `weather/${region}`, frame: BigInt(n) },
      payload: toBinary(WeatherEventSchema, create(WeatherEventSchema, weather)),
    }),
  );
}

/** A message's body with a full pack, as a bridge sends it. */
export function packBody(codec: "raw" | "zstd"): string {
  const pack = Buffer.concat(
    Array.from({ length: eventsPerPack }, (_, i) => {
      const event = gameEvent(10_000 + i);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(event.length);
      return Buffer.concat([length, event]);
    }),
  );
  return (codec === "raw" ? pack : zstdCompressSync(pack)).toString("base64url");
}

export function packAttributes(sequence: number, codec: string): Record<string, Attribute> {
  const texts = { s: "all", e: "1", c: codec, v: "0123456789abcdef", world: "bench" };
  const numbers = { q: sequence, n: eventsPerPack };
  return Object.fromEntries([
    ...Object.entries(texts).map(([name, text]) => [name, attribute("String", text)]),
    ...Object.entries(numbers).map(([name, number]) => [name, attribute("Number", `${number}`)]),
  ]);
}

interface Attribute {
  readonly DataType: string;
  readonly StringValue: string;
}

function attribute(DataType: string, StringValue: string): Attribute {
  return { DataType, StringValue };
}
