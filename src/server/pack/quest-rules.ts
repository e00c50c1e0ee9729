import {
  ChoiceObjectiveSchema,
  DiscoveryObjectiveSchema,
  ItemAmountSchema,
  ObjectiveSchema,
  OccurrenceObjectiveSchema,
  PlayerObjectiveSchema,
  QuestDefinitionSchema,
  QuestObjectiveSchema,
  QuestOfferSchema,
  QuestRewardSchema,
  QuestStepSchema,
  StepMigrationSchema,
  WeatherObjectiveSchema,
} from "../../gen/tellurion/v1/quest_pb.ts";
import {
  distinct,
  distinctBy,
  type FieldRules,
  factTerm,
  id,
  list,
  nameOf,
  needed,
  number,
  optional,
  type Rule,
  whole,
  words,
} from "./rule.ts";

const region = optional(nameOf("region"));
const minutes = whole(0, 10_000_000);

/** The encounter, the NPC's role or the occurrence that is acted on. */
const targetKind: Rule = (value, path, context) => {
  const { names, refuse } = context;
  const text = String(value);
  const isKnown = [names.role, names.encounter, names.occurrence, names["trace kind"]].some(
    (known) => known.has(text),
  );
  if (!isKnown) refuse(path, value, "are roles, encounter kinds, occurrence kinds, trace kinds");
};

/** What an offer or an objective is: one of its cases has been chosen. */
const chosen =
  (valid: string): Rule =>
  (value, path, { refuse }) => {
    if ((value as { case?: string }).case === undefined) refuse(path, "", valid);
  };

/** What is valid in a quest, by message type. */
export const questRules: Readonly<Record<string, FieldRules>> = {
  [QuestDefinitionSchema.typeName]: {
    name: id,
    version: whole(1, 1_000_000),
    title: words(120, 1),
    summary: words(1_000),
    regions: distinct(list(64, region)),
    giverRole: optional(nameOf("role")),
    offer: needed("is onArrival, onOccurrence, byStoryteller or onTalk"),
    steps: distinctBy("id", list(32, undefined, 1)),
    minutes,
    againAfterMinutes: minutes,
    dialogue: optional(nameOf("dialogue")),
    migrations: list(128),
  },
  [QuestOfferSchema.typeName]: {
    when: (value, path, context) => {
      chosen("is onArrival, onOccurrence, byStoryteller or onTalk")(value, path, context);
      const when = value as { case?: string; value?: unknown };
      if (when.case === "onOccurrence") {
        nameOf("occurrence")(when.value, `${path}.onOccurrence`, context);
      }
    },
    after: distinct(list(32, nameOf("quest"))),
    facts: distinct(list(32, factTerm)),
  },
  [QuestStepSchema.typeName]: {
    id,
    text: words(1_000, 1),
    after: distinct(list(32)),
    objectives: list(8, undefined, 1),
    count: whole(0, 1_000),
    minutes,
  },
  [ObjectiveSchema.typeName]: {
    what: chosen("is player, occurrence, weather, discovery, quest or choice"),
  },
  [PlayerObjectiveSchema.typeName]: {
    verb: needed("are verbs: VERB_TRAVEL, VERB_TALK, …"),
    region,
    place: optional(nameOf("place")),
    targetKind: optional(targetKind),
    item: optional(nameOf("good")),
    placeKind: optional(nameOf("place kind")),
  },
  [OccurrenceObjectiveSchema.typeName]: { kind: nameOf("occurrence"), region },
  [WeatherObjectiveSchema.typeName]: { region, condition: nameOf("condition") },
  [DiscoveryObjectiveSchema.typeName]: { region, kind: optional(nameOf("trace kind")) },
  [QuestObjectiveSchema.typeName]: { quest: nameOf("quest") },
  [ChoiceObjectiveSchema.typeName]: { dialogue: nameOf("dialogue"), tag: words(100, 1) },
  [QuestRewardSchema.typeName]: {
    coins: whole(0, 1_000_000),
    items: list(16),
    reputation: number(-1, 1),
    facts: distinct(list(16, id)),
  },
  [ItemAmountSchema.typeName]: { item: nameOf("good"), amount: whole(1, 10_000) },
  [StepMigrationSchema.typeName]: { fromVersion: whole(1, 1_000_000), fromStep: id },
};
