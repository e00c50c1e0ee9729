import { readFile } from "node:fs/promises";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { begin } from "../../src/actors/weather/commands.ts";
import { liveTo, type Outlet } from "../../src/actors/weather/live.ts";
import { ClimateSchema, WeatherStateSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { SeededRandom, seedRandom } from "../../src/runtime/actor/random.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { check } from "../table.ts";

const minuteMs = 60_000;
const climateFile = new URL("../../worlds/sample/climates/marsh.json", import.meta.url);

/** Lets a region of the sample world live through game minutes, one at a time. Returns the ms that it took. */
export async function liveMinutes(minutes: number): Promise<number> {
  const climate = fromJson(
    ClimateSchema,
    JSON.parse(await readFile(climateFile, "utf8")) as JsonValue,
  );
  const random = new SeededRandom();
  random.point(seedRandom(7, "weather/north-marsh"));
  let events = 0;
  const out: Outlet = {
    random,
    publish() {
      events += 1;
    },
  };
  const region = codecOf(WeatherStateSchema).complete({ region: "north-marsh" });
  begin(region, climate, "", "", 0n, out);
  const startedMs = performance.now();
  for (let minute = 1; minute <= minutes; minute += 1) {
    liveTo(region, BigInt(minute * minuteMs), out);
  }
  const ms = performance.now() - startedMs;
  const lived = region.minutesSeen.reduce((sum, seen) => sum + seen, 0);
  check(lived === minutes, `${lived} of ${minutes} minutes were lived through`);
  check(events >= minutes / 5_000, `${minutes} minutes gave only ${events} events`);
  return ms;
}
