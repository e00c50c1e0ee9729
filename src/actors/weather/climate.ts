import type {
  Climate as ClimateMessage,
  SeasonClimate as SeasonClimateMessage,
  WeatherCondition as WeatherConditionMessage,
} from "../../gen/tellurion/v1/weather_pb.ts";
import {
  checkCount,
  checkId,
  checkInteger,
  checkNames,
  checkNumber,
  refuse,
} from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";

export type Climate = Plain<ClimateMessage>;
export type Season = Plain<SeasonClimateMessage>;
export type Condition = Plain<WeatherConditionMessage>;

/**
 * The work of GetWeatherStats and Forecast grows with the third power of this: 5 ms at most for
 * 32, whatever the step and the length of the day.
 */
const conditionsMax = 32;
const seasonsMax = 16;
const stepMinutesMax = 1_440;
const dawnFactorMax = 100;
const rowSumError = 1e-9;

/**
 * Throws a Rejection that names the first thing wrong with a climate; `path` is where it stands, up
 * to its fields' names: `climate.`
 */
export function checkClimate(climate: Climate, path: string): void {
  checkId(`${path}name`, climate.name);
  checkInteger(`${path}step_minutes`, climate.stepMinutes, 1, stepMinutesMax);
  checkInteger(`${path}blend_minutes`, climate.blendMinutes, 0, climate.stepMinutes);
  checkNumber(`${path}dawn_fog_factor`, climate.dawnFogFactor, 0, dawnFactorMax);
  checkCount(`${path}conditions`, climate.conditions.length, 1, conditionsMax);
  checkNames(`${path}conditions`, climate.conditions);
  climate.conditions.forEach((condition, i) => {
    checkCondition(condition, `${path}conditions[${i}]`);
  });
  checkCount(`${path}seasons`, climate.seasons.length, 1, seasonsMax);
  climate.seasons.forEach((season, i) => {
    const place = `${path}seasons[${i}]`;
    checkId(`${place}.season`, season.season);
    if (climate.seasons.findIndex((other) => other.season === season.season) !== i) {
      refuse(`${place}.season`, season.season, "are names that no other season has");
    }
    checkNumber(`${place}.mean_temperature_c`, season.meanTemperatureC, -150, 150);
    checkNumber(`${place}.daily_swing_c`, season.dailySwingC, 0, 100);
    checkRows(climate, season, place);
  });
}

function checkCondition(condition: Condition, path: string): void {
  checkNumber(`${path}.temperature_offset_c`, condition.temperatureOffsetC, -100, 100);
  checkNumber(`${path}.wind_mps`, condition.windMps, 0, 150);
  const shares = [
    ["humidity", condition.humidity],
    ["cloud", condition.cloud],
    ["fog", condition.fog],
    ["rain", condition.rain],
    ["snow", condition.snow],
    ["dust", condition.dust],
    ["lightning", condition.lightning],
    ["severe_from", condition.severeFrom],
  ] as const;
  for (const [name, value] of shares) checkNumber(`${path}.${name}`, value, 0, 1);
}

function checkRows(climate: Climate, season: Season, path: string): void {
  const count = climate.conditions.length;
  checkCount(`${path}.rows`, season.rows.length, count, count);
  season.rows.forEach(({ chances }, i) => {
    const place = `${path}.rows[${i}].chances`;
    checkCount(place, chances.length, count, count);
    chances.forEach((chance, j) => {
      checkNumber(`${place}[${j}]`, chance, 0, 1);
    });
    const sum = chances.reduce((total, chance) => total + chance, 0);
    if (!(Math.abs(sum - 1) <= rowSumError)) {
      refuse(`${place} (sum)`, sum, `are chances that add up to 1 ± ${rowSumError}`);
    }
  });
}

export function conditionNames(climate: Climate): string[] {
  return climate.conditions.map(({ name }) => name);
}

export function seasonNames(climate: Climate): string[] {
  return climate.seasons.map(({ season }) => season);
}

/** The climate's season of that name or, where it has none, its first one. */
export function seasonNamed(climate: Climate, name: string): Season {
  return (climate.seasons.find(({ season }) => season === name) ?? climate.seasons[0]) as Season;
}

export function conditionAt(climate: Climate, index: number): Condition {
  return climate.conditions[index] as Condition;
}
