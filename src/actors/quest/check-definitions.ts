import { QuestOutcome } from "../../gen/tellurion/v1/quest_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { type Definition, isRequired } from "./book.ts";
import { checkStructure } from "./check-structure.ts";
import type { Known } from "./known.ts";
import { type PlanWorld, planOf } from "./plan.ts";
import { isSpared } from "./steps.ts";

/** Something about a quest that its author should look at. */
export interface Finding {
  /** Name of the quest. */
  readonly quest: string;
  /** Where it stands: `quests[3].steps[1]`. */
  readonly path: string;
  readonly text: string;
  /** `error`: the quest cannot be offered or completed. `warning`: less than it says. */
  readonly severity: "error" | "warning";
}

/** What is wrong with quests, given what there is in their world. Changes and throws nothing. */
export function checkDefinitions(quests: readonly Definition[], known: Known): Finding[] {
  const findings: Finding[] = [];
  const sound = quests.filter((quest, i) => {
    const finding = structureFinding(quest, `quests[${i}]`);
    const twin = quests.findIndex(({ name }) => name === quest.name) !== i;
    if (twin) findings.push(error(quest, `quests[${i}].name`, "another quest has the same name"));
    if (finding) findings.push(finding);
    return finding === undefined && !twin;
  });
  const winnable = winnableOf(sound, known);
  const world = worldWith(sound, known, winnable);
  for (const quest of sound) {
    const path = `quests[${quests.indexOf(quest)}]`;
    findings.push(...offerFindings(quest, path, world, sound));
    findings.push(...offerAfterFindings(quest, path, sound, winnable));
    findings.push(...stepFindings(quest, path, world));
    findings.push(...nameFindings(quest, path, known));
  }
  return findings;
}

function error(quest: Definition, path: string, text: string): Finding {
  return { quest: quest.name, path, text, severity: "error" };
}

function warning(quest: Definition, path: string, text: string): Finding {
  return { quest: quest.name, path, text, severity: "warning" };
}

function structureFinding(quest: Definition, path: string): Finding | undefined {
  try {
    checkStructure(quest, `${path}.`);
    return undefined;
  } catch (refusal) {
    if (refusal instanceof Rejection) return error(quest, path, refusal.message);
    throw refusal;
  }
}

/**
 * Quests that can be offered and completed. It grows from those that need no other one; what is
 * left out at the end waits for itself, or for something that cannot be.
 */
function winnableOf(quests: readonly Definition[], known: Known): ReadonlySet<string> {
  const winnable = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    const world = worldWith(quests, known, winnable);
    for (const quest of quests) {
      if (winnable.has(quest.name) || !isWinnable(quest, world, winnable)) continue;
      winnable.add(quest.name);
      grown = true;
    }
  }
  return winnable;
}

function isWinnable(quest: Definition, world: PlanWorld, winnable: ReadonlySet<string>): boolean {
  if (!(quest.offer?.after ?? []).every((name) => winnable.has(name))) return false;
  if (missingFacts(quest, world).length > 0) return false;
  const stuck = new Set(planOf(quest, world).stuck.map(({ step }) => step));
  return quest.steps.every((step, i) => !stuck.has(step.id) || !isNeeded(quest, i, stuck));
}

/** The quest is not completed without it: it is required, and no other way leads around it. */
function isNeeded(quest: Definition, index: number, stuck: ReadonlySet<string>): boolean {
  const step = quest.steps[index];
  const canBeDone = (i: number) => !stuck.has(quest.steps[i]?.id ?? "");
  return step !== undefined && isRequired(step) && !isSpared(quest, index, canBeDone);
}

function worldWith(
  quests: readonly Definition[],
  known: Known,
  winnable: ReadonlySet<string>,
): PlanWorld {
  const done = quests.filter(({ name }) => winnable.has(name));
  const rewards = done.flatMap(({ reward }) => (reward ? [reward] : []));
  const facts = known.facts && [...known.facts, ...rewards.flatMap(({ facts }) => facts)];
  return {
    ...known,
    ...(facts ? { facts } : {}),
    rewardItems: new Set(rewards.flatMap(({ items }) => items.map(({ item }) => item))),
    whyNotEnded: (quest, outcome) => {
      if (!quests.some(({ name }) => name === quest)) return `quest ${quest} is not known`;
      const ends = outcome !== QuestOutcome.COMPLETED && outcome !== QuestOutcome.UNSPECIFIED;
      return ends || winnable.has(quest) ? undefined : `quest ${quest} can never be completed`;
    },
  };
}

function missingFacts({ offer }: Definition, { facts }: Known): string[] {
  if (facts === undefined) return [];
  return (offer?.facts ?? []).filter((fact) => !fact.startsWith("!") && !facts.includes(fact));
}

function offerFindings(
  quest: Definition,
  path: string,
  world: PlanWorld,
  quests: readonly Definition[],
): Finding[] {
  const { offer, giverRole } = quest;
  const findings: Finding[] = [];
  if (offer === undefined || offer.when.case === undefined) {
    findings.push(warning(quest, `${path}.offer`, "it says not when: only a command offers it"));
  }
  if (offer?.when.case === "onTalk" && giverRole === "") {
    findings.push(error(quest, `${path}.giver_role`, "is empty, and the offer is made in a talk"));
  }
  if (offer?.when.case === "onOccurrence") {
    const kind = offer.when.value;
    if (world.occurrenceKinds && !world.occurrenceKinds.includes(kind)) {
      findings.push(error(quest, `${path}.offer`, `occurrence kind ${kind} is not known`));
    }
  }
  for (const fact of missingFacts(quest, world)) {
    findings.push(error(quest, `${path}.offer.facts`, `nothing makes ${fact} true`));
  }
  for (const name of offer?.after ?? []) {
    if (quests.some((other) => other.name === name)) continue;
    findings.push(error(quest, `${path}.offer.after`, `quest ${name} is not known`));
  }
  return findings;
}

function offerAfterFindings(
  quest: Definition,
  path: string,
  quests: readonly Definition[],
  winnable: ReadonlySet<string>,
): Finding[] {
  return (quest.offer?.after ?? [])
    .filter((name) => !winnable.has(name) && quests.some((other) => other.name === name))
    .map((name) =>
      error(quest, `${path}.offer.after`, `it comes after ${name}, which can never be completed`),
    );
}

function stepFindings(quest: Definition, path: string, world: PlanWorld): Finding[] {
  const findings: Finding[] = [];
  const { stuck } = planOf(quest, world);
  const ids = new Set(stuck.map(({ step }) => step));
  for (const { step: id, why } of stuck) {
    const at = quest.steps.findIndex((step) => step.id === id);
    const text = `step ${id} can never be done: ${why}`;
    findings.push(
      (isNeeded(quest, at, ids) ? error : warning)(quest, `${path}.steps[${at}]`, text),
    );
  }
  quest.steps.forEach((step, i) => {
    if (!isRequired(step)) return;
    const risky = step.after.filter((id) =>
      quest.steps.some((other) => other.id === id && other.optional && other.minutes > 0),
    );
    const spare = step.after.length - (step.afterCount || step.after.length);
    if (risky.length <= spare) return;
    const text = `waits for ${risky.join(", ")}, which is optional and may run out of time`;
    findings.push(warning(quest, `${path}.steps[${i}].after`, text));
  });
  return findings;
}

function nameFindings(quest: Definition, path: string, known: Known): Finding[] {
  const { regions, giverRole, dialogue, name } = quest;
  const findings = regions
    .filter((region) => !known.regions.includes(region))
    .map((region) => error(quest, `${path}.regions`, `region ${region} is not known`));
  if (giverRole !== "" && known.roles && !known.roles.includes(giverRole)) {
    findings.push(error(quest, `${path}.giver_role`, `role ${giverRole} is not known`));
  }
  if (dialogue === "" || known.dialogues === undefined) return findings;
  const said = known.dialogues.find((other) => other.name === dialogue);
  if (said === undefined) {
    findings.push(error(quest, `${path}.dialogue`, `dialogue ${dialogue} is not known`));
  } else if (!said.tags.includes(`accept:${name}`)) {
    const text = `no choice of ${dialogue} has the tag accept:${name}`;
    findings.push(warning(quest, `${path}.dialogue`, text));
  }
  return findings;
}
