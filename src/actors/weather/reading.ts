import type { WeatherReading } from "../../gen/tellurion/v1/weather_pb.ts";
import type { Plain } from "../common/plain.ts";
import { airOf } from "./channels.ts";
import { conditionAt } from "./climate.ts";
import { modifiersOf } from "./modifiers.ts";
import { climateOf, type Region, seasonOf } from "./region.ts";

/** The weather as clients and other actors see it. */
export function readingOf(region: Region): Plain<WeatherReading> {
  const climate = climateOf(region);
  const from = conditionAt(climate, region.condition);
  const to = conditionAt(climate, region.nextCondition);
  const air = airOf(region, from, to);
  return {
    region: region.region,
    condition: from.name,
    nextCondition: to.name,
    blend: region.blend,
    intensity: region.intensity,
    temperatureC: region.temperatureC,
    windMps: region.windMps,
    windDirectionDeg: region.windDirectionDeg,
    humidity: region.humidity,
    season: seasonOf(region).season,
    severe: region.severe,
    lockedBy: region.lockedBy,
    ...air,
    modifiers: modifiersOf(air, region.windMps, region.humidity),
    gameMs: region.gameMs,
  };
}
