import type { GetUltraDynamicWeatherResponse } from "../../gen/tellurion/v1/weather_pb.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import type { Air } from "./channels.ts";
import { skyOver, weatherOf } from "./overhead.ts";
import { climateOf, type Region } from "./region.ts";

/** The plugin's values of the weather's state run from 0 to this. */
const valueMax = 10;

/** The wind that is its strongest, and the snow that covers everything. */
const windFullMps = 30;
const snowFullM = 0.1;

/** Below this there is none of what falls. */
const leastFall = 0.05;

/** The region's weather in the terms of Ultra Dynamic Weather. */
export function ultraDynamicOf(region: Region): Plain<GetUltraDynamicWeatherResponse> {
  climateOf(region);
  const { air, windMps } = weatherOf(region);
  const surface = skyOver(region)?.surface;
  const leftMs = Number(region.blendUntilMs - region.gameMs);
  const scale = region.timeScale > 0 ? region.timeScale : 1;
  return {
    preset: presetOf(air, windMps),
    transitionSeconds: Math.max(0, leftMs) / 1_000 / scale,
    seed: seedOf(region),
    cloudCoverage: tenths(air.cloud),
    fog: tenths(air.fog),
    windIntensity: tenths(windMps / windFullMps),
    rain: tenths(air.rain),
    snow: tenths(air.snow),
    dust: tenths(air.dust),
    thunderLightning: tenths(air.lightning),
    windDirection: (region.windDirectionDeg + 180) % 360,
    materialWetness: surface?.wetness ?? 0,
    materialSnowCoverage: clamp((surface?.snowDepthM ?? 0) / snowFullM, 0, 1),
    materialDustCoverage: surface?.dust ?? 0,
  };
}

/** The plugin's preset that is nearest: what falls goes before fog, and fog before clouds. */
export function presetOf(
  { cloud, fog, rain, snow, dust, lightning }: Air,
  windMps: number,
): string {
  if (snow >= leastFall && snow >= rain) {
    if (snow >= 0.5 && windMps >= 14) return "Snow_Blizzard";
    return snow >= 0.35 ? "Snow" : "Snow_Light";
  }
  if (rain >= leastFall) {
    if (lightning >= 0.15) return "Rain_Thunderstorm";
    return rain >= 0.35 ? "Rain" : "Rain_Light";
  }
  if (dust >= leastFall) return dust >= 0.4 ? "Sand_Dust_Storm" : "Sand_Dust_Calm";
  if (fog >= 0.3) return "Foggy";
  if (cloud >= 0.85) return "Overcast";
  if (cloud >= 0.5) return "Cloudy";
  return cloud >= 0.15 ? "Partly_Cloudy" : "Clear_Skies";
}

function tenths(share: number): number {
  return valueMax * clamp(share, 0, 1);
}

/** A hash of the region and of when its weather last turned: Fowler, Noll and Vo's, 32 bits. */
function seedOf({ region, blendFromMs }: Region): number {
  let hash = 0x811c9dc5;
  for (const sign of `${region}/${blendFromMs}`) {
    hash = Math.imul(hash ^ (sign.codePointAt(0) as number), 0x01000193);
  }
  return hash >>> 0;
}
