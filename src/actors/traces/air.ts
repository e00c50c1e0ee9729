import type { WeatherCondition } from "../../gen/tellurion/v1/weather_pb.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { type Air, stillAir } from "./fading.ts";

/** Wind that counts as 1. */
const fullWindMps = 25;

/** What conditions bring whose name says so, for regions whose conditions nobody has described. */
const airByName: readonly (readonly [name: RegExp, air: Partial<Air>])[] = [
  [/blizzard/, { snow: 1 }],
  [/snow|sleet|hail/, { snow: 0.7 }],
  [/sand|dust/, { dust: 0.9 }],
  [/storm|downpour/, { rain: 0.9 }],
  [/rain|shower/, { rain: 0.6 }],
  [/drizzle/, { rain: 0.3 }],
];

/** What is in the air when the weather turns to a condition. */
export function airIn(
  conditions: readonly Plain<WeatherCondition>[],
  name: string,
  intensity: number,
  windMps: number,
): Air {
  const strength = clamp(Number.isFinite(intensity) ? intensity : 0, 0, 1);
  const found =
    conditions.find((condition) => condition.name === name) ??
    airByName.find(([pattern]) => pattern.test(name))?.[1] ??
    stillAir;
  const { rain = 0, snow = 0, dust = 0 } = found;
  return {
    rain: rain * strength,
    snow: snow * strength,
    dust: dust * strength,
    wind: clamp(Number.isFinite(windMps) ? windMps / fullWindMps : 0, 0, 1),
  };
}
