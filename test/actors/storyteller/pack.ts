import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Plain } from "../../../src/actors/common/plain.ts";
import {
  BeatKind,
  type ConfigureStoryteller,
  ConfigureStorytellerSchema,
  type Personality,
  type Storylet,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";

type Init<Message> = Partial<Plain<Message>>;

export type StoryletInit = Init<Storylet> & { name: string };
export type PersonalityInit = Init<Personality>;
/** A pack with what a test leaves out of it left out. */
export type PackInit = {
  readonly [Field in keyof Plain<ConfigureStoryteller>]?: unknown;
} & {
  readonly personality?: PersonalityInit | undefined;
  readonly storylets?: readonly StoryletInit[];
};

export const classic: PersonalityInit = {
  name: "classic",
  title: "Classic",
  relax: { least: 20, most: 40 },
  buildUp: { least: 20, most: 60 },
  peak: { least: 5, most: 10 },
  fade: { least: 10, most: 60 },
  peakFrom: 0.7,
  relaxBelow: 0.3,
  decay: 0.03,
  pointsPerHour: 60,
  pointsMax: 100,
  lossFactor: 0.5,
  lossMinutes: 60,
  randomness: 0.1,
};

export const calm: PersonalityInit = {
  ...classic,
  name: "calm",
  relax: { least: 40, most: 90 },
  buildUp: { least: 40, most: 120 },
  peakFrom: 0.5,
  relaxBelow: 0.25,
  pointsPerHour: 30,
  pointsMax: 50,
  randomness: 0,
};

export const chance: PersonalityInit = { ...classic, name: "chance", randomness: 0.8 };

const base = { salience: 1, cooldownMinutes: 60 };

export const storylets: readonly StoryletInit[] = [
  { ...base, name: "errand", kind: BeatKind.QUEST, subject: "bread-errand", intensity: 0.08 },
  {
    ...{ ...base, name: "letter", kind: BeatKind.STORY, subject: "letter", intensity: 0.05 },
    ...{ preconditions: ["!has-letter"], sets: ["has-letter"] },
  },
  {
    ...{ ...base, name: "answer", kind: BeatKind.STORY, subject: "letter.answer", intensity: 0.1 },
    preconditions: ["has-letter", "pacing:relax"],
  },
  {
    ...{ ...base, name: "raid", kind: BeatKind.OCCURRENCE, subject: "raid", intensity: 0.3 },
    ...{ preconditions: ["pacing:build_up"], worldCooldownMinutes: 30, minutes: 40 },
  },
  {
    ...{ ...base, name: "fair", kind: BeatKind.OCCURRENCE, subject: "fair", intensity: -0.2 },
    preconditions: ["phase:day", "intensity<0.6"],
  },
  {
    ...{ ...base, name: "fog-bank", kind: BeatKind.WEATHER, subject: "fog", intensity: 0.12 },
    ...{ preconditions: ["pacing:build_up"], minutes: 60 },
  },
  {
    ...{ ...base, name: "storm-watch", kind: BeatKind.STORY, subject: "storm", intensity: 0.15 },
    preconditions: ["severe"],
  },
  {
    ...{ ...base, name: "omen", kind: BeatKind.STORY, subject: "omen", intensity: 0.2 },
    ...{ preconditions: ["intensity>0.2", "phase:night"], cooldownMinutes: 30 },
  },
  {
    ...{ ...base, name: "duel", kind: BeatKind.ENCOUNTER, subject: "brute", intensity: 0.5 },
    ...{ preconditions: ["pacing:build_up"], cost: 30, placeKinds: ["ruin", "road"] },
  },
  {
    ...{ ...base, name: "campfire", kind: BeatKind.STORY, subject: "campfire", intensity: -0.1 },
    ...{ preconditions: ["pacing:fade"], cooldownMinutes: 20 },
  },
];

export const packInit: PackInit = {
  personality: classic,
  personalities: [classic, calm, chance],
  storylets,
  encounterKinds: [
    { name: "wolves", cost: 15, strength: 0.3 },
    { name: "bandits", cost: 30, strength: 0.5, places: ["road", "ruin"] },
    { name: "brute", cost: 50, strength: 0.7, places: ["ruin"] },
    { name: "eels", cost: 10, strength: 0.2, climates: ["marsh"] },
  ],
  regions: [
    { name: "moor", climate: "highland" },
    { name: "fen", climate: "marsh" },
  ],
  places: [
    { id: "moor.inn", region: "moor", kind: "inn" },
    { id: "moor.road", region: "moor", kind: "road" },
    { id: "moor.ruin", region: "moor", kind: "ruin" },
    { id: "fen.hut", region: "fen", kind: "home" },
    { id: "fen.road", region: "fen", kind: "road" },
  ],
  occurrenceKinds: [
    { name: "raid", dangerous: true },
    { name: "fair", attractive: true },
  ],
};

/** A whole pack, changed where a test wants it so. */
export function packWith(changes: PackInit = {}) {
  const pack = { ...packInit, ...changes } as MessageInitShape<typeof ConfigureStorytellerSchema>;
  return codecOf(ConfigureStorytellerSchema).complete(pack);
}
