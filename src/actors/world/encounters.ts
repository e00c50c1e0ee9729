import { clamp } from "../common/clamp.ts";
import { addToAgenda, dropFromAgenda } from "./agenda.ts";
import { putEntity, removeEntity } from "./entities.ts";
import { encounterType } from "./entity-checks.ts";
import { placeOf } from "./places.ts";
import {
  definitionOf,
  type Encounter,
  minutesAfter,
  nextNumber,
  type Outlet,
  type World,
} from "./world-state.ts";

export const encountersMax = 1_024;
const minutesDefault = 240;

export interface EncounterSpawn {
  readonly kind: string;
  readonly place: string;
  /** 0 to 1; 0.5 makes it as strong as its kind says. */
  readonly intensity: number;
  /** 0: as long as encounters last. */
  readonly minutes: number;
  readonly cause: string;
}

/** Puts something to fight into a place. What it asks for has been checked. */
export function spawnEncounter(world: World, spawn: EncounterSpawn, out: Outlet): Encounter {
  const kind = definitionOf(world).encounterKinds.find(({ name }) => name === spawn.kind);
  const intensity = spawn.intensity || 0.5;
  const strength = clamp((kind?.strength ?? 0.5) * (0.5 + intensity), 0.05, 1);
  const encounter: Encounter = {
    id: `${encounterType}:${nextNumber(world)}`,
    ...{ kind: spawn.kind, place: spawn.place, cause: spawn.cause },
    ...{ strength, fullStrength: strength },
    endsMs: minutesAfter(world, spawn.minutes || minutesDefault),
  };
  world.encounters.push(encounter);
  addToAgenda(world, encounter.endsMs, { case: "encounter", value: encounter.id });
  showEncounter(world, encounter, out);
  return encounter;
}

export function showEncounter(world: World, encounter: Encounter, out: Outlet): void {
  const { id, kind, place, strength } = encounter;
  const { region = "", x = 0, y = 0 } = placeOf(world, place) ?? {};
  putEntity(
    world,
    {
      ...{ id, type: encounterType, tags: [kind], region, place, x, y, container: "" },
      properties: [{ name: "strength", value: { case: "number", value: strength } }],
      stock: [],
      version: 0n,
    },
    out,
  );
}

export function endEncounter(world: World, id: string, out: Outlet): void {
  const at = world.encounters.findIndex((encounter) => encounter.id === id);
  if (at < 0) return;
  world.encounters.splice(at, 1);
  dropFromAgenda(world, "encounter", id);
  removeEntity(world, id, out);
}

export function encountersAt(world: World, place: string): Encounter[] {
  return world.encounters.filter((encounter) => encounter.place === place);
}
