import { BeatKind } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { fightPhases } from "./guards.ts";
import { type Precondition, parsePrecondition } from "./preconditions.ts";
import type { EncounterKind, Personality, Storylet } from "./state.ts";

/** Something wrong with a storylet. `path` is the field, from the storylet on: `preconditions[2]`. */
export interface StoryletFinding {
  readonly storylet: string;
  readonly path: string;
  readonly text: string;
}

/** What a world has, by which storylets are checked. What is left out is not looked at. */
export interface StoryletSurroundings {
  readonly encounterKinds: readonly Pick<EncounterKind, "name" | "places">[];
  readonly occurrenceKinds?: readonly string[];
  readonly quests?: readonly string[];
  /** Names of dialogues or of their nodes. */
  readonly storyNodes?: readonly string[];
  /** Conditions that the weather of each region may be in. */
  readonly conditions?: ReadonlyMap<string, readonly string[]>;
  readonly regions: readonly string[];
  readonly places: readonly { readonly region: string; readonly kind: string }[];
  readonly seasons?: readonly string[];
  readonly personalities: readonly Pick<Personality, "pointsMax">[];
  /** Facts that hold at first, or that quests and dialogues make true. */
  readonly facts?: readonly string[];
}

type Report = (path: string, text: string) => void;

/** Looks for storylets that name what there is not, and for those that can never happen. */
export function checkStoryletsIn(
  storylets: readonly Storylet[],
  world: StoryletSurroundings,
): StoryletFinding[] {
  const findings: StoryletFinding[] = [];
  const made = new Set([...storylets.flatMap(({ sets }) => sets), ...(world.facts ?? [])]);
  for (const storylet of storylets) {
    const report: Report = (path, text) => findings.push({ storylet: storylet.name, path, text });
    const preconditions = parsedOf(storylet, report);
    checkSubject(storylet, world, report);
    checkPlaces(storylet, world, report);
    checkChance(storylet, preconditions, world, report);
    checkContradictions(preconditions, report);
    for (const [path, precondition] of preconditions) {
      checkNamed(storylet, precondition, world, made, (text) => report(path, text));
    }
  }
  return findings;
}

type Parsed = readonly (readonly [path: string, precondition: Precondition])[];

function parsedOf({ preconditions }: Storylet, report: Report): Parsed {
  return preconditions.flatMap((text, i): Parsed => {
    const path = `preconditions[${i}]`;
    try {
      return [[path, parsePrecondition(text, path)]];
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      report(path, error.message);
      return [];
    }
  });
}

/** What there is of a subject's kind. Undefined: nobody said. */
function subjectsOf({ kind, regions }: Storylet, world: StoryletSurroundings) {
  switch (kind) {
    case BeatKind.ENCOUNTER:
      return world.encounterKinds.map(({ name }) => name);
    case BeatKind.OCCURRENCE:
      return world.occurrenceKinds;
    case BeatKind.QUEST:
      return world.quests;
    case BeatKind.STORY:
      return world.storyNodes;
    case BeatKind.WEATHER:
      return world.conditions && conditionsIn(world.conditions, regions);
    default:
      return [];
  }
}

function conditionsIn(
  conditions: ReadonlyMap<string, readonly string[]>,
  regions: readonly string[],
): string[] {
  const where = regions.length === 0 ? [...conditions.keys()] : regions;
  return [...new Set(where.flatMap((region) => conditions.get(region) ?? []))];
}

function checkSubject(storylet: Storylet, world: StoryletSurroundings, report: Report): void {
  const subjects = subjectsOf(storylet, world);
  if (subjects === undefined || subjects.includes(storylet.subject)) return;
  report("subject", `${shown(storylet.subject)} does not exist; valid ${list(subjects)}`);
}

function checkPlaces(storylet: Storylet, world: StoryletSurroundings, report: Report): void {
  const { regions, placeKinds } = storylet;
  regions.forEach((region, i) => {
    if (world.regions.includes(region)) return;
    report(`regions[${i}]`, `${shown(region)} does not exist; valid ${list(world.regions)}`);
  });
  if (placeKinds.length === 0) return;
  const suits = world.places.some(
    ({ region, kind }) =>
      placeKinds.includes(kind) && (regions.length === 0 || regions.includes(region)),
  );
  if (suits) return;
  const kinds = [...new Set(world.places.map(({ kind }) => kind))];
  report("place_kinds", `no place of its regions is of any of these kinds; valid ${list(kinds)}`);
}

/** Whether points, salience and phase ever let it happen. */
function checkChance(
  { kind, cost, salience }: Storylet,
  preconditions: Parsed,
  { personalities }: StoryletSurroundings,
  report: Report,
): void {
  if (salience === 0) report("salience", "0 is never better than nothing; valid are more than 0");
  const most = Math.max(0, ...personalities.map(({ pointsMax }) => pointsMax));
  if (personalities.length > 0 && cost > most) {
    report("cost", `${cost} can never be saved up; valid are at most ${most}`);
  }
  if (kind !== BeatKind.ENCOUNTER) return;
  for (const [path, precondition] of preconditions) {
    if (precondition.of !== "pacing") continue;
    if (fightPhases.includes(precondition.pacing)) continue;
    report(path, "an encounter never happens then; valid are build_up and peak");
  }
}

function checkContradictions(preconditions: Parsed, report: Report): void {
  preconditions.forEach(([path, one], i) => {
    const earlier = preconditions.slice(0, i).find(([, other]) => excludes(one, other));
    if (earlier === undefined) return;
    report(path, `it never holds together with ${earlier[0]}: the storylet can never happen`);
  });
}

/** Whether two preconditions can never hold at the same time. */
function excludes(a: Precondition, b: Precondition): boolean {
  if (a.of === "fact" && b.of === "fact") return a.fact === b.fact && a.holds !== b.holds;
  if (a.of === "season" && b.of === "season") return a.season !== b.season;
  if (a.of === "phase" && b.of === "phase") return a.phase !== b.phase;
  if (a.of === "weather" && b.of === "weather") return a.condition !== b.condition;
  if (a.of === "pacing" && b.of === "pacing") return a.pacing !== b.pacing;
  if (a.of !== "intensity" || b.of !== "intensity" || a.above === b.above) return false;
  return a.above ? a.bound >= b.bound : b.bound >= a.bound;
}

/** Whether what a precondition names exists, and whether it can come to hold. */
function checkNamed(
  { regions }: Storylet,
  precondition: Precondition,
  world: StoryletSurroundings,
  made: ReadonlySet<string>,
  report: (text: string) => void,
): void {
  switch (precondition.of) {
    case "season":
      if (world.seasons === undefined || world.seasons.includes(precondition.season)) return;
      report(`${shown(precondition.season)} does not exist; valid ${list(world.seasons)}`);
      return;
    case "weather": {
      const conditions = world.conditions && conditionsIn(world.conditions, regions);
      if (conditions === undefined || conditions.includes(precondition.condition)) return;
      report(`${shown(precondition.condition)} does not exist there; valid ${list(conditions)}`);
      return;
    }
    case "fact":
      if (world.facts === undefined || !precondition.holds || made.has(precondition.fact)) return;
      report(`nothing ever makes ${shown(precondition.fact)} true; valid ${list([...made])}`);
      return;
    case "intensity":
      if (precondition.above ? precondition.bound < 1 : precondition.bound > 0) return;
      report(`intensity is never ${precondition.above ? "above 1" : "below 0"}`);
      return;
    default:
      return;
  }
}

function shown(name: string): string {
  return JSON.stringify(name);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "is nothing: the world has none" : `are ${names.join(", ")}`;
}
