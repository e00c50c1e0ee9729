import type { WeatherState } from "../../gen/tellurion/v1/weather_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import type { DawnWindow } from "./chain.ts";
import { type Climate, type Season, seasonNamed } from "./climate.ts";

/** The weather of a region. */
export type Region = Plain<WeatherState>;

/** The climate of a region. Throws a Rejection when it has none yet. */
export function climateOf(region: Region): Climate {
  if (region.configured && region.climate !== undefined) return region.climate;
  throw new Rejection(
    "FAILED_PRECONDITION",
    "the weather of this region has not been configured: it has no climate yet",
  );
}

/** The season that holds: the override or the calendar's. */
export function seasonOf(region: Region): Season {
  return seasonNamed(climateOf(region), region.seasonOverride || region.season);
}

/** Index of the condition that there is more of, in the middle of a blend. */
export function nearer(region: Region): number {
  return region.blend < 0.5 ? region.condition : region.nextCondition;
}

export function dawnWindowOf(region: Region): DawnWindow | undefined {
  if (region.dayMs === 0n || region.dawnUntilMs === region.dawnFromMs) return undefined;
  return {
    fromMs: Number(region.dawnFromMs),
    untilMs: Number(region.dawnUntilMs),
    dayMs: Number(region.dayMs),
  };
}
