import type { RegionSky as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { type Air, airOf } from "./channels.ts";
import { conditionAt } from "./climate.ts";
import { climateOf, type Region } from "./region.ts";

export type RegionSky = Plain<Message>;

/** What a front's rain band brings of the heaviest rain. */
const frontRain = 0.6;

/** What a whole storm brings of the most lightning. */
const stormLightning = 0.9;

/** In air that is drier than this, storms and fronts bring dust. */
const dryHumidity = 0.3;

/** What falls is snow up to the first temperature, rain from the second on, and some of both in between. */
const snowUpToC = -0.5;
const rainFromC = 1.5;

/** A region's weather, with what the sky adds to it. */
export interface Weather {
  readonly air: Air;
  readonly temperatureC: number;
  readonly windMps: number;
  readonly pressureHpa: number;
  readonly storm: number;
}

/** The sky over a region. Of locked weather, the one that it was locked under. */
export function skyOver(region: Region): RegionSky | undefined {
  return region.lockedBy === "" ? region.sky : region.heldSky;
}

/** A region's own weather. */
export function ownAir(region: Region): Air {
  const climate = climateOf(region);
  const from = conditionAt(climate, region.condition);
  return airOf(region, from, conditionAt(climate, region.nextCondition));
}

export function weatherOf(region: Region): Weather {
  const air = ownAir(region);
  const { temperatureC, windMps, pressureHpa } = region;
  const sky = skyOver(region);
  if (sky === undefined) return { air, temperatureC, windMps, pressureHpa, storm: 0 };
  const temperature = temperatureC + sky.temperatureC;
  return {
    air: under(air, sky, temperature, region.humidity),
    temperatureC: temperature,
    windMps: windMps + sky.windMps,
    pressureHpa: pressureHpa + sky.pressureHpa,
    storm: sky.storm,
  };
}

function under(air: Air, sky: RegionSky, temperatureC: number, humidity: number): Air {
  const { storm, front } = sky;
  const falls = either(storm, frontRain * front);
  const isDry = humidity < dryHumidity;
  const snowShare = clamp((rainFromC - temperatureC) / (rainFromC - snowUpToC), 0, 1);
  const wet = isDry ? 0 : falls;
  return {
    cloud: either(air.cloud, either(storm, front)),
    fog: air.fog,
    rain: either(air.rain, wet * (1 - snowShare)),
    snow: either(air.snow, wet * snowShare),
    dust: isDry ? either(air.dust, falls) : air.dust,
    lightning: either(air.lightning, stormLightning * storm * (1 - snowShare)),
  };
}

/** Of two shares that know nothing of each other, what there is of one or the other. */
function either(a: number, b: number): number {
  return 1 - (1 - a) * (1 - b);
}

/** A sky to keep: no part of it stands in two places. */
export function copyOf(sky: RegionSky | undefined): RegionSky | undefined {
  if (sky === undefined) return undefined;
  const { stormChances, surface } = sky;
  return { ...sky, stormChances: [...stormChances], surface: surface && { ...surface } };
}

/** The chance of a storm in the hour that begins `hour - 1` hours from now. */
export function stormChance(region: Region, hour: number): number {
  const { sky } = region;
  if (sky === undefined) return 0;
  const hourMs = 3_600_000;
  const late = Math.max(0, Math.floor(Number(region.gameMs - sky.gameMs) / hourMs));
  return sky.stormChances[late + hour - 1] ?? sky.stormChance;
}
