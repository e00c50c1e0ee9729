import type { WeatherReading } from "../../gen/tellurion/v1/weather_pb.ts";
import type { Plain } from "../common/plain.ts";
import { conditionAt } from "./climate.ts";
import { modifiersOf } from "./modifiers.ts";
import { copyOf, skyOver, weatherOf } from "./overhead.ts";
import { climateOf, type Region, seasonOf } from "./region.ts";

/** The weather as clients and other actors see it. */
export function readingOf(region: Region): Plain<WeatherReading> {
  const climate = climateOf(region);
  const { air, temperatureC, windMps, pressureHpa, storm } = weatherOf(region);
  return {
    region: region.region,
    condition: conditionAt(climate, region.condition).name,
    nextCondition: conditionAt(climate, region.nextCondition).name,
    blend: region.blend,
    intensity: region.intensity,
    temperatureC,
    windMps,
    windDirectionDeg: region.windDirectionDeg,
    humidity: region.humidity,
    season: seasonOf(region).season,
    severe: region.severe,
    lockedBy: region.lockedBy,
    ...air,
    modifiers: modifiersOf(air, windMps, region.humidity),
    gameMs: region.gameMs,
    pressureHpa,
    storm,
    surface: copyOf(skyOver(region))?.surface,
    lentTo: region.lease?.owner ?? "",
    lentUntilMs: region.lease?.untilMs ?? 0n,
  };
}
