import type { ConfigureWorld as ConfigureWorldMessage } from "../../gen/tellurion/v1/world_pb.ts";
import { checkMap } from "../common/check-map.ts";
import {
  checkBigint,
  checkCount,
  checkId,
  checkInteger,
  checkNames,
  checkOneOf,
  refuse,
} from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax, minuteMs } from "../common/units.ts";
import { checkDefinition } from "./check-definition.ts";
import { dayOf, holdFestivals } from "./days.ts";
import { openLedger } from "./ledger.ts";
import { marketCoinsFull, stockFull } from "./market.ts";
import type { Definition, Outlet, World, WorldPlaces } from "./world-state.ts";

export type ConfigureWorld = Plain<ConfigureWorldMessage>;

const regionsMax = 256;
const rosterMax = 4_096;
const npcsPerEntryMax = 65_536;

/** One that has been checked. */
export type ConfiguredWorld = ConfigureWorld & { map: WorldPlaces; definition: Definition };

/** Throws a Rejection that names the first thing wrong with a world's configuration. */
export function checkConfiguration(
  message: ConfigureWorld,
  path = "",
): asserts message is ConfiguredWorld {
  checkId(`${path}name`, message.name);
  checkBigint(`${path}game_ms`, message.gameMs, 0n, gameMsMax);
  checkInteger(`${path}minutes_per_day`, message.minutesPerDay, 1, 100_000);
  checkInteger(`${path}days_per_year`, message.daysPerYear, 1, 100_000);
  const { regions, map, definition } = message;
  checkCount(`${path}regions`, regions.length, 1, regionsMax);
  checkNames(`${path}regions`, regions);
  regions.forEach(({ climate }, i) => {
    if (climate !== "") checkId(`${path}regions[${i}].climate`, climate);
  });
  if (map === undefined) refuse(`${path}map`, "", "is a map: it is needed");
  checkMap(
    map,
    `${path}map.`,
    regions.map(({ name }) => name),
  );
  if (definition === undefined) {
    refuse(`${path}definition`, "", "is a definition: it is needed");
  }
  checkDefinition(definition, message, `${path}definition.`);
  checkRoster(message, definition, path);
}

function checkRoster({ roster, regions }: ConfigureWorld, definition: Definition, path: string) {
  checkCount(`${path}roster`, roster.length, 0, rosterMax);
  const regionNames = regions.map(({ name }) => name);
  const factions = definition.factions.map(({ name }) => name);
  roster.forEach((entry, i) => {
    const at = `${path}roster[${i}]`;
    checkId(`${at}.shard`, entry.shard);
    checkId(`${at}.role`, entry.role);
    checkInteger(`${at}.first`, entry.first, 0, npcsPerEntryMax);
    checkInteger(`${at}.count`, entry.count, 1, npcsPerEntryMax);
    checkOneOf(`${at}.region`, entry.region, regionNames);
    if (entry.faction !== "") checkOneOf(`${at}.faction`, entry.faction, factions);
    const other = roster.findIndex((before, j) => j < i && overlaps(before, entry));
    if (other >= 0) refuse(`${at}.first`, entry.first, `are numbers that roster[${other}] has not`);
  });
}

type Numbers = Pick<ConfigureWorld["roster"][number], "shard" | "first" | "count">;

function overlaps(a: Numbers, b: Numbers): boolean {
  return a.shard === b.shard && a.first < b.first + b.count && b.first < a.first + a.count;
}

/** Makes a world that has not begun what a pack says. Its message has been checked. */
export function begin(world: World, message: ConfiguredWorld, out: Outlet): void {
  const { name, map, definition, regions, roster, minutesPerDay, daysPerYear, gameMs } = message;
  Object.assign(world, { name, map, definition, regions, roster, minutesPerDay, daysPerYear });
  world.configured = true;
  world.gameMs = gameMs;
  world.marketHour = gameMs / BigInt(60 * minuteMs);
  world.factions = factionsOf(definition);
  world.holdings = holdingsOf(message);
  world.markets = marketsOf(message);
  openLedger(world);
  holdFestivals(world, dayOf(world, gameMs), out);
}

export function factionsOf({ factions }: Definition): World["factions"] {
  return factions.map(({ name, power, relations }) => ({
    name,
    power,
    relations: factions
      .filter((other) => other.name !== name)
      .map((other) => ({
        faction: other.name,
        value: relations.find(({ faction }) => faction === other.name)?.value ?? 0,
      })),
  }));
}

export function holdingsOf({ regions, definition }: ConfiguredWorld): World["holdings"] {
  return regions.map((region) => ({
    region: region.name,
    faction: definition.factions.find((f) => f.regions.includes(region.name))?.name ?? "",
  }));
}

export function marketsOf({ regions, definition }: ConfiguredWorld): World["markets"] {
  return regions.map((region) => ({
    region: region.name,
    coins: marketCoinsFull,
    stocks: definition.goods.map(() => stockFull),
    drifts: definition.goods.map(() => 0),
  }));
}
