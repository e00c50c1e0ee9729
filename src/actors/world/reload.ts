import { Verb } from "../../gen/tellurion/v1/world_pb.ts";
import { refuse } from "../common/checks.ts";
import { dropFromAgenda } from "./agenda.ts";
import { type ConfiguredWorld, factionsOf, holdingsOf, marketsOf } from "./configuration.ts";
import { dayOf, holdFestivals } from "./days.ts";
import { endEncounter } from "./encounters.ts";
import { putEntity } from "./entities.ts";
import { encounterType, playerType } from "./entity-checks.ts";
import { openLedger } from "./ledger.ts";
import { endOccurrence } from "./occurrences.ts";
import { placeOf, placesIn } from "./places.ts";
import { setFree, showPlayer } from "./players.ts";
import { definitionOf, type Entity, type Outlet, type World } from "./world-state.ts";

/** Gives a world that runs other content. What it has of the old one goes on, where it still can. */
export function reload(world: World, message: ConfiguredWorld, out: Outlet): void {
  const { name, minutesPerDay, daysPerYear } = message;
  if (name !== world.name) refuse("name", name, `is that of the world, ${world.name}`);
  if (minutesPerDay !== world.minutesPerDay) {
    refuse("minutes_per_day", minutesPerDay, `are as before, ${world.minutesPerDay}`);
  }
  if (daysPerYear !== world.daysPerYear) {
    refuse("days_per_year", daysPerYear, `are as before, ${world.daysPerYear}`);
  }
  endWhatGoes(world, message, out);
  const before = { regions: regionsByPlace(world), goods: definitionOf(world).goods };
  const { map, definition, regions, roster } = message;
  Object.assign(world, { map, definition, regions, roster });
  const regionNames = regions.map((region) => region.name);
  world.severeRegions = world.severeRegions.filter((region) => regionNames.includes(region));
  world.factions = factionsOf(definition).map(
    (fresh) =>
      world.factions.find((old) => old.name === fresh.name && knowsAll(old, fresh)) ?? fresh,
  );
  const isFaction = (faction: string) =>
    definition.factions.some((other) => other.name === faction);
  world.holdings = holdingsOf(message).map((fresh) => {
    const old = world.holdings.find(({ region }) => region === fresh.region);
    return old !== undefined && (old.faction === "" || isFaction(old.faction)) ? old : fresh;
  });
  world.quotes = [];
  world.markets = reloadedMarkets(world, message, before.goods);
  world.placeStocks = world.placeStocks.filter(({ place, good }) => {
    const kind = placeOf(world, place)?.kind ?? "";
    return definition.goods.some((g) => g.name === good && g.gatheredAt.includes(kind));
  });
  movePlayers(world, before.regions, isFaction, out);
  moveEntities(world, regionNames, out);
  openLedger(world);
  holdFestivals(world, dayOf(world, world.gameMs), out);
}

type Faction = World["factions"][number];

/** Its relations are still with the same others. */
function knowsAll(old: Faction, fresh: Faction): boolean {
  const names = ({ relations }: Faction) => relations.map(({ faction }) => faction).join();
  return names(old) === names(fresh);
}

function regionsByPlace({ map }: World): Map<string, string> {
  return new Map(map?.places.map(({ id, region }) => [id, region]));
}

/** Told as ended while the world still knows what it was. */
function endWhatGoes(
  world: World,
  { map, definition, regions }: ConfiguredWorld,
  out: Outlet,
): void {
  const hasPlace = (id: string, region?: string) =>
    map.places.some((place) => place.id === id && (region ?? place.region) === place.region);
  for (const { id, kind, region, place } of [...world.occurrences]) {
    const stays =
      definition.occurrenceKinds.some(({ name }) => name === kind) &&
      regions.some(({ name }) => name === region) &&
      (place === "" || hasPlace(place, region));
    if (!stays) endOccurrence(world, id, out);
  }
  for (const { id, kind, place } of [...world.encounters]) {
    const stays = definition.encounterKinds.some(({ name }) => name === kind) && hasPlace(place);
    if (!stays) endEncounter(world, id, out);
  }
}

function reloadedMarkets(
  world: World,
  message: ConfiguredWorld,
  oldGoods: readonly { readonly name: string }[],
): World["markets"] {
  return marketsOf(message).map((fresh) => {
    const old = world.markets.find(({ region }) => region === fresh.region);
    if (old === undefined) return fresh;
    const places = message.definition.goods.map(({ name }) =>
      oldGoods.findIndex((good) => good.name === name),
    );
    return {
      ...{ region: fresh.region, coins: old.coins },
      stocks: places.map((at, i) => old.stocks[at] ?? fresh.stocks[i] ?? 0),
      drifts: places.map((at) => old.drifts[at] ?? 0),
    };
  });
}

/** Who stood at a place that is gone, or was on the way to one, is at one that is there. */
function movePlayers(
  world: World,
  oldRegions: ReadonlyMap<string, string>,
  isFaction: (name: string) => boolean,
  out: Outlet,
): void {
  for (const player of world.players) {
    player.reputations = player.reputations.filter(({ faction }) => isFaction(faction));
    if (player.busyWith === Verb.TRAVEL && placeOf(world, player.target) === undefined) {
      dropFromAgenda(world, "player", player.id);
      setFree(player);
    }
    if (placeOf(world, player.place) === undefined) {
      const near = placesIn(world, oldRegions.get(player.place) ?? "");
      player.place = near[0]?.id ?? world.map?.places[0]?.id ?? "";
    }
    showPlayer(world, player, out);
  }
}

/** Where an entity is that the map does not have any more, nobody knows. */
function moveEntities(world: World, regionNames: readonly string[], out: Outlet): void {
  const isThere = ({ place, region }: Entity) =>
    place === ""
      ? region === "" || regionNames.includes(region)
      : placeOf(world, place)?.region === region;
  for (const entity of [...world.entities]) {
    if (entity.type === playerType || entity.type === encounterType || isThere(entity)) continue;
    const region = regionNames.includes(entity.region) ? entity.region : "";
    putEntity(world, { ...entity, region, place: "" }, out);
  }
}
