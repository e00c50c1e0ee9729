import { WorldFlushSchema, type WorldState } from "../../gen/tellurion/v1/world_pb.ts";
import type { Entity, Outlet, World } from "./world-state.ts";

export const entitiesMax = 20_000;

/** Removals that GetEntities can tell of. */
export const removalsMax = 4_096;

interface Index {
  /** Where each entity stands in the state's list. */
  readonly places: Map<string, number>;
  /** How many entities each one holds. */
  readonly held: Map<string, number>;
}

/** Derived from the state's list, and built anew where it is missing. */
const indices = new WeakMap<World | WorldState, Index>();

function indexOf(world: World): Index {
  const known = indices.get(world);
  if (known !== undefined) return known;
  const index: Index = { places: new Map(), held: new Map() };
  world.entities.forEach(({ id, container }, place) => {
    index.places.set(id, place);
    count(index, container, 1);
  });
  indices.set(world, index);
  return index;
}

function count({ held }: Index, container: string, by: number): void {
  if (container === "") return;
  const left = (held.get(container) ?? 0) + by;
  if (left === 0) held.delete(container);
  else held.set(container, left);
}

export function entityOf(world: World, id: string): Entity | undefined {
  const place = indexOf(world).places.get(id);
  return place === undefined ? undefined : world.entities[place];
}

/** How many entities are inside this one. */
export function heldBy(world: World, id: string): number {
  return indexOf(world).held.get(id) ?? 0;
}

/** Makes or replaces an entity, which belongs to the state from now on. Returns its version. */
export function putEntity(world: World, entity: Entity, out: Outlet): bigint {
  const index = indexOf(world);
  const place = index.places.get(entity.id);
  const old = place === undefined ? undefined : world.entities[place];
  noteChange(world, entity.id, old?.version ?? 0n, out);
  entity.version = world.version;
  if (place === undefined || old === undefined) {
    index.places.set(entity.id, world.entities.length);
    world.entities.push(entity);
  } else {
    count(index, old.container, -1);
    world.entities[place] = entity;
  }
  count(index, entity.container, 1);
  return world.version;
}

/** Returns the version of the removal. An entity that is not there is no error. */
export function removeEntity(world: World, id: string, out: Outlet): bigint {
  const index = indexOf(world);
  const place = index.places.get(id);
  const old = place === undefined ? undefined : world.entities[place];
  if (place === undefined || old === undefined) return world.version;
  noteChange(world, id, old.version, out);
  index.places.delete(id);
  count(index, old.container, -1);
  const last = world.entities.pop() as Entity;
  if (last !== old) {
    world.entities[place] = last;
    index.places.set(last.id, place);
  }
  world.removals.push({ id, version: world.version });
  // Half of them at once, so that it is not done for each one.
  if (world.removals.length > 2 * removalsMax) {
    const forgotten = world.removals.splice(0, removalsMax);
    world.forgottenVersion = forgotten.at(-1)?.version ?? world.forgottenVersion;
  }
  return world.version;
}

/** All changes of a frame are told together, in the next one. */
function noteChange(world: World, id: string, oldVersion: bigint, out: Outlet): void {
  // What changed after the last event waits already.
  if (oldVersion <= world.toldVersion) world.pending.push(id);
  world.version += 1n;
  if (world.flushTimer === 0) world.flushTimer = out.schedule(0, WorldFlushSchema, {});
}
