import { LanguageDefinitionSchema } from "../../gen/tellurion/v1/language_pb.ts";
import { PlaceSchema, RoadSchema, WorldMapSchema } from "../../gen/tellurion/v1/map_pb.ts";
import {
  NpcRoleSchema,
  PopulationSchema,
  ScheduleSlotSchema,
} from "../../gen/tellurion/v1/npc_pb.ts";
import { PersonalitySchema, SpanSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { TraceTemplateSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import {
  EncounterKindSchema,
  FactionDefinitionSchema,
  FactionRelationSchema,
  FestivalSchema,
  GoodDefinitionSchema,
  OccurrenceKindSchema,
} from "../../gen/tellurion/v1/world_pb.ts";
import { questRules } from "./quest-rules.ts";
import {
  distinct,
  distinctBy,
  type FieldRules,
  id,
  list,
  nameOf,
  needed,
  number,
  optional,
  whole,
  words,
} from "./rule.ts";
import { storyletRules } from "./storylet-rules.ts";

const title = words(200);
const listMax = 64;
const metresMax = 1e7;
const traitCount = 8;
const soundsMax = 64;
/** Game minutes: a year of 365 days. */
const minutesMax = 525_600;
const share = number(0, 1);
const factor = number(0, 100);
const spanNeeded = needed("is a span of game minutes: it is needed");

const wordPattern = /^([a-z0-9_.:-]{1,64})=\S{1,64}$/u;

/** What is valid in each message, by its type: names, ranges, and what is referred to. */
export const rules: Readonly<Record<string, FieldRules>> = {
  ...questRules,
  ...storyletRules,
  [WorldMapSchema.typeName]: {
    places: list(512),
    roads: list(4_096),
    nextHops: mustBeLeftOut("is nothing: it is worked out"),
    distances: mustBeLeftOut("is nothing: it is worked out"),
  },
  [PlaceSchema.typeName]: {
    id,
    region: nameOf("region"),
    kind: id,
    x: number(-metresMax, metresMax),
    y: number(-metresMax, metresMax),
    tags: distinct(list(16, id)),
  },
  [RoadSchema.typeName]: { from: nameOf("place"), to: nameOf("place"), effort: number(0.01, 100) },
  [FactionDefinitionSchema.typeName]: {
    name: id,
    title,
    power: number(0, 100),
    regions: distinct(list(listMax, nameOf("region"))),
    relations: distinctBy("faction", list(listMax)),
    language: optional(nameOf("language")),
  },
  [FactionRelationSchema.typeName]: { faction: nameOf("faction"), value: number(-1, 1) },
  [GoodDefinitionSchema.typeName]: {
    name: id,
    title,
    price: whole(1, 1_000_000),
    gatheredAt: distinct(list(listMax, nameOf("place kind"))),
    volatility: number(0.1, 2),
  },
  [OccurrenceKindSchema.typeName]: {
    name: id,
    title,
    minutes: whole(1, minutesMax),
    priceFactor: number(0, 10),
    powerChange: number(-100, 100),
    dailyChance: share,
  },
  [EncounterKindSchema.typeName]: {
    name: id,
    title,
    cost: number(0, 1_000_000),
    strength: share,
    places: distinct(list(listMax, nameOf("place kind"))),
    climates: distinct(list(listMax, nameOf("climate"))),
    drops: distinct(list(listMax, nameOf("good"))),
  },
  [FestivalSchema.typeName]: {
    name: id,
    title,
    days: whole(1, 100),
    regions: distinct(list(listMax, nameOf("region"))),
    occurrence: nameOf("occurrence"),
  },
  [NpcRoleSchema.typeName]: {
    name: id,
    title,
    schedule: list(48, undefined, 1),
    traits: list(traitCount, share),
    makes: distinct(list(16, nameOf("good"))),
    needs: distinct(list(16, nameOf("good"))),
  },
  [ScheduleSlotSchema.typeName]: {
    activity: needed("are activities: NPC_ACTIVITY_SLEEP, NPC_ACTIVITY_WORK, …"),
    placeKind: optional(nameOf("place kind")),
    days: distinct(list(16)),
  },
  [PopulationSchema.typeName]: {
    region: nameOf("region"),
    role: nameOf("role"),
    count: whole(1, 65_536),
    faction: optional(nameOf("faction")),
  },
  [PersonalitySchema.typeName]: {
    name: id,
    title,
    relax: spanNeeded,
    buildUp: spanNeeded,
    peak: spanNeeded,
    fade: spanNeeded,
    peakFrom: number(0.05, 1),
    relaxBelow: share,
    decay: share,
    pointsPerHour: number(0, 1_000_000),
    pointsMax: number(0, 1_000_000),
    lossFactor: share,
    lossMinutes: number(0, minutesMax),
    randomness: share,
  },
  [SpanSchema.typeName]: { least: number(1, minutesMax), most: number(1, minutesMax) },
  [TraceTemplateSchema.typeName]: {
    name: id,
    cause: id,
    kind: id,
    weight: share,
    halfLifeHours: number(0.01, 1_000_000),
    rain: factor,
    snow: factor,
    wind: factor,
    dust: factor,
    texts: list(32, words(500, 1), 1),
    asset: id,
    concepts: list(32, nameOf("concept")),
  },
  [LanguageDefinitionSchema.typeName]: {
    name: id,
    title,
    parent: optional(nameOf("language")),
    soundChanges: list(listMax, words(100, 1)),
    consonants: distinct(list(soundsMax, words(8, 1))),
    vowels: distinct(list(soundsMax, words(8, 1))),
    syllables: distinct(list(16, words(16, 1))),
    words: list(1_000, (value, path, context) => {
      const concept = wordPattern.exec(String(value))?.[1];
      if (concept === undefined) context.refuse(path, value, "are words as concept=word");
      else nameOf("concept")(concept, path, context);
    }),
  },
};

function mustBeLeftOut(valid: string) {
  return ((value, path, { refuse }) => {
    if ((value as Uint8Array).length > 0) refuse(path, "…", valid);
  }) as FieldRules[string];
}
