import { isKey } from "../../runtime/index.ts";
import { checkCount, checkId, checkNumber, refuse } from "../common/checks.ts";
import { amountMax, stockKindsMax } from "./goods.ts";
import { placeOf } from "./places.ts";
import { type Entity, regionNames, type World } from "./world-state.ts";

const tagsMax = 16;
const propertiesMax = 32;
const textMax = 256;
const metresMax = 1e7;
const containersMax = 64;

/** Types of the entities that the world keeps itself. */
export const playerType = "player";
export const encounterType = "encounter";
const ownTypes: readonly string[] = [playerType, encounterType];

/** Refuses what only the world itself changes. */
export function checkForeign(path: string, id: string, type: string): void {
  if (ownTypes.includes(type)) {
    refuse(`${path}.type`, type, `are all but ${ownTypes.join(" and ")}: the world keeps those`);
  }
  if (ownTypes.some((own) => id.startsWith(`${own}:`))) {
    refuse(`${path}.id`, id, "are ids that do not begin with player: or encounter:");
  }
}

/** Refuses an entity that is wrong in itself, or names a region or place that does not exist. */
export function checkEntity(world: World, entity: Entity, path: string): void {
  checkId(`${path}.id`, entity.id);
  checkId(`${path}.type`, entity.type);
  checkForeign(path, entity.id, entity.type);
  checkCount(`${path}.tags`, entity.tags.length, 0, tagsMax);
  checkUnique(`${path}.tags`, entity.tags);
  checkNumber(`${path}.x`, entity.x, -metresMax, metresMax);
  checkNumber(`${path}.y`, entity.y, -metresMax, metresMax);
  checkWhere(world, entity, path);
  checkProperties(entity, `${path}.properties`);
  checkStock(entity, `${path}.stock`);
}

function checkUnique(path: string, names: readonly string[]): void {
  names.forEach((name, i) => {
    checkId(`${path}[${i}]`, name);
    if (names.indexOf(name) !== i) refuse(`${path}[${i}]`, name, "are names that come once");
  });
}

function checkWhere(world: World, { region, place }: Entity, path: string): void {
  if (region !== "" && !regionNames(world).includes(region)) {
    refuse(`${path}.region`, region, `are ${regionNames(world).join(", ")}, and empty`);
  }
  if (place === "") return;
  const found = placeOf(world, place);
  if (found === undefined) refuse(`${path}.place`, place, "are ids of the map's places, and empty");
  if (found.region !== region) {
    refuse(`${path}.region`, region, `is that of the place ${place}, ${found.region}`);
  }
}

function checkProperties({ properties }: Entity, path: string): void {
  checkCount(path, properties.length, 0, propertiesMax);
  checkUnique(
    path,
    properties.map(({ name }) => name),
  );
  properties.forEach(({ value }, i) => {
    if (value.case === undefined) refuse(`${path}[${i}]`, "", "have a text, number or flag");
    if (value.case === "number") {
      checkNumber(`${path}[${i}].number`, value.value, -Number.MAX_VALUE, Number.MAX_VALUE);
    }
    if (value.case === "text" && value.value.length > textMax) {
      const { length } = value.value;
      refuse(`${path}[${i}].text (length)`, length, `are at most ${textMax} characters`);
    }
  });
}

function checkStock({ stock }: Entity, path: string): void {
  checkCount(path, stock.length, 0, stockKindsMax);
  checkUnique(
    path,
    stock.map(({ good }) => good),
  );
  stock.forEach(({ amount }, i) => {
    if (amount < 1 || amount > amountMax) {
      refuse(`${path}[${i}].amount`, amount, `are integers from 1 to ${amountMax}`);
    }
  });
}

/** Refuses an entity in a container that does not exist, or that is inside the entity itself. */
export function checkContainer(
  { id, container }: Entity,
  path: string,
  find: (id: string) => Entity | undefined,
): void {
  let inside = container;
  for (let depth = 0; inside !== ""; depth += 1) {
    if (inside === id) {
      refuse(`${path}.container`, container, `are entities that ${id} does not hold`);
    }
    if (depth === containersMax) {
      refuse(`${path}.container`, container, `are at most ${containersMax} entities deep`);
    }
    const holder = isKey(inside) ? find(inside) : undefined;
    if (holder === undefined) {
      refuse(`${path}.container`, inside, "are ids of entities, and empty");
    }
    inside = holder.container;
  }
}
