import { NpcActivity, NpcDetail, NpcReason } from "../../gen/tellurion/v1/npc_pb.ts";
import type { Random } from "../../runtime/index.ts";
import { clamp } from "../common/clamp.ts";
import { distanceMetres, nextHop, noPlace, placesIn, type WorldMap } from "../common/world-map.ts";
import { columnsOf, layOut, needsCount, nobody, type Shard, traitsCount } from "./columns.ts";
import { type ConfigureNpcs, goodNames } from "./configuration.ts";
import { coinsEach, foodFirst } from "./economy.ts";
import { clearMemories } from "./memory.ts";
import { paceUsual } from "./walk.ts";

/** Metres by road within which another region is near. */
const nearMetres = 5_000;

/** Lived minute in which everybody has begun to follow the schedule. */
const firstPassMinute = 60;

const moveIntervalMsUsual = 200;
const priceDefault = 2;
const traitDefault = 0.5;
const traitDeviation = 0.15;
/** Minutes of work that somebody has begun with at most: not all bring in their harvest at once. */
const progressMost = 30;

/** Peoples a shard as its configuration, which has been checked, says. */
export function populate(shard: Shard, message: ConfigureNpcs, random: Random): void {
  const { map, population, roles } = message;
  if (map === undefined) throw new Error("assertion failed: a configuration has a map");
  const factions = [...new Set(population.map(({ faction }) => faction))];
  const goods = goodNames(message);
  const prices = new Map(message.goods.map(({ name, price }) => [name, price]));
  const numbers = placesIn(map, message.region);
  shard.configured = true;
  shard.region = message.region;
  shard.map = cutOut(map, numbers);
  shard.placeNumbers = numbers;
  shard.nearRegions = regionsNear(map, numbers, message.region);
  shard.roles = roles;
  shard.factions = factions;
  shard.names = message.names;
  shard.occurrenceKinds = message.occurrenceKinds;
  shard.language = message.language;
  shard.minutesPerDay = message.minutesPerDay;
  shard.daysPerWeek = message.daysPerWeek;
  shard.goods = goods;
  shard.prices = goods.map((name) => Math.max(1, prices.get(name) ?? priceDefault));
  shard.foods = message.foods.map((name) => goods.indexOf(name));
  shard.gameMs = message.gameMs;
  shard.moveIntervalMs = message.moveIntervalMs || moveIntervalMsUsual;
  shard.detail = NpcDetail.STATISTICAL;
  shard.passMinute = firstPassMinute;
  shard.playerHereMinute = -1;
  shard.playerNearMinute = -1;
  const who = population.flatMap(({ role, faction, count }) =>
    Array.from({ length: count }, () => ({
      role: roles.findIndex(({ name }) => name === role),
      faction: factions.indexOf(faction),
    })),
  );
  layOut(shard, who.length, goods.length);
  settleIn(shard, who, random);
  clearMemories(shard);
  stockUp(shard);
}

function settleIn(
  shard: Shard,
  who: readonly { readonly role: number; readonly faction: number }[],
  random: Random,
): void {
  const columns = columnsOf(shard);
  const homes = homesOf(shard);
  who.forEach(({ role, faction }, npc) => {
    const home = homes[npc % homes.length] as number;
    columns.role[npc] = role;
    columns.faction[npc] = faction;
    columns.home[npc] = home;
    columns.activity[npc] = NpcActivity.IDLE;
    columns.reason[npc] = NpcReason.CUSTOM;
    columns.partner[npc] = nobody;
    columns.legFrom[npc] = home;
    columns.wayFrom[npc] = home;
    columns.wayTo[npc] = home;
    columns.pace[npc] = paceUsual;
    columns.progress[npc] = random.integer(progressMost);
    for (let i = 0; i < needsCount; i += 1) {
      columns.needs[npc * needsCount + i] = 0.3 * random.next();
    }
    const means = shard.roles[role]?.traits ?? [];
    for (let i = 0; i < traitsCount; i += 1) {
      const value = (means[i] ?? traitDefault) + traitDeviation * random.normal();
      columns.traits[npc * traitsCount + i] = Math.round(255 * clamp(value, 0, 1));
    }
  });
}

/** What the shard begins with, as if a caravan had brought it. */
function stockUp(shard: Shard): void {
  const columns = columnsOf(shard);
  const { count, goods, foods } = shard;
  columns.coins.fill(coinsEach);
  shard.till = coinsEach * count;
  shard.coinsFirst = 2 * coinsEach * count;
  for (const good of foods) {
    for (let npc = 0; npc < count; npc += 1)
      columns.possessions[npc * goods.length + good] = foodFirst;
    columns.stock[good] = count;
    columns.brought[good] = (1 + foodFirst) * count;
  }
}

/** Indices of the places that people live at: the homes or, where there are none, all. */
function homesOf({ map }: Shard): number[] {
  const places = map?.places ?? [];
  const homes = places.flatMap(({ kind }, place) => (kind === "home" ? [place] : []));
  return homes.length > 0 ? homes : places.map((_, place) => place);
}

/** The map of some places only. A way that leads through others is one stretch in it. */
function cutOut(map: WorldMap, numbers: readonly number[]): WorldMap {
  const size = numbers.length;
  const indices = new Map(numbers.map((number, index) => [number, index]));
  const nextHops = new DataView(new ArrayBuffer(2 * size * size));
  const distances = new DataView(new ArrayBuffer(2 * size * size));
  numbers.forEach((from, i) => {
    numbers.forEach((to, j) => {
      const at = 2 * (i * size + j);
      const metres = i === j ? 0 : distanceMetres(map, from, to);
      const isReached = metres !== Number.POSITIVE_INFINITY;
      nextHops.setUint16(at, isReached ? hopWithin(map, from, to, indices) : noPlace, true);
      distances.setUint16(at, isReached ? metres / 10 : noPlace, true);
    });
  });
  return {
    places: numbers.map((number) => ({ ...(map.places[number] as WorldMap["places"][number]) })),
    roads: [],
    nextHops: new Uint8Array(nextHops.buffer),
    distances: new Uint8Array(distances.buffer),
  };
}

/** The first of the places that are kept on the way from one of them to another. */
function hopWithin(
  map: WorldMap,
  from: number,
  to: number,
  indices: ReadonlyMap<number, number>,
): number {
  let at = from;
  for (let hops = 0; hops < map.places.length && at !== to; hops += 1) {
    at = nextHop(map, at, to);
    const index = indices.get(at);
    if (index !== undefined) return index;
  }
  return indices.get(to) ?? noPlace;
}

function regionsNear(map: WorldMap, numbers: readonly number[], region: string): string[] {
  const near = new Set<string>();
  map.places.forEach((place, number) => {
    if (place.region === region || near.has(place.region)) return;
    if (numbers.some((own) => distanceMetres(map, own, number) <= nearMetres)) {
      near.add(place.region);
    }
  });
  return [...near];
}
