import { Rejection } from "../../runtime/index.ts";
import { minuteMs } from "../common/units.ts";
import { liveFactionDay } from "./factions.ts";
import { checkNew, endOccurrence, startOccurrence } from "./occurrences.ts";
import { definitionOf, type Outlet, regionNames, type World } from "./world-state.ts";

/** What a new game day brings. A jump led into it: then only what the calendar says. */
export function liveDay(world: World, day: bigint, jumped: boolean, out: Outlet): void {
  holdFestivals(world, day, out);
  if (jumped) return;
  drawOccurrences(world, out);
  liveFactionDay(world, out);
}

/** The day that a game time is in, counted from the start of year 0. */
export function dayOf(world: World, gameMs: bigint): bigint {
  return gameMs / dayMsOf(world);
}

function dayMsOf(world: World): bigint {
  return BigInt(world.minutesPerDay * minuteMs);
}

/** Begins the festivals of a day that have not begun, and ends those that are of other days. */
export function holdFestivals(world: World, day: bigint, out: Outlet): void {
  const dayOfYear = Number(day % BigInt(world.daysPerYear));
  const { festivals } = definitionOf(world);
  for (const { id, festival } of world.occurrences.filter((other) => other.festival !== "")) {
    const isOn = festivals.some(
      (other) => other.name === festival && daysLeft(world, other, dayOfYear) > 0,
    );
    if (!isOn) endOccurrence(world, id, out);
  }
  for (const festival of festivals) {
    const left = daysLeft(world, festival, dayOfYear);
    if (left === 0) continue;
    const endsMs = (day + BigInt(left)) * dayMsOf(world);
    const regions = festival.regions.length > 0 ? festival.regions : regionNames(world);
    for (const region of regions) {
      const isOn = world.occurrences.some(
        (other) => other.festival === festival.name && other.region === region,
      );
      if (!isOn) startFestival(world, festival, region, endsMs, out);
    }
  }
}

type Festival = ReturnType<typeof definitionOf>["festivals"][number];

/** Days of a festival that are left on a day of the year, that one included. 0: it is not on. */
function daysLeft(world: World, { dayOfYear, days }: Festival, today: number): number {
  const gone = (today - dayOfYear + world.daysPerYear) % world.daysPerYear;
  return Math.max(0, Math.max(1, days) - gone);
}

function startFestival(
  world: World,
  { name, occurrence: kind }: Festival,
  region: string,
  endsMs: bigint,
  out: Outlet,
): void {
  const start = { kind, region, place: "", intensity: 0.5, minutes: 0, cause: `festival/${name}` };
  if (isPossible(world, start)) startOccurrence(world, start, out, { name, endsMs });
}

function drawOccurrences(world: World, out: Outlet): void {
  for (const { name: kind, dailyChance } of definitionOf(world).occurrenceKinds) {
    if (dailyChance === 0) continue;
    for (const region of regionNames(world)) {
      if (out.random.next() >= dailyChance) continue;
      const intensity = 0.3 + 0.6 * out.random.next();
      const start = { kind, region, place: "", intensity, minutes: 0, cause: "" };
      if (isPossible(world, start)) startOccurrence(world, start, out);
    }
  }
}

/** It is not there already, and there is room. */
function isPossible(world: World, start: Parameters<typeof checkNew>[1]): boolean {
  try {
    checkNew(world, start);
    return true;
  } catch (error) {
    if (error instanceof Rejection) return false;
    throw error;
  }
}
