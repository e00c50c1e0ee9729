import { QuestOutcome, QuestScope } from "../../gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../gen/tellurion/v1/world_pb.ts";
import { isKey } from "../../runtime/index.ts";
import { checkCount, checkId, checkInteger, checkNumber, refuse } from "../common/checks.ts";
import { type Definition, isRequired, type Objective, type Step } from "./book.ts";
import {
  coinsMax,
  countMax,
  itemAmountMax,
  migrationsMax,
  minutesMax,
  objectivesMax,
  prerequisitesMax,
  regionsMax,
  rewardFactsMax,
  rewardItemsMax,
  stepsMax,
  textLengthMax,
  titleLengthMax,
} from "./limits.ts";

const numberMax = 4_294_967_295;
const scopes: readonly number[] = Object.values(QuestScope);
const verbs: readonly number[] = Object.values(Verb).filter((verb) => verb !== Verb.UNSPECIFIED);
const outcomes: readonly number[] = Object.values(QuestOutcome);

/**
 * Throws a Rejection that names the first thing in a definition that no actor could work with;
 * `path` is where it stands: `quests[0].`
 */
export function checkStructure(quest: Definition, path: string): void {
  checkId(`${path}name`, quest.name);
  checkInteger(`${path}version`, quest.version, 0, numberMax);
  checkText(`${path}title`, quest.title, titleLengthMax);
  checkText(`${path}summary`, quest.summary, textLengthMax);
  checkEnum(`${path}scope`, quest.scope, scopes);
  checkIds(`${path}regions`, quest.regions, regionsMax);
  checkOptional(`${path}giver_role`, quest.giverRole);
  checkOptional(`${path}dialogue`, quest.dialogue);
  checkInteger(`${path}minutes`, quest.minutes, 0, minutesMax);
  checkInteger(`${path}again_after_minutes`, quest.againAfterMinutes, 0, minutesMax);
  checkOffer(quest, `${path}offer.`);
  checkSteps(quest.steps, `${path}steps`);
  checkReward(quest.reward, `${path}reward.`);
  checkMigrations(quest, `${path}migrations`);
}

function checkOffer({ offer }: Definition, path: string): void {
  if (offer === undefined) return;
  if (offer.when.case === "onOccurrence") checkId(`${path}on_occurrence`, offer.when.value);
  checkIds(`${path}after`, offer.after, prerequisitesMax);
  checkCount(`${path}facts`, offer.facts.length, 0, prerequisitesMax);
  offer.facts.forEach((fact, i) => {
    if (!isKey(fact.startsWith("!") ? fact.slice(1) : fact)) {
      refuse(`${path}facts[${i}]`, fact, "are a fact and ! before a fact");
    }
  });
}

function checkSteps(steps: readonly Step[], path: string): void {
  checkCount(path, steps.length, 1, stepsMax);
  const ids = new Set<string>();
  steps.forEach((step, i) => {
    checkId(`${path}[${i}].id`, step.id);
    if (ids.has(step.id)) refuse(`${path}[${i}].id`, step.id, "are ids that no other step has");
    ids.add(step.id);
  });
  steps.forEach((step, i) => {
    checkStep(step, `${path}[${i}].`, ids);
  });
  checkOrder(steps, path);
  if (!steps.some(isRequired)) {
    refuse(`${path} (required)`, 0, "is at least 1 step that is neither optional nor fails");
  }
}

function checkStep(step: Step, path: string, ids: ReadonlySet<string>): void {
  checkText(`${path}text`, step.text, textLengthMax);
  step.after.forEach((id, i) => {
    if (!ids.has(id)) refuse(`${path}after[${i}]`, id, "are ids of the quest's steps");
    if (step.after.indexOf(id) !== i) refuse(`${path}after[${i}]`, id, "are ids named once");
  });
  checkInteger(`${path}after_count`, step.afterCount, 0, step.after.length);
  checkInteger(`${path}count`, step.count, 0, countMax);
  checkInteger(`${path}minutes`, step.minutes, 0, minutesMax);
  checkCount(`${path}objectives`, step.objectives.length, 1, objectivesMax);
  step.objectives.forEach((objective, i) => {
    checkObjective(objective, `${path}objectives[${i}].`);
  });
}

/** Steps that wait for each other in a circle are never opened. */
function checkOrder(steps: readonly Step[], path: string): void {
  const settled = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const { id, after } of steps) {
      if (settled.has(id) || !after.every((other) => settled.has(other))) continue;
      settled.add(id);
      grown = true;
    }
  }
  const at = steps.findIndex(({ id }) => !settled.has(id));
  if (at < 0) return;
  const { after } = steps[at] as Step;
  refuse(`${path}[${at}].after`, after.join(), "are steps that do not wait for this one in turn");
}

function checkObjective({ what }: Objective, path: string): void {
  if (what.case === undefined) {
    const valid = "are player, occurrence, weather, discovery, quest and choice";
    refuse(`${path}what`, "", valid);
  }
  if (what.case === "player") checkEnum(`${path}player.verb`, what.value.verb, verbs);
  if (what.case === "occurrence") checkId(`${path}occurrence.kind`, what.value.kind);
  if (what.case === "quest") {
    checkId(`${path}quest.quest`, what.value.quest);
    checkEnum(`${path}quest.outcome`, what.value.outcome, outcomes);
  }
  for (const [name, value] of Object.entries(what.value)) {
    if (typeof value !== "string" || name.startsWith("$")) continue;
    // A tag is the author's own text: `give:bread` and whatever else ink takes.
    if (name === "tag") checkText(`${path}${what.case}.tag`, value, titleLengthMax);
    else checkOptional(`${path}${what.case}.${name}`, value);
  }
}

/** Checks a reward; it may be left out. */
export function checkReward(reward: Definition["reward"], path: string): void {
  if (reward === undefined) return;
  checkInteger(`${path}coins`, reward.coins, 0, coinsMax);
  checkNumber(`${path}reputation`, reward.reputation, -1, 1);
  checkIds(`${path}facts`, reward.facts, rewardFactsMax);
  checkCount(`${path}items`, reward.items.length, 0, rewardItemsMax);
  reward.items.forEach(({ item, amount }, i) => {
    checkId(`${path}items[${i}].item`, item);
    checkInteger(`${path}items[${i}].amount`, amount, 1, itemAmountMax);
  });
}

function checkMigrations({ steps, version, migrations }: Definition, path: string): void {
  checkCount(path, migrations.length, 0, migrationsMax);
  migrations.forEach(({ fromVersion, fromStep, toStep }, i) => {
    checkId(`${path}[${i}].from_step`, fromStep);
    if (fromVersion >= version) {
      refuse(`${path}[${i}].from_version`, fromVersion, `are versions below ${version}`);
    }
    if (toStep !== "" && !steps.some(({ id }) => id === toStep)) {
      refuse(`${path}[${i}].to_step`, toStep, "are ids of the quest's steps, or nothing");
    }
    const first = migrations.findIndex(
      (other) => other.fromVersion === fromVersion && other.fromStep === fromStep,
    );
    if (first !== i) refuse(`${path}[${i}].from_step`, fromStep, "are steps named once a version");
  });
}

function checkText(path: string, text: string, lengthMax: number): void {
  if (text.length > lengthMax) refuse(path, text, `are texts of at most ${lengthMax} characters`);
}

function checkOptional(path: string, id: string): void {
  if (id !== "") checkId(path, id);
}

export function checkIds(path: string, ids: readonly string[], most: number): void {
  checkCount(path, ids.length, 0, most);
  ids.forEach((id, i) => {
    checkId(`${path}[${i}]`, id);
  });
}

function checkEnum(path: string, value: number, valid: readonly number[]): void {
  if (!valid.includes(value)) refuse(path, value, `are ${valid.join(", ")}`);
}
