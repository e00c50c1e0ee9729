import {
  FactionChangedEventSchema,
  TerritoryChangedEventSchema,
} from "../../gen/tellurion/v1/world_pb.ts";
import { clamp } from "../common/clamp.ts";
import { definitionOf, type Faction, type Outlet, type World } from "./world-state.ts";

const powerMax = 100;

/** What a faction does with a game day: chances, in this order; else it recovers. */
const chances = { claim: 0.12, trade: 0.35, feud: 0.15 } as const;
const claimFrom = { power: 20, lead: 10, relation: -0.2 } as const;
const claimCost = 5;
const recoveryShare = 0.05;

/** Lets each faction do what it does in a day. */
export function liveFactionDay(world: World, out: Outlet): void {
  for (const faction of world.factions) {
    const draw = out.random.next();
    if (draw < chances.claim) claim(world, faction, out);
    else if (draw < chances.claim + chances.trade) trade(world, faction, out);
    else if (draw < chances.claim + chances.trade + chances.feud) feud(world, faction, out);
    else recover(world, faction, out);
  }
}

export function factionOf(world: World, name: string): Faction | undefined {
  return world.factions.find((faction) => faction.name === name);
}

export function shiftPower(
  world: World,
  faction: Faction,
  by: number,
  reason: string,
  out: Outlet,
): void {
  const power = clamp(faction.power + by, 0, powerMax);
  if (power === faction.power) return;
  faction.power = power;
  tell(world, faction, undefined, reason, out);
}

/** Changes the power of the faction that holds a region. */
export function shiftHolder(
  world: World,
  region: string,
  by: number,
  reason: string,
  out: Outlet,
): void {
  const holding = world.holdings.find((other) => other.region === region);
  const faction = holding && factionOf(world, holding.faction);
  if (faction !== undefined) shiftPower(world, faction, by, reason, out);
}

/** A region that nobody holds, or one of a weaker faction that it does not like. */
function claim(world: World, faction: Faction, out: Outlet): void {
  if (faction.power < claimFrom.power) return;
  const goals = world.holdings.filter(({ faction: holder }) => mayClaim(world, faction, holder));
  if (goals.length === 0) return;
  const goal = goals[out.random.integer(goals.length)] as (typeof goals)[number];
  const holder = factionOf(world, goal.faction);
  const lead = (faction.power - (holder?.power ?? 0)) / powerMax;
  const succeeds = out.random.next() < lead;
  shiftPower(world, faction, -claimCost, "claim", out);
  if (holder !== undefined) {
    shiftRelation(world, holder, faction, -0.2, "claim", out);
    if (succeeds) shiftPower(world, holder, -claimCost, "claim", out);
  }
  if (succeeds) take(world, goal.region, faction.name, out);
}

function mayClaim(world: World, faction: Faction, holderName: string): boolean {
  if (holderName === "") return true;
  const holder = factionOf(world, holderName);
  if (holder === undefined || holder === faction) return false;
  const isWeaker = faction.power >= holder.power + claimFrom.lead;
  return isWeaker && relationOf(faction, holder) <= claimFrom.relation;
}

function take(world: World, region: string, faction: string, out: Outlet): void {
  const holding = world.holdings.find((other) => other.region === region);
  if (holding === undefined) return;
  const oldFaction = holding.faction;
  holding.faction = faction;
  const { gameMs } = world;
  out.publish(TerritoryChangedEventSchema, { region, oldFaction, newFaction: faction, gameMs });
}

function trade(world: World, faction: Faction, out: Outlet): void {
  const other = anyOther(world, faction, (relation) => relation >= 0, out);
  if (other === undefined) return;
  for (const [one, two] of [
    [faction, other],
    [other, faction],
  ] as const) {
    one.power = clamp(one.power + 0.5, 0, powerMax);
    shiftRelation(world, one, two, 0.02, "trade", out);
  }
}

function feud(world: World, faction: Faction, out: Outlet): void {
  const other = anyOther(world, faction, (relation) => relation < 0, out);
  if (other === undefined) return;
  for (const [one, two] of [
    [faction, other],
    [other, faction],
  ] as const) {
    one.power = clamp(one.power - 1, 0, powerMax);
    shiftRelation(world, one, two, -0.03, "feud", out);
  }
}

/** Power comes back to what the pack gave it. */
function recover(world: World, faction: Faction, out: Outlet): void {
  const first = definitionOf(world).factions.find(({ name }) => name === faction.name);
  const missing = (first?.power ?? faction.power) - faction.power;
  if (Math.abs(missing) >= 0.5) {
    shiftPower(world, faction, missing * recoveryShare, "recovery", out);
  }
}

function anyOther(
  world: World,
  faction: Faction,
  isMeant: (relation: number) => boolean,
  out: Outlet,
): Faction | undefined {
  const others = world.factions.filter(
    (other) => other !== faction && isMeant(relationOf(faction, other)),
  );
  return others.length === 0 ? undefined : others[out.random.integer(others.length)];
}

function relationOf(faction: Faction, other: Faction): number {
  return faction.relations.find(({ faction: name }) => name === other.name)?.value ?? 0;
}

function shiftRelation(
  world: World,
  faction: Faction,
  other: Faction,
  by: number,
  reason: string,
  out: Outlet,
): void {
  const relation = faction.relations.find(({ faction: name }) => name === other.name);
  if (relation === undefined) return;
  relation.value = clamp(relation.value + by, -1, 1);
  tell(world, faction, other, reason, out);
}

function tell(
  world: World,
  faction: Faction,
  other: Faction | undefined,
  reason: string,
  out: Outlet,
): void {
  out.publish(FactionChangedEventSchema, {
    faction: faction.name,
    power: faction.power,
    other: other?.name ?? "",
    relation: other ? relationOf(faction, other) : 0,
    reason,
    gameMs: world.gameMs,
  });
}
