import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { LanguageDefinitionSchema } from "../../gen/tellurion/v1/language_pb.ts";
import { WorldMapSchema } from "../../gen/tellurion/v1/map_pb.ts";
import { NpcRoleSchema, PopulationSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import { QuestDefinitionSchema } from "../../gen/tellurion/v1/quest_pb.ts";
import { PersonalitySchema, StoryletSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { TraceTemplateSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import {
  EncounterKindSchema,
  FactionDefinitionSchema,
  FestivalSchema,
  GoodDefinitionSchema,
  OccurrenceKindSchema,
} from "../../gen/tellurion/v1/world_pb.ts";
import type { PackFile } from "./pack-file.ts";

interface PartKind<Desc extends DescMessage = DescMessage> {
  /** What each item of its files is. */
  readonly type: Desc;
  /** Items that it has at most. */
  readonly max: number;
}

/**
 * The parts of a pack that are lists of definitions. The part `quests` is in `quests.json`, in the
 * files of the folder `quests`, or in both; a file holds one definition or a list of them.
 */
export const partKinds = {
  map: { type: WorldMapSchema, max: 64 },
  factions: { type: FactionDefinitionSchema, max: 64 },
  goods: { type: GoodDefinitionSchema, max: 256 },
  occurrences: { type: OccurrenceKindSchema, max: 256 },
  encounters: { type: EncounterKindSchema, max: 64 },
  festivals: { type: FestivalSchema, max: 256 },
  roles: { type: NpcRoleSchema, max: 256 },
  population: { type: PopulationSchema, max: 4_096 },
  quests: { type: QuestDefinitionSchema, max: 1_000 },
  personalities: { type: PersonalitySchema, max: 16 },
  storylets: { type: StoryletSchema, max: 256 },
  traces: { type: TraceTemplateSchema, max: 256 },
  languages: { type: LanguageDefinitionSchema, max: 64 },
} as const satisfies Record<string, PartKind>;

export type PartName = keyof typeof partKinds;
export const partNames = Object.keys(partKinds) as PartName[];

/** A definition, and where it stands: in which file, and under which path in it. */
export interface Located<Value> {
  readonly value: Value;
  readonly file: PackFile;
  readonly path: string;
}

export type Parts = {
  readonly [Name in PartName]: readonly Located<MessageShape<(typeof partKinds)[Name]["type"]>>[];
};
