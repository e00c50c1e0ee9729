import {
  BeatKind,
  type ConfigureStoryteller as Message,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
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
import { parsePrecondition } from "./preconditions.ts";
import type { Configured, EncounterKind, Personality, Storylet } from "./state.ts";

export type ConfigureStoryteller = Plain<Message>;

export const storyletsMax = 256;
export const encounterKindsMax = 64;
export const regionsMax = 64;
const placesMax = 4_096;
const personalitiesMax = 16;
const occurrenceKindsMax = 256;
const preconditionsMax = 16;
const setsMax = 16;
const listMax = 64;
const titleMax = 200;
/** Game minutes: a year of 365 days. */
export const minutesMax = 525_600;
const pointsMax = 1_000_000;
const salienceMax = 100;
const encountersMax = 16;

type Fairness = Configured["fairness"];

/** What holds where a pack says nothing of fairness. */
export const fairnessDefault: Fairness = {
  starvationMinutes: 90,
  graceMinutes: 20,
  beatDistanceMinutes: 5,
  encountersPerPlayer: 1,
  encountersPerRegion: 3,
  presenceMinutes: 120,
  encounterMinutes: 60,
};

/** Throws a Rejection that names the first thing wrong; `path` is where the message stands: `storyteller.` */
export function checkConfiguration(message: ConfigureStoryteller, path = ""): void {
  const { personality, personalities, encounterKinds, regions, places, occurrenceKinds } = message;
  if (personality === undefined) {
    refuse(`${path}personality`, "", "is a personality: it is needed");
  }
  checkPersonality(personality, `${path}personality`);
  checkCount(`${path}personalities`, personalities.length, 0, personalitiesMax);
  checkNames(`${path}personalities`, personalities);
  personalities.forEach((one, i) => {
    checkPersonality(one, `${path}personalities[${i}]`);
  });
  checkCount(`${path}regions`, regions.length, 1, regionsMax);
  checkNames(`${path}regions`, regions);
  regions.forEach(({ climate }, i) => {
    if (climate !== "") checkId(`${path}regions[${i}].climate`, climate);
  });
  checkEncounterKinds(encounterKinds, `${path}encounter_kinds`);
  checkStorylets(message.storylets, encounterKinds, `${path}storylets`);
  checkPlaces(message, `${path}places`, places);
  checkCount(`${path}occurrence_kinds`, occurrenceKinds.length, 0, occurrenceKindsMax);
  checkNames(`${path}occurrence_kinds`, occurrenceKinds);
  if (message.fairness !== undefined) checkFairness(message.fairness, `${path}fairness`);
  checkBigint(`${path}game_ms`, message.gameMs, 0n, gameMsMax);
}

export function checkPersonality(personality: Personality, path: string): void {
  checkId(`${path}.name`, personality.name);
  checkTitle(`${path}.title`, personality.title);
  for (const name of ["relax", "buildUp", "peak", "fade"] as const) {
    const span = personality[name];
    const place = `${path}.${name === "buildUp" ? "build_up" : name}`;
    if (span === undefined) refuse(place, "", "is a span of game minutes: it is needed");
    checkNumber(`${place}.least`, span.least, 1, minutesMax);
    checkNumber(`${place}.most`, span.most, span.least, minutesMax);
  }
  checkNumber(`${path}.peak_from`, personality.peakFrom, 0.05, 1);
  checkNumber(`${path}.relax_below`, personality.relaxBelow, 0, personality.peakFrom);
  if (personality.relaxBelow === personality.peakFrom) {
    refuse(`${path}.relax_below`, personality.relaxBelow, "are numbers below peak_from");
  }
  checkNumber(`${path}.decay`, personality.decay, 0, 1);
  checkNumber(`${path}.points_per_hour`, personality.pointsPerHour, 0, pointsMax);
  checkNumber(`${path}.points_max`, personality.pointsMax, 0, pointsMax);
  checkNumber(`${path}.loss_factor`, personality.lossFactor, 0, 1);
  checkNumber(`${path}.loss_minutes`, personality.lossMinutes, 0, minutesMax);
  checkNumber(`${path}.randomness`, personality.randomness, 0, 1);
}

/** Storylets and encounter kinds share their names: decisions and vetoes name either. */
export function checkStorylets(
  storylets: readonly Storylet[],
  encounterKinds: readonly EncounterKind[],
  path: string,
): void {
  checkCount(path, storylets.length, 0, storyletsMax);
  checkNames(path, storylets);
  const encounters = encounterKinds.map(({ name }) => name);
  storylets.forEach((storylet, i) => {
    const place = `${path}[${i}]`;
    if (encounters.includes(storylet.name)) {
      refuse(`${place}.name`, storylet.name, "are names that no encounter kind has");
    }
    checkStorylet(storylet, encounters, place);
  });
}

function checkStorylet(storylet: Storylet, encounters: readonly string[], path: string): void {
  if (storylet.kind < BeatKind.ENCOUNTER || storylet.kind > BeatKind.STORY) {
    refuse(`${path}.kind`, storylet.kind, "are encounter, occurrence, quest, weather and story");
  }
  checkId(`${path}.subject`, storylet.subject);
  if (storylet.kind === BeatKind.ENCOUNTER) {
    checkOneOf(`${path}.subject`, storylet.subject, encounters);
  }
  checkIds(`${path}.regions`, storylet.regions, listMax);
  checkIds(`${path}.place_kinds`, storylet.placeKinds, listMax);
  checkCount(`${path}.preconditions`, storylet.preconditions.length, 0, preconditionsMax);
  storylet.preconditions.forEach((text, i) => {
    parsePrecondition(text, `${path}.preconditions[${i}]`);
  });
  checkNumber(`${path}.salience`, storylet.salience, 0, salienceMax);
  checkNumber(`${path}.intensity`, storylet.intensity, -1, 1);
  checkNumber(`${path}.cost`, storylet.cost, 0, pointsMax);
  checkInteger(`${path}.cooldown_minutes`, storylet.cooldownMinutes, 0, minutesMax);
  checkInteger(`${path}.world_cooldown_minutes`, storylet.worldCooldownMinutes, 0, minutesMax);
  checkIds(`${path}.sets`, storylet.sets, setsMax);
  checkInteger(`${path}.minutes`, storylet.minutes, 0, minutesMax);
}

function checkEncounterKinds(kinds: readonly EncounterKind[], path: string): void {
  checkCount(path, kinds.length, 0, encounterKindsMax);
  checkNames(path, kinds);
  kinds.forEach((kind, i) => {
    checkNumber(`${path}[${i}].cost`, kind.cost, 0, pointsMax);
    checkNumber(`${path}[${i}].strength`, kind.strength, 0, 1);
    checkIds(`${path}[${i}].places`, kind.places, listMax);
    checkIds(`${path}[${i}].climates`, kind.climates, listMax);
  });
}

function checkPlaces(
  { regions }: ConfigureStoryteller,
  path: string,
  places: ConfigureStoryteller["places"],
): void {
  const names = regions.map(({ name }) => name);
  const seen = new Set<string>();
  checkCount(path, places.length, 0, placesMax);
  places.forEach(({ id, region, kind }, i) => {
    checkId(`${path}[${i}].id`, id);
    if (seen.has(id)) refuse(`${path}[${i}].id`, id, "are ids that no other place has");
    seen.add(id);
    checkOneOf(`${path}[${i}].region`, region, names);
    checkId(`${path}[${i}].kind`, kind);
  });
}

function checkFairness(fairness: Fairness, path: string): void {
  checkInteger(`${path}.starvation_minutes`, fairness.starvationMinutes, 0, minutesMax);
  checkInteger(`${path}.grace_minutes`, fairness.graceMinutes, 0, minutesMax);
  checkInteger(`${path}.beat_distance_minutes`, fairness.beatDistanceMinutes, 0, minutesMax);
  checkInteger(`${path}.encounters_per_player`, fairness.encountersPerPlayer, 0, encountersMax);
  checkInteger(`${path}.encounters_per_region`, fairness.encountersPerRegion, 0, encountersMax);
  checkInteger(`${path}.presence_minutes`, fairness.presenceMinutes, 0, minutesMax);
  checkInteger(`${path}.encounter_minutes`, fairness.encounterMinutes, 0, minutesMax);
}

/** Fills in what a pack leaves out. */
export function fairnessOf({ fairness }: ConfigureStoryteller): Fairness {
  const said = { ...fairnessDefault, ...fairness };
  for (const name of Object.keys(fairnessDefault) as (keyof Fairness)[]) {
    if (said[name] === 0) said[name] = fairnessDefault[name];
  }
  return said;
}

function checkIds(path: string, ids: readonly string[], max: number): void {
  checkCount(path, ids.length, 0, max);
  ids.forEach((id, i) => {
    checkId(`${path}[${i}]`, id);
  });
}

function checkTitle(path: string, title: string): void {
  if (title.length > titleMax) refuse(path, title, `are texts of at most ${titleMax} characters`);
}
