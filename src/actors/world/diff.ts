import { WorldUpdatedEventSchema } from "../../gen/tellurion/v1/world_pb.ts";
import { entityOf } from "./entities.ts";
import type { Entity, Outlet, World } from "./world-state.ts";

/** One event, far below what a message may be: remote services take no more. */
const eventBytesMax = 131_072;
const entityBytesLeast = 64;

/** A bound for what an entity takes in a message. Texts are counted as what they are at most. */
export function bytesOf({ id, type, region, place, container, tags, ...more }: Entity): number {
  let chars = id.length + type.length + region.length + place.length + container.length;
  for (const tag of tags) chars += tag.length + 2;
  for (const { good } of more.stock) chars += good.length + 10;
  for (const { name, value } of more.properties) {
    chars += name.length + 14 + (value.case === "text" ? 3 * value.value.length : 8);
  }
  return entityBytesLeast + chars;
}

/** Tells what changed since the last time, in as few events as hold it. */
export function publishDiff(world: World, out: Outlet): void {
  const changed: Entity[] = [];
  const removed: string[] = [];
  for (const id of new Set(world.pending)) {
    const entity = entityOf(world, id);
    if (entity === undefined) removed.push(id);
    else changed.push(entity);
  }
  const head = { fromVersion: world.toldVersion, version: world.version, gameMs: world.gameMs };
  let from = 0;
  let removedFrom = 0;
  do {
    let bytes = 0;
    let to = from;
    for (; to < changed.length; to += 1) {
      bytes += bytesOf(changed[to] as Entity);
      if (bytes > eventBytesMax && to > from) break;
    }
    let removedTo = removedFrom;
    for (; removedTo < removed.length && to === changed.length; removedTo += 1) {
      bytes += (removed[removedTo] as string).length + 2;
      if (bytes > eventBytesMax && removedTo > removedFrom) break;
    }
    out.publish(WorldUpdatedEventSchema, {
      ...head,
      entities: changed.slice(from, to),
      removed: removed.slice(removedFrom, removedTo),
      more: to < changed.length || removedTo < removed.length,
    });
    from = to;
    removedFrom = removedTo;
  } while (from < changed.length || removedFrom < removed.length);
  world.toldVersion = world.version;
  world.pending = [];
  world.flushTimer = 0;
}
