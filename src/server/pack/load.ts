import { join } from "node:path";
import { checkOneOf } from "../../actors/common/checks.ts";
import { checkClimate, conditionNames, seasonNames } from "../../actors/weather/climate.ts";
import type { Calendar } from "../../gen/tellurion/v1/clock_pb.ts";
import { ClimateSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import type { Bootstrap } from "../../runtime/host.ts";
import { applyRules } from "./apply-rules.ts";
import { decode } from "./decode.ts";
import { areNames } from "./fault.ts";
import { Faults } from "./faults.ts";
import { readDialogues } from "./ink/read-dialogues.ts";
import { packMessages } from "./messages.ts";
import type { NameKind, PackNames } from "./names.ts";
import type { Pack, PackClimate } from "./pack.ts";
import { readJson } from "./pack-file.ts";
import { type Parts, partKinds, partNames } from "./parts.ts";
import { listFiles, readParts } from "./read-parts.ts";
import { noteRefusals } from "./service-refusals.ts";
import { idsOf, readWorldFile, type WorldPlan } from "./world-file.ts";

const conceptsMax = 1_000;

/** A pack, and all that is wrong with it. There is no pack unless nothing is. */
export interface LoadedPack {
  readonly pack: Pack | undefined;
  /** What every actor of its world is told first. */
  readonly messages: readonly Bootstrap[];
  readonly faults: Faults;
}

/** Reads all files of a pack, and checks each value and each reference in them. */
export async function loadPack(directory: string): Promise<LoadedPack> {
  const faults = new Faults();
  const plan = await readWorldFile(directory, faults);
  const listing = await listFiles(directory, faults);
  const climates = await readClimates(directory, plan?.climates ?? [], faults);
  const parts = await readParts(directory, listing, faults);
  const concepts = await readConcepts(directory, listing.get("") ?? [], faults);
  const dialogues = await readDialogues(directory, listing.get("dialogues") ?? [], faults);
  if (plan === undefined || faults.count > 0) return { pack: undefined, messages: [], faults };
  const names = namesOf(plan, climates, parts, concepts, dialogues);
  const pack: Pack = { plan, climates, parts, concepts, dialogues, names };
  checkWorldFile(pack, faults);
  for (const part of partNames) {
    for (const { value, file, path } of parts[part]) {
      applyRules(partKinds[part].type, value, path, {
        names,
        refuse: (place, found, valid) => faults.refuse(file, place, found, valid),
      });
    }
  }
  notePlacesTwice(parts, faults);
  if (faults.count > 0) return { pack: undefined, messages: [], faults };
  const messages = packMessages(pack);
  noteRefusals(pack, messages, faults);
  return faults.count === 0
    ? { pack, messages, faults }
    : { pack: undefined, messages: [], faults };
}

async function readClimates(
  directory: string,
  names: readonly string[],
  faults: Faults,
): Promise<Map<string, PackClimate>> {
  const climates = new Map<string, PackClimate>();
  for (const name of names) {
    const file = await readJson(join(directory, "climates", `${name}.json`), faults);
    const climate = file && decode(ClimateSchema, file.json, file, "", faults);
    if (file === undefined || climate === undefined) continue;
    faults.attempt(file, () => {
      checkOneOf("name", climate.name, [name]);
      checkClimate(climate, "");
    });
    climates.set(name, { climate, file });
  }
  return climates;
}

async function readConcepts(
  directory: string,
  files: readonly string[],
  faults: Faults,
): Promise<readonly string[]> {
  const name = files.find((file) => /^concepts\.jsonc?$/.test(file));
  const file = name === undefined ? undefined : await readJson(join(directory, name), faults);
  if (file === undefined) return [];
  return faults.attempt(file, () => idsOf(file.json, "", 0, conceptsMax)) ?? [];
}

/** Regions, seasons and the storyteller have to do with other files. */
function checkWorldFile({ plan, climates, names }: Pack, faults: Faults): void {
  const { file, regions, clock, storyteller } = plan;
  const calendar = clock.calendar as Calendar;
  regions.forEach((region, i) => {
    const path = `regions[${i}]`;
    faults.attempt(file, () => {
      checkOneOf(`${path}.climate`, region.climate, [...climates.keys()]);
      const { climate } = climates.get(region.climate) as PackClimate;
      checkOneOf(`${path}.condition`, region.condition, conditionNames(climate));
      for (const season of calendar.seasons) {
        checkOneOf(`clock.calendar.seasons (for ${path})`, season.name, seasonNames(climate));
      }
    });
    const { language } = region;
    if (language !== "" && !names.language.has(language)) {
      faults.refuse(file, `${path}.language`, language, areNames(names.language, language));
    }
  });
  const { personality } = storyteller;
  if (personality !== "" && !names.personality.has(personality)) {
    const valid = areNames(names.personality, personality);
    faults.refuse(file, "storyteller.personality", personality, valid);
  }
}

function notePlacesTwice({ map }: Parts, faults: Faults): void {
  const seen = new Set<string>();
  for (const { value, file, path } of map) {
    value.places.forEach(({ id }, i) => {
      if (seen.has(id)) {
        const place = `${path}${path && "."}places[${i}].id`;
        faults.refuse(file, place, id, "are ids that no other place has");
      }
      seen.add(id);
    });
  }
}

function namesOf(
  plan: WorldPlan,
  climates: ReadonlyMap<string, PackClimate>,
  parts: Parts,
  concepts: readonly string[],
  dialogues: Pack["dialogues"],
): PackNames {
  const places = parts.map.flatMap(({ value }) => value.places);
  const all = [...climates.values()].map(({ climate }) => climate);
  const named = (items: readonly { readonly value: { readonly name: string } }[]) =>
    items.map(({ value }) => value.name);
  const lists: Record<NameKind, readonly string[]> = {
    region: plan.regions.map(({ name }) => name),
    place: places.map(({ id }) => id),
    "place kind": places.map(({ kind }) => kind),
    climate: [...climates.keys()],
    condition: all.flatMap(conditionNames),
    season: (plan.clock.calendar as Calendar).seasons.map(({ name }) => name),
    faction: named(parts.factions),
    good: named(parts.goods),
    occurrence: named(parts.occurrences),
    encounter: named(parts.encounters),
    role: named(parts.roles),
    quest: named(parts.quests),
    dialogue: named(dialogues),
    language: named(parts.languages),
    concept: concepts,
    personality: named(parts.personalities),
    "trace kind": parts.traces.map(({ value }) => value.kind),
  };
  const sets = Object.entries(lists).map(([kind, list]) => [kind, new Set(list)] as const);
  return Object.fromEntries(sets) as unknown as PackNames;
}
