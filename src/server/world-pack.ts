import { join } from "node:path";
import type { JsonValue } from "@bufbuild/protobuf";
import { seasonAt } from "../actors/clock/calendar.ts";
import { checkConfiguration, startOf } from "../actors/clock/configuration.ts";
import { checkCount, checkId, checkNames, checkOneOf } from "../actors/common/checks.ts";
import { checkClimate, conditionNames, seasonNames } from "../actors/weather/climate.ts";
import { type ConfigureClock, ConfigureClockSchema } from "../gen/tellurion/v1/clock_pb.ts";
import {
  type Climate,
  ClimateSchema,
  ConfigureWeatherSchema,
} from "../gen/tellurion/v1/weather_pb.ts";
import type { Bootstrap } from "../runtime/host.ts";
import { Rejection } from "../runtime/index.ts";
import { faultText, invalidPack, isObject, readJson, readMessage } from "./world-pack-json.ts";

/** A world to begin with: its name, and the actors it has and what they are told first. */
export interface WorldPack {
  readonly name: string;
  readonly bootstrap: readonly Bootstrap[];
}

interface RegionPlan {
  readonly name: string;
  readonly climate: string;
  readonly condition: string;
}

const regionsMax = 1_000;
const climatesMax = 100;
const worldKeys = ["name", "clock", "climates", "regions"] as const;
const regionKeys = ["name", "climate", "condition"] as const;

/**
 * Reads the world pack in a directory: `world.json`, and `climates/NAME.json` for each climate that
 * it names. Throws INVALID_WORLD_PACK with the file, the path within it, the value that is wrong,
 * and what would be valid.
 */
export async function loadWorldPack(directory: string): Promise<WorldPack> {
  const file = join(directory, "world.json");
  const json = await readJson(file);
  const { name, climates, regions, ...rest } = checked(file, () => planOf(json));
  const clock = readMessage(ConfigureClockSchema, rest.clock, file, "clock");
  checked(file, () => checkConfiguration(clock, "clock."));
  const loaded = new Map<string, Climate>();
  for (const climate of climates) {
    loaded.set(climate, await loadClimate(join(directory, "climates", `${climate}.json`), climate));
  }
  const bootstrap = checked(file, () => [
    { address: "clock/main", type: ConfigureClockSchema, message: clock },
    ...regions.map((region, i) => regionBootstrap(region, `regions[${i}]`, clock, loaded)),
  ]);
  return { name, bootstrap };
}

async function loadClimate(file: string, name: string): Promise<Climate> {
  const climate = readMessage(ClimateSchema, await readJson(file), file, "");
  checked(file, () => {
    checkOneOf("name", climate.name, [name]);
    checkClimate(climate, "");
  });
  return climate;
}

function regionBootstrap(
  region: RegionPlan,
  path: string,
  clock: ConfigureClock,
  climates: ReadonlyMap<string, Climate>,
): Bootstrap {
  checkOneOf(`${path}.climate`, region.climate, [...climates.keys()]);
  const climate = climates.get(region.climate) as Climate;
  checkOneOf(`${path}.condition`, region.condition, conditionNames(climate));
  const calendar = clock.calendar as NonNullable<ConfigureClock["calendar"]>;
  for (const season of calendar.seasons) {
    checkOneOf(`clock.calendar.seasons (for ${path})`, season.name, seasonNames(climate));
  }
  const gameMs = startOf(clock, calendar, "clock.");
  const season = seasonAt(calendar, Number(gameMs));
  const message = { climate, season, condition: region.condition, gameMs };
  return { address: `weather/${region.name}`, type: ConfigureWeatherSchema, message };
}

function planOf(json: JsonValue) {
  const world = objectOf(json, "", worldKeys);
  const name = textOf(world.name, "name");
  checkId("name", name);
  const climates = listOf(world.climates, "climates").map((climate, i) => {
    const text = textOf(climate, `climates[${i}]`);
    checkId(`climates[${i}]`, text);
    return text;
  });
  checkCount("climates", climates.length, 1, climatesMax);
  const regions = listOf(world.regions, "regions").map((region, i): RegionPlan => {
    const path = `regions[${i}]`;
    const plan = objectOf(region, path, regionKeys);
    return {
      name: textOf(plan.name, `${path}.name`),
      climate: textOf(plan.climate, `${path}.climate`),
      condition: textOf(plan.condition, `${path}.condition`),
    };
  });
  checkCount("regions", regions.length, 1, regionsMax);
  checkNames("regions", regions);
  return { name, clock: world.clock, climates, regions };
}

function objectOf<Key extends string>(
  json: JsonValue | undefined,
  path: string,
  keys: readonly Key[],
): { readonly [K in Key]?: JsonValue } {
  if (!isObject(json)) reject(path, json, `is an object with ${keys.join(", ")}`);
  for (const [key, value] of Object.entries(json)) {
    const place = path === "" ? key : `${path}.${key}`;
    if (!keys.some((known) => known === key)) reject(place, value, `keys are ${keys.join(", ")}`);
  }
  return json as { readonly [K in Key]?: JsonValue };
}

function listOf(json: JsonValue | undefined, path: string): readonly JsonValue[] {
  return Array.isArray(json) ? json : reject(path, json, "is a list");
}

function textOf(json: JsonValue | undefined, path: string): string {
  return typeof json === "string" ? json : reject(path, json, "is a text");
}

function reject(path: string, value: unknown, valid: string): never {
  throw new Rejection("INVALID_ARGUMENT", faultText({ path, value, valid }));
}

/** Runs a check on what a file holds, and turns what it refuses into the pack's error. */
function checked<Result>(file: string, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    throw invalidPack(file, inJsonNames(error.message), error);
  }
}

/**
 * Checks name fields as the schema does; a pack has their JSON names: `hoursPerDay` for
 * `hours_per_day`.
 */
function inJsonNames(text: string): string {
  const end = text.indexOf("=");
  const path = text.slice(0, end).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return path + text.slice(end);
}
