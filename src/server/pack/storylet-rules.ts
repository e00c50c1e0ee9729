import { BeatKind, type Storylet, StoryletSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { isKey } from "../../runtime/index.ts";
import type { NameKind } from "./names.ts";
import { distinct, type FieldRules, id, list, nameOf, number, type Rule, whole } from "./rule.ts";

const minutesMax = 525_600;

/** What a storylet's subject names, by its kind. */
export const subjectKinds: Readonly<Partial<Record<BeatKind, NameKind>>> = {
  [BeatKind.ENCOUNTER]: "encounter",
  [BeatKind.OCCURRENCE]: "occurrence",
  [BeatKind.QUEST]: "quest",
  [BeatKind.WEATHER]: "condition",
  [BeatKind.STORY]: "dialogue",
};

const preconditionsValid =
  "are fact, !fact, season:NAME, phase:night|dawn|day|dusk, weather:NAME, severe, " +
  "intensity<N, intensity>N (N from 0 to 1), pacing:relax|build_up|peak|fade";
const reserved = /^(season|phase|weather|pacing|intensity|severe)\b/;

const precondition: Rule = (value, path, context) => {
  const text = String(value);
  const [word, name = ""] = text.split(/:(.*)/s);
  if (word === "season") return nameOf("season")(name, path, context);
  if (word === "weather") return nameOf("condition")(name, path, context);
  const isValid =
    /^(phase:(night|dawn|day|dusk)|pacing:(relax|build_up|peak|fade)|severe)$/.test(text) ||
    /^intensity[<>](0|1|[01]?\.\d{1,6})$/.test(text) ||
    (isKey(text.replace(/^!/, "")) && !reserved.test(text.replace(/^!/, "")));
  if (!isValid) context.refuse(path, value, preconditionsValid);
};

/** What is valid in a storylet. Its subject is looked at by its kind. */
export const storyletRules: Readonly<Record<string, FieldRules>> = {
  [StoryletSchema.typeName]: {
    name: id,
    kind: (value, path, { refuse }) => {
      if (subjectKinds[value as BeatKind] === undefined) {
        refuse(path, value, "are encounter, occurrence, quest, weather and story");
      }
    },
    regions: distinct(list(64, nameOf("region"))),
    placeKinds: distinct(list(64, nameOf("place kind"))),
    preconditions: distinct(list(16, precondition)),
    salience: number(0, 100),
    intensity: number(-1, 1),
    cost: number(0, 1_000_000),
    cooldownMinutes: whole(0, minutesMax),
    worldCooldownMinutes: whole(0, minutesMax),
    sets: distinct(list(16, id)),
    minutes: whole(0, minutesMax),
  },
};

/** What the storylet's kind carries out must be there. */
export function subjectRule({ kind }: Storylet): Rule | undefined {
  const names = subjectKinds[kind];
  return names && nameOf(names);
}
