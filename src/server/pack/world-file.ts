import { join } from "node:path";
import type { JsonValue } from "@bufbuild/protobuf";
import { checkConfiguration } from "../../actors/clock/configuration.ts";
import { checkCount, checkId, checkNames } from "../../actors/common/checks.ts";
import { type ConfigureClock, ConfigureClockSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { decode, isObject, under } from "./decode.ts";
import { faultText } from "./fault.ts";
import type { Faults } from "./faults.ts";
import { type PackFile, readJson } from "./pack-file.ts";

/** A region as `world.json` has it. */
export interface RegionPlan {
  readonly name: string;
  readonly climate: string;
  /** Condition that its weather begins with. */
  readonly condition: string;
  /** Empty: that of the faction that holds it. */
  readonly language: string;
}

/** What `world.json` says. */
export interface WorldPlan {
  readonly file: PackFile;
  readonly name: string;
  readonly clock: ConfigureClock;
  readonly climates: readonly string[];
  readonly regions: readonly RegionPlan[];
  readonly storyteller: { readonly personality: string; readonly lookAhead: boolean };
  /** Facts that hold at first. */
  readonly facts: readonly string[];
  /** Traces that a region holds at most. */
  readonly tracesMax: number;
}

const regionsMax = 1_000;
const climatesMax = 100;
const factsMax = 1_000;
const tracesDefault = 256;
const tracesLimit = 10_000;
const worldKeys = [
  ...(["name", "clock", "climates", "regions"] as const),
  ...(["storyteller", "facts", "tracesMax"] as const),
];
const regionKeys = ["name", "climate", "condition", "language"] as const;
const storytellerKeys = ["personality", "lookAhead"] as const;

/** Reads `world.json`. Notes what is wrong with it, and then gives nothing. */
export async function readWorldFile(
  directory: string,
  faults: Faults,
): Promise<WorldPlan | undefined> {
  const file = await readJson(join(directory, "world.json"), faults);
  if (file === undefined) return undefined;
  const before = faults.count;
  const world = faults.attempt(file, () => objectOf(file.json, "", worldKeys));
  if (world === undefined) return undefined;
  const attempt = <Result>(run: () => Result) => faults.attempt(file, run);
  const name = attempt(() => idOf(world.name, "name"));
  const climates = attempt(() => idsOf(world.climates, "climates", 1, climatesMax));
  const regions = attempt(() => regionsOf(world.regions));
  const storyteller = attempt(() => storytellerOf(world.storyteller));
  const facts = attempt(() => idsOf(world.facts ?? [], "facts", 0, factsMax));
  const tracesMax = attempt(() => countOf(world.tracesMax ?? tracesDefault, "tracesMax"));
  const clock = decode(ConfigureClockSchema, world.clock, file, "clock", faults);
  if (clock) attempt(() => checkConfiguration(clock, "clock."));
  if (faults.count > before) return undefined;
  return { file, name, clock, climates, regions, storyteller, facts, tracesMax } as WorldPlan;
}

function regionsOf(json: JsonValue | undefined): RegionPlan[] {
  const regions = listOf(json, "regions").map((region, i): RegionPlan => {
    const path = `regions[${i}]`;
    const plan = objectOf(region, path, regionKeys);
    return {
      name: textOf(plan.name, `${path}.name`),
      climate: textOf(plan.climate, `${path}.climate`),
      condition: textOf(plan.condition, `${path}.condition`),
      language: plan.language === undefined ? "" : textOf(plan.language, `${path}.language`),
    };
  });
  checkCount("regions", regions.length, 1, regionsMax);
  checkNames("regions", regions);
  return regions;
}

function storytellerOf(json: JsonValue | undefined): WorldPlan["storyteller"] {
  const { personality, lookAhead } = objectOf(json ?? {}, "storyteller", storytellerKeys);
  if (lookAhead !== undefined && typeof lookAhead !== "boolean") {
    reject("storyteller.lookAhead", lookAhead, "is true or false");
  }
  return {
    personality: personality === undefined ? "" : idOf(personality, "storyteller.personality"),
    lookAhead: lookAhead ?? false,
  };
}

function countOf(json: JsonValue, path: string): number {
  const isCount = Number.isInteger(json) && Number(json) >= 1 && Number(json) <= tracesLimit;
  return isCount ? Number(json) : reject(path, json, `are integers from 1 to ${tracesLimit}`);
}

/** A list of names, each of which comes once. */
export function idsOf(
  json: JsonValue | undefined,
  path: string,
  min: number,
  max: number,
): readonly string[] {
  const items = listOf(json, path);
  const ids = items.map((item, i) => idOf(item, `${path}[${i}]`));
  checkCount(path || "the file", ids.length, min, max);
  const seen = new Set<string>();
  for (const [i, id] of ids.entries()) {
    if (seen.has(id)) reject(`${path}[${i}]`, id, "are names that come once");
    seen.add(id);
  }
  return ids;
}

function objectOf<Key extends string>(
  json: JsonValue | undefined,
  path: string,
  keys: readonly Key[],
): { readonly [K in Key]?: JsonValue } {
  if (!isObject(json)) reject(path, json, `is an object with ${keys.join(", ")}`);
  for (const [key, value] of Object.entries(json)) {
    if (!keys.some((known) => known === key)) {
      reject(under(path, key), value, `keys are ${keys.join(", ")}`);
    }
  }
  return json as { readonly [K in Key]?: JsonValue };
}

function listOf(json: JsonValue | undefined, path: string): readonly JsonValue[] {
  return Array.isArray(json) ? json : reject(path, json, "is a list");
}

function textOf(json: JsonValue | undefined, path: string): string {
  return typeof json === "string" ? json : reject(path, json, "is a text");
}

function idOf(json: JsonValue | undefined, path: string): string {
  const text = textOf(json, path);
  checkId(path, text);
  return text;
}

function reject(path: string, value: unknown, valid: string): never {
  throw new Rejection("INVALID_ARGUMENT", faultText(path, value, valid));
}
