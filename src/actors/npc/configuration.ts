import type { ConfigureNpcs as Message } from "../../gen/tellurion/v1/npc_pb.ts";
import { checkMap } from "../common/check-map.ts";
import {
  checkBigint,
  checkCount,
  checkId,
  checkInteger,
  checkNames,
  checkNumber,
  checkOneOf,
  refuse,
} from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { placesIn } from "../common/world-map.ts";
import { isActivity } from "./activities.ts";
import { npcsMax, traitsCount } from "./columns.ts";

export type ConfigureNpcs = Plain<Message>;
export type Role = ConfigureNpcs["roles"][number];

const rolesMax = 64;
const slotsMax = 48;
const goodsOfRoleMax = 8;
const goodsMax = 64;
const foodsMax = 16;
const populationMax = 256;
const kindsMax = 128;
const priceMax = 100_000;
const minutesPerDayMax = 100_000;
const daysPerWeekMax = 100;
const nameLengthMax = 120;
const intensityFactorMax = 100;
const moveIntervalMsMax = 60_000;
const weathers = ["fair", "bad", "severe"];

/** Throws a Rejection that names the first thing wrong with a shard's configuration. */
export function checkConfiguration(message: ConfigureNpcs, path = ""): void {
  const { region, map, roles, population, names, goods, foods } = message;
  checkId(`${path}region`, region);
  if (map === undefined) refuse(`${path}map`, "", "is a map: it is needed");
  checkMap(map, `${path}map.`);
  if (placesIn(map, region).length === 0) {
    refuse(`${path}region`, region, "are regions that have places on the map");
  }
  checkInteger(`${path}minutes_per_day`, message.minutesPerDay, 1, minutesPerDayMax);
  checkInteger(`${path}days_per_week`, message.daysPerWeek, 1, daysPerWeekMax);
  checkRoles(roles, message, `${path}roles`);
  checkPopulation(message, `${path}population`);
  const count = population.reduce((sum, group) => sum + group.count, 0);
  checkCount(`${path}population (NPCs)`, count, 1, npcsMax);
  if (names.length !== 0) checkCount(`${path}names`, names.length, count, count);
  names.forEach((name, i) => {
    if (name.length > nameLengthMax) {
      refuse(`${path}names[${i}]`, name, `are at most ${nameLengthMax} characters`);
    }
  });
  checkOccurrenceKinds(message, path);
  checkCount(`${path}goods`, goods.length, 0, goodsMax);
  checkNames(`${path}goods`, goods);
  goods.forEach(({ price }, i) => {
    checkInteger(`${path}goods[${i}].price`, price, 0, priceMax);
  });
  checkCount(`${path}foods`, foods.length, 0, foodsMax);
  checkGoodNames(`${path}foods`, foods);
  const named = goodNames(message).length;
  checkCount(`${path}goods (with those that roles and foods name)`, named, 0, goodsMax);
  if (message.language !== "") checkId(`${path}language`, message.language);
  checkBigint(`${path}game_ms`, message.gameMs, 0n, gameMsMax);
  checkInteger(`${path}move_interval_ms`, message.moveIntervalMs, 0, moveIntervalMsMax);
}

/** Throws a Rejection that names the first thing wrong with roles; `path` is where their list stands. */
export function checkRoles(
  roles: readonly Role[],
  { minutesPerDay, daysPerWeek }: { minutesPerDay: number; daysPerWeek: number },
  path: string,
): void {
  checkCount(path, roles.length, 1, rolesMax);
  checkNames(path, roles);
  roles.forEach((role, i) => {
    const at = `${path}[${i}]`;
    checkCount(`${at}.schedule`, role.schedule.length, 1, slotsMax);
    role.schedule.forEach((slot, j) => {
      const place = `${at}.schedule[${j}]`;
      const least = role.schedule[j - 1]?.fromMinute ?? 0;
      checkInteger(`${place}.from_minute`, slot.fromMinute, least, minutesPerDay - 1);
      if (!isActivity(slot.activity)) {
        refuse(
          `${place}.activity`,
          slot.activity,
          "are the activities of NpcActivity from 1 to 12",
        );
      }
      if (slot.placeKind !== "") checkId(`${place}.place_kind`, slot.placeKind);
      if (slot.occurrence !== "") checkId(`${place}.occurrence`, slot.occurrence);
      if (slot.weather !== "") checkOneOf(`${place}.weather`, slot.weather, weathers);
      checkCount(`${place}.days`, slot.days.length, 0, daysPerWeek);
      slot.days.forEach((day, k) => {
        checkInteger(`${place}.days[${k}]`, day, 0, daysPerWeek - 1);
      });
    });
    checkCount(`${at}.traits`, role.traits.length, 0, traitsCount);
    role.traits.forEach((mean, j) => {
      checkNumber(`${at}.traits[${j}]`, mean, 0, 1);
    });
    checkGoodNames(`${at}.makes`, role.makes);
    checkGoodNames(`${at}.needs`, role.needs);
  });
}

/** All goods that a shard knows: those of the list, and those that roles and foods name. */
export function goodNames({ goods, roles, foods }: ConfigureNpcs): string[] {
  const ofRoles = roles.flatMap(({ makes, needs }) => [...makes, ...needs]);
  return [...new Set([...foods, ...ofRoles, ...goods.map(({ name }) => name)])];
}

function checkGoodNames(path: string, names: readonly string[]): void {
  checkCount(path, names.length, 0, path.endsWith("foods") ? foodsMax : goodsOfRoleMax);
  names.forEach((name, i) => {
    checkId(`${path}[${i}]`, name);
    if (names.indexOf(name) !== i) refuse(`${path}[${i}]`, name, "are goods named once");
  });
}

function checkPopulation({ population, roles, region }: ConfigureNpcs, path: string): void {
  checkCount(path, population.length, 1, populationMax);
  const names = roles.map(({ name }) => name);
  population.forEach((group, i) => {
    const at = `${path}[${i}]`;
    checkOneOf(`${at}.role`, group.role, names);
    if (group.region !== "" && group.region !== region) {
      refuse(`${at}.region`, group.region, `is the shard's: ${region}`);
    }
    checkInteger(`${at}.count`, group.count, 0, npcsMax);
    if (group.faction !== "") checkId(`${at}.faction`, group.faction);
  });
}

function checkOccurrenceKinds({ occurrenceKinds }: ConfigureNpcs, path: string): void {
  checkCount(`${path}occurrence_kinds`, occurrenceKinds.length, 0, kindsMax);
  checkNames(`${path}occurrence_kinds`, occurrenceKinds);
  occurrenceKinds.forEach(({ priceFactor }, i) => {
    const at = `${path}occurrence_kinds[${i}].price_factor`;
    checkNumber(at, priceFactor, 0, intensityFactorMax);
  });
}
