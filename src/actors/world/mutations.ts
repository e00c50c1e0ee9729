import type { EntityMutation, EntityPatch } from "../../gen/tellurion/v1/world_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkCount, checkId, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { entitiesMax, entityOf, heldBy, putEntity, removeEntity } from "./entities.ts";
import { checkContainer, checkEntity, checkForeign } from "./entity-checks.ts";
import { amountIn, amountMax, changeStock, noteMade, noteUsed } from "./goods.ts";
import { placeOf } from "./places.ts";
import { definitionOf, type Entity, type Outlet, type World } from "./world-state.ts";

export type Mutation = Plain<EntityMutation>;

export const mutationsMax = 1_000;

/** What a batch makes of the entities that it names. Undefined: it removes it. */
type Outcome = Map<string, Entity | undefined>;

/** Carries out all mutations of a batch or, throwing a Rejection, none. Returns their versions. */
export function mutate(world: World, mutations: readonly Mutation[], out: Outlet): bigint[] {
  definitionOf(world);
  const outcome = outcomeOf(world, mutations);
  noteStocks(world, outcome);
  const versions = new Map<string, bigint>();
  for (const [id, entity] of outcome) {
    const version = entity ? putEntity(world, entity, out) : removeEntity(world, id, out);
    versions.set(id, version);
  }
  return mutations.map(({ id }) => versions.get(id) ?? 0n);
}

/** What the mutations would make of the entities. Throws a Rejection that names the first that is wrong. */
function outcomeOf(world: World, mutations: readonly Mutation[]): Outcome {
  checkCount("mutations", mutations.length, 1, mutationsMax);
  const outcome: Outcome = new Map();
  const find = (id: string) => (outcome.has(id) ? outcome.get(id) : entityOf(world, id));
  const paths = new Map<string, string>();
  let added = 0;
  mutations.forEach((mutation, i) => {
    const path = `mutations[${i}]`;
    const { id } = mutation;
    checkId(`${path}.id`, id);
    const now = find(id);
    // What this batch has changed already has no version yet: the first mutation of an entity states it.
    if (!outcome.has(id)) checkVersion(mutation, now, path);
    const next = changed(world, mutation, now, path);
    added += Number(next !== undefined) - Number(now !== undefined);
    outcome.set(id, next);
    paths.set(id, path);
  });
  if (world.entities.length + added > entitiesMax) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `the world would have ${world.entities.length + added} entities; valid are at most ${entitiesMax}`,
    );
  }
  checkHolders(world, outcome, paths, find);
  return outcome;
}

function checkVersion(mutation: Mutation, now: Entity | undefined, path: string): void {
  const { expectedVersion: expected } = mutation;
  const version = now?.version ?? 0n;
  if (expected === undefined || expected === version) return;
  const is = now ? `${mutation.id} has version ${version}` : `there is no ${mutation.id}`;
  throw new Rejection(
    "FAILED_PRECONDITION",
    `${path}.expected_version=${expected} is stale: ${is}; valid is expected_version=${version}`,
  );
}

function changed(
  world: World,
  { id, change }: Mutation,
  now: Entity | undefined,
  path: string,
): Entity | undefined {
  switch (change.case) {
    case "put": {
      if (now !== undefined) checkForeign(path, id, now.type);
      const entity = placed(world, { ...change.value, id, version: 0n });
      checkEntity(world, entity, `${path}.put`);
      return entity;
    }
    case "patch": {
      checkThere(id, now, path);
      const entity = placed(world, patched(now, change.value, `${path}.patch`));
      checkEntity(world, entity, `${path}.patch`);
      return entity;
    }
    case "remove":
      if (!change.value) refuse(`${path}.remove`, false, "is true");
      checkThere(id, now, path);
      checkForeign(path, id, now.type);
      return undefined;
    case undefined:
      return refuse(path, "", "have a put, patch or remove");
  }
}

function checkThere(id: string, now: Entity | undefined, path: string): asserts now {
  if (now !== undefined) return;
  throw new Rejection(
    "NOT_FOUND",
    `${path}.id=${JSON.stringify(id)} is not there; valid are ids of entities`,
  );
}

/** A place says in which region it is. */
function placed(world: World, entity: Entity): Entity {
  const place = entity.region === "" ? placeOf(world, entity.place) : undefined;
  return place === undefined ? entity : { ...entity, region: place.region };
}

function patched(entity: Entity, patch: Plain<EntityPatch>, path: string): Entity {
  const { region, place, container, x, y } = patch;
  const set = new Map(patch.set.map((property) => [property.name, property]));
  checkCount(`${path}.set (different names)`, set.size, patch.set.length, patch.set.length);
  const properties = entity.properties
    .filter(({ name }) => !set.has(name) && !patch.unset.includes(name))
    .map((property) => ({ ...property, value: { ...property.value } }));
  const stock = entity.stock.map((held) => ({ ...held }));
  patch.stock.forEach(({ good, by }, i) => {
    checkId(`${path}.stock[${i}].good`, good);
    const left = amountIn(stock, good) + by;
    if (left < 0 || left > amountMax) {
      const held = amountIn(stock, good);
      refuse(`${path}.stock[${i}].by`, by, `are integers from ${-held} to ${amountMax - held}`);
    }
    changeStock(stock, good, by);
  });
  const tags = entity.tags.filter((tag) => !patch.removeTags.includes(tag));
  return {
    ...entity,
    // Of an entity that goes to another place, that place says the region.
    region: region ?? (place ? "" : entity.region),
    place: place ?? (region === undefined || region === entity.region ? entity.place : ""),
    container: container ?? entity.container,
    x: x ?? entity.x,
    y: y ?? entity.y,
    tags: [
      ...tags,
      ...patch.addTags.filter((tag, i, all) => !tags.includes(tag) && all.indexOf(tag) === i),
    ],
    properties: [...properties, ...set.values()],
    stock,
  };
}

/** Checked of the whole batch: a chest and what is in it may come, or go, together. */
function checkHolders(
  world: World,
  outcome: Outcome,
  paths: ReadonlyMap<string, string>,
  find: (id: string) => Entity | undefined,
): void {
  const held = new Map<string, number>();
  const count = (container: string, by: number) =>
    container === "" || held.set(container, (held.get(container) ?? 0) + by);
  for (const [id, entity] of outcome) {
    const old = entityOf(world, id);
    if (old !== undefined) count(old.container, -1);
    if (entity === undefined) continue;
    count(entity.container, 1);
    checkContainer(entity, paths.get(id) ?? "", find);
  }
  for (const [id, entity] of outcome) {
    const inside = entity ? 0 : heldBy(world, id) + (held.get(id) ?? 0);
    if (inside > 0) {
      refuse(
        `${paths.get(id)}.remove`,
        id,
        `are entities that hold nothing: this one holds ${inside}`,
      );
    }
  }
}

/** Goods that a batch puts into the world, or takes out of it, are in the ledger. */
function noteStocks(world: World, outcome: Outcome): void {
  for (const [id, entity] of outcome) {
    for (const { good, amount } of entityOf(world, id)?.stock ?? []) noteUsed(world, good, amount);
    for (const { good, amount } of entity?.stock ?? []) noteMade(world, good, amount);
  }
}
