import type { WorldMap } from "../../gen/tellurion/v1/map_pb.ts";
import type {
  EncounterState,
  Entity as EntityMessage,
  FactionState,
  GoodAmount as GoodAmountMessage,
  MarketState,
  OccurrenceState,
  PlayerState,
  WorldDefinition,
  WorldState,
} from "../../gen/tellurion/v1/world_pb.ts";
import { type ActorContext, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { minuteMs } from "../common/units.ts";

export type World = Plain<WorldState>;
export type Definition = Plain<WorldDefinition>;
export type WorldPlaces = Plain<WorldMap>;
export type Entity = Plain<EntityMessage>;
export type Player = Plain<PlayerState>;
export type Encounter = Plain<EncounterState>;
export type Occurrence = Plain<OccurrenceState>;
export type Faction = Plain<FactionState>;
export type Market = Plain<MarketState>;
export type GoodAmount = Plain<GoodAmountMessage>;

/** What the world needs to go on: chance, and somewhere to publish. */
export type Outlet = Pick<ActorContext, "random" | "publish" | "log" | "schedule">;

/** What a pack says. Throws a Rejection when the world has not been set up. */
export function definitionOf(world: World): Definition {
  if (world.configured && world.definition !== undefined) return world.definition;
  throw new Rejection(
    "FAILED_PRECONDITION",
    "the world has not been configured: it has no map and no definition yet",
  );
}

/** Numbers encounters, occurrences, agenda entries and quotes, each with one of its own. */
export function nextNumber(world: World): bigint {
  world.lastNumber += 1n;
  return world.lastNumber;
}

export function minutesAfter(world: World, minutes: number): bigint {
  return world.gameMs + BigInt(minutes) * BigInt(minuteMs);
}

export function regionNames(world: Pick<World, "regions">): string[] {
  return world.regions.map(({ name }) => name);
}
