import {
  checkCount,
  checkId,
  checkInteger,
  checkNames,
  checkNumber,
  checkOneOf,
  refuse,
} from "../common/checks.ts";
import type { ConfigureWorld } from "./configuration.ts";
import { minutesMax } from "./occurrences.ts";
import type { Definition } from "./world-state.ts";

const listMax = 256;
const goodsMax = 64;
const factionsMax = 64;
const nestedMax = 64;
const titleMax = 200;
const priceMax = 100_000;

/** What the names in a definition may refer to. */
interface Names {
  readonly regions: readonly string[];
  readonly placeKinds: readonly string[];
  readonly climates: readonly string[];
  readonly factions: readonly string[];
  readonly goods: readonly string[];
  readonly occurrenceKinds: readonly string[];
}

/** Throws a Rejection that names the first thing wrong with a definition. */
export function checkDefinition(
  definition: Definition,
  { regions, map, daysPerYear }: Pick<ConfigureWorld, "regions" | "map" | "daysPerYear">,
  path: string,
): void {
  const { factions, goods, occurrenceKinds, encounterKinds, festivals } = definition;
  checkList(`${path}factions`, factions, factionsMax);
  checkList(`${path}goods`, goods, goodsMax);
  checkList(`${path}occurrence_kinds`, occurrenceKinds, listMax);
  checkList(`${path}encounter_kinds`, encounterKinds, listMax);
  checkList(`${path}festivals`, festivals, listMax);
  const names: Names = {
    regions: namesOf(regions),
    placeKinds: [...new Set(map?.places.map(({ kind }) => kind))],
    climates: [...new Set(regions.map(({ climate }) => climate))],
    factions: namesOf(factions),
    goods: namesOf(goods),
    occurrenceKinds: namesOf(occurrenceKinds),
  };
  checkFactions(definition, names, `${path}factions`);
  checkGoods(definition, names, `${path}goods`);
  checkOccurrenceKinds(definition, `${path}occurrence_kinds`);
  checkEncounterKinds(definition, names, `${path}encounter_kinds`);
  festivals.forEach((festival, i) => {
    const at = `${path}festivals[${i}]`;
    checkInteger(`${at}.day_of_year`, festival.dayOfYear, 0, daysPerYear - 1);
    checkInteger(`${at}.days`, festival.days, 1, daysPerYear);
    checkAll(`${at}.regions`, festival.regions, names.regions);
    checkOneOf(`${at}.occurrence`, festival.occurrence, names.occurrenceKinds);
  });
}

function namesOf(items: readonly { readonly name: string }[]): string[] {
  return items.map(({ name }) => name);
}

type Titled = { readonly name: string; readonly title: string };

function checkList(path: string, items: readonly Titled[], max: number): void {
  checkCount(path, items.length, 0, max);
  checkNames(path, items);
  items.forEach(({ title }, i) => {
    if (title.length <= titleMax) return;
    refuse(`${path}[${i}].title (length)`, title.length, `are at most ${titleMax} characters`);
  });
}

/** Each of a list's names must be one of these, and come once. */
function checkAll(path: string, list: readonly string[], valid: readonly string[]): void {
  checkCount(path, list.length, 0, nestedMax);
  list.forEach((name, i) => {
    checkOneOf(`${path}[${i}]`, name, valid);
    if (list.indexOf(name) !== i) refuse(`${path}[${i}]`, name, "are names that come once");
  });
}

function checkFactions({ factions }: Definition, names: Names, path: string): void {
  const holders = new Map<string, string>();
  factions.forEach((faction, i) => {
    const at = `${path}[${i}]`;
    checkNumber(`${at}.power`, faction.power, 0, 100);
    if (faction.language !== "") checkId(`${at}.language`, faction.language);
    checkCount(`${at}.relations`, faction.relations.length, 0, factions.length - 1);
    checkAll(
      `${at}.relations`,
      faction.relations.map((relation) => relation.faction),
      names.factions.filter((name) => name !== faction.name),
    );
    faction.relations.forEach(({ value }, j) => {
      checkNumber(`${at}.relations[${j}].value`, value, -1, 1);
    });
    checkAll(`${at}.regions`, faction.regions, names.regions);
    faction.regions.forEach((region, j) => {
      const holder = holders.get(region);
      if (holder !== undefined) {
        refuse(`${at}.regions[${j}]`, region, `are regions that ${holder} does not hold`);
      }
      holders.set(region, faction.name);
    });
  });
}

function checkGoods({ goods }: Definition, names: Names, path: string): void {
  goods.forEach(({ price, volatility, gatheredAt }, i) => {
    checkInteger(`${path}[${i}].price`, price, 1, priceMax);
    checkNumber(`${path}[${i}].volatility`, volatility, 0.1, 2);
    checkAll(`${path}[${i}].gathered_at`, gatheredAt, names.placeKinds);
  });
}

function checkOccurrenceKinds({ occurrenceKinds }: Definition, path: string): void {
  occurrenceKinds.forEach((kind, i) => {
    const at = `${path}[${i}]`;
    checkInteger(`${at}.minutes`, kind.minutes, 1, minutesMax);
    if (kind.priceFactor !== 0) checkNumber(`${at}.price_factor`, kind.priceFactor, 0.1, 10);
    checkNumber(`${at}.power_change`, kind.powerChange, -100, 100);
    checkNumber(`${at}.daily_chance`, kind.dailyChance, 0, 1);
  });
}

function checkEncounterKinds({ encounterKinds }: Definition, names: Names, path: string): void {
  encounterKinds.forEach((kind, i) => {
    const at = `${path}[${i}]`;
    checkNumber(`${at}.cost`, kind.cost, 0, 1e6);
    checkNumber(`${at}.strength`, kind.strength, 0, 1);
    checkAll(`${at}.places`, kind.places, names.placeKinds);
    checkAll(`${at}.climates`, kind.climates, names.climates);
    checkCount(`${at}.drops`, kind.drops.length, 0, nestedMax);
    kind.drops.forEach((good, j) => {
      checkOneOf(`${at}.drops[${j}]`, good, names.goods);
    });
  });
}
