import type { Random } from "../../runtime/index.ts";
import { clamp } from "../common/clamp.ts";
import { minuteMs } from "../common/units.ts";
import type { Condition, Season } from "./climate.ts";
import type { Region } from "./region.ts";

/**
 * How a channel is drawn away from its mean: how far (the deviation) and how long it takes to come
 * back.
 */
interface Wander {
  readonly deviation: number;
  readonly minutes: number;
}

const temperatureWander: Wander = { deviation: 1.5, minutes: 360 };
const windWander: Wander = { deviation: 0.25, minutes: 30 };
const directionWander: Wander = { deviation: 0.5, minutes: 120 };
const humidityWander: Wander = { deviation: 0.05, minutes: 120 };
const intensityWander: Wander = { deviation: 0.2, minutes: 90 };

const intensityMean = 0.55;
const intensityMin = 0.1;

/** Minutes in which a channel gets most of the way to where it is going. */
const temperatureMinutes = 30;
const windMinutes = 10;
const humidityMinutes = 30;
const pressureMinutes = 90;

/** Pressure under a clear, still sky, and of a region that has not measured it yet. */
const fairPressureHpa = 1_018;
const pressureDefaultHpa = 1_013;

/**
 * The warmest time, as a share of the day, and a day's minutes until the clock tells another
 * number.
 */
const warmestTime = 0.625;
const minutesPerDayDefault = 1_440;

/** Wind that a condition has at no intensity at all. */
const calmShare = 0.4;

/** Where a region's numbers lie in its channels. */
export const channel = {
  temperature: 0,
  wind: 1,
  direction: 2,
  humidity: 3,
  intensity: 4,
  blend: 5,
  pressure: 6,
} as const;

/** The numbers that change every minute, in a form that changes without allocating. */
export type Channels = Float64Array;

export function loadChannels(region: Region): Channels {
  const { temperatureC, windMps, windDirectionDeg, humidity, intensity, blend } = region;
  const pressure = region.pressureHpa || pressureDefaultHpa;
  return Float64Array.of(
    ...[temperatureC, windMps, windDirectionDeg, humidity, intensity, blend, pressure],
  );
}

export function storeChannels(region: Region, channels: Channels): void {
  region.temperatureC = at(channels, channel.temperature);
  region.windMps = at(channels, channel.wind);
  region.windDirectionDeg = at(channels, channel.direction);
  region.humidity = at(channels, channel.humidity);
  region.intensity = at(channels, channel.intensity);
  region.blend = at(channels, channel.blend);
  region.pressureHpa = at(channels, channel.pressure);
}

export function at(channels: Channels, index: number): number {
  return channels[index] as number;
}

/** What there is in the air, each from 0 to 1. */
export interface Air {
  readonly cloud: number;
  readonly fog: number;
  readonly rain: number;
  readonly snow: number;
  readonly dust: number;
  readonly lightning: number;
}

export function airOf(region: Region, from: Condition, to: Condition): Air {
  const { blend, intensity } = region;
  return {
    cloud: between(from.cloud, to.cloud, blend),
    fog: between(from.fog, to.fog, blend) * intensity,
    rain: between(from.rain, to.rain, blend) * intensity,
    snow: between(from.snow, to.snow, blend) * intensity,
    dust: between(from.dust, to.dust, blend) * intensity,
    lightning: between(from.lightning, to.lightning, blend) * intensity,
  };
}

/** Draws how far the channels wander from their means until the next draw. */
export function wander(region: Region, stepMinutes: number, random: Random): void {
  region.temperatureWander = wandered(
    region.temperatureWander,
    temperatureWander,
    stepMinutes,
    random,
  );
  region.windWander = wandered(region.windWander, windWander, stepMinutes, random);
  region.directionWander = wandered(region.directionWander, directionWander, stepMinutes, random);
  region.humidityWander = wandered(region.humidityWander, humidityWander, stepMinutes, random);
}

/** Where intensity goes next while a condition lasts. */
export function wanderedIntensity(target: number, stepMinutes: number, random: Random): number {
  const off = wandered(target - intensityMean, intensityWander, stepMinutes, random);
  return clamp(intensityMean + off, intensityMin, 1);
}

/** The intensity of a condition that begins. */
export function freshIntensity(random: Random): number {
  return clamp(intensityMean + intensityWander.deviation * random.normal(), intensityMin, 1);
}

/**
 * Moves temperature, wind and humidity a minute on towards what condition, season and hour make
 * them.
 */
export function moveChannels(
  channels: Channels,
  region: Region,
  season: Season,
  from: Condition,
  to: Condition,
  minute: number,
): void {
  const blend = at(channels, channel.blend);
  const offset = between(from.temperatureOffsetC, to.temperatureOffsetC, blend);
  const temperature = temperatureAim(region, season, offset, minute);
  const wind = windAim(
    region,
    between(from.windMps, to.windMps, blend),
    at(channels, channel.intensity),
  );
  const humidity = humidityAim(region, between(from.humidity, to.humidity, blend));
  approach(channels, channel.temperature, temperature, temperatureMinutes);
  approach(channels, channel.wind, wind, windMinutes);
  approach(channels, channel.humidity, humidity, humidityMinutes);
  approach(channels, channel.pressure, pressureAim(region, to), pressureMinutes);
  const direction = at(channels, channel.direction) + region.directionWander;
  channels[channel.direction] = direction < 0 ? direction + 360 : direction % 360;
}

/** Puts temperature, wind and humidity where they are going. */
export function placeChannels(region: Region, season: Season, condition: Condition): void {
  const minute = Number(region.gameMs / BigInt(minuteMs));
  region.temperatureC = temperatureAim(region, season, condition.temperatureOffsetC, minute);
  region.windMps = windAim(region, condition.windMps, region.intensity);
  region.humidity = humidityAim(region, condition.humidity);
  region.pressureHpa = pressureAim(region, condition);
}

function approach(channels: Channels, index: number, aim: number, minutes: number): void {
  const value = at(channels, index);
  channels[index] = value + (aim - value) / minutes;
}

function temperatureAim(region: Region, season: Season, offset: number, minute: number): number {
  const minutesPerDay =
    region.dayMs === 0n ? minutesPerDayDefault : Number(region.dayMs) / minuteMs;
  const swing = season.dailySwingC * Math.cos(2 * Math.PI * (minute / minutesPerDay - warmestTime));
  return season.meanTemperatureC + swing + offset + region.temperatureWander;
}

function windAim(region: Region, full: number, intensity: number): number {
  const strength = calmShare + (1 - calmShare) * intensity;
  return full * strength * Math.max(0, 1 + region.windWander);
}

function humidityAim(region: Region, mean: number): number {
  return clamp(mean + region.humidityWander, 0, 1);
}

/** Clouds, rain and wind come with low pressure, and warm air is lighter. */
function pressureAim(region: Region, { cloud, rain, snow, lightning, windMps }: Condition): number {
  const falls = 8 * cloud + 10 * Math.max(rain, snow) + 6 * lightning + 0.3 * windMps;
  return fairPressureHpa - falls - 1.5 * region.temperatureWander;
}

/**
 * An autoregression: it forgets `off` over the wander's minutes, and keeps the wander's deviation.
 */
function wandered(
  off: number,
  { deviation, minutes }: Wander,
  step: number,
  random: Random,
): number {
  const kept = Math.exp(-step / minutes);
  return off * kept + deviation * Math.sqrt(1 - kept * kept) * random.normal();
}

function between(from: number, to: number, blend: number): number {
  return from + (to - from) * blend;
}
