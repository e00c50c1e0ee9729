import { type QuestDefinition, QuestOutcome } from "../../../gen/tellurion/v1/quest_pb.ts";
import { BeatKind } from "../../../gen/tellurion/v1/storyteller_pb.ts";
import { under } from "../decode.ts";
import type { Pack } from "../pack.ts";
import type { PackCheck } from "./check-pack.ts";
import { regionsOr, type Surroundings } from "./surroundings.ts";

/** Quests that nobody can ever be offered, or accept. */
export const checkOffers: PackCheck = (pack, findings, surroundings) => {
  const reachable = reachableIn(pack, surroundings);
  for (const { value, file, path } of pack.parts.quests) {
    const say = (key: string, text: string) =>
      findings.say(file, under(path, key), `quest ${value.name} ${text}`);
    const never = whyNotOffered(value, pack, surroundings);
    if (never !== undefined) say("offer", `is never offered: ${never}`);
    for (const fact of missingFacts(value, surroundings)) {
      say("offer.facts", `is never offered: nothing makes ${fact} true`);
    }
    const waits = neededBy(value).filter((name) => !reachable.has(name));
    if (waits.length > 0 && never === undefined) {
      say("offer", `is never reached: ${waits.join(", ")} cannot be completed before`);
    }
    const tags = surroundings.tagsOf.get(value.dialogue);
    if (tags && !tags.has(`accept:${value.name}`)) {
      say("dialogue", `cannot be accepted: no choice there has the tag accept:${value.name}`);
    }
  }
};

function whyNotOffered(
  { name, offer, giverRole, regions }: QuestDefinition,
  { parts }: Pack,
  around: Surroundings,
): string | undefined {
  const when = offer?.when;
  const giver = regionsOr(regions, around).some((one) => around.rolesIn.get(one)?.has(giverRole));
  if (giverRole !== "" && !giver) return `no ${giverRole} lives where it is given`;
  if (when?.case === "onTalk" && giverRole === "") return "it is offered by talk, and has no giver";
  if (when?.case === "onOccurrence" && !around.occurring.has(when.value)) {
    return `nothing lets ${when.value} begin`;
  }
  if (when?.case !== "byStoryteller") return undefined;
  const isTold = parts.storylets.some(
    ({ value }) => value.kind === BeatKind.QUEST && value.subject === name,
  );
  return isTold ? undefined : "it is the storyteller's, and no storylet has it";
}

function missingFacts({ offer }: QuestDefinition, { facts }: Surroundings): string[] {
  return (offer?.facts ?? []).filter((fact) => !fact.startsWith("!") && !facts.has(fact));
}

/** Quests that have to be completed before: by the offer, or by a step that nothing can replace. */
function neededBy({ offer, steps }: QuestDefinition): string[] {
  const bySteps = steps
    .filter(({ optional, fails, id }) => {
      const isSpared = steps.some(({ after, afterCount }) => afterCount > 0 && after.includes(id));
      return !optional && !fails && !isSpared;
    })
    .flatMap(({ objectives }) => {
      const quests = objectives.flatMap(({ what }) =>
        what.case === "quest" && what.value.outcome !== QuestOutcome.FAILED
          ? [what.value.quest]
          : [],
      );
      return quests.length === objectives.length && quests.length === 1 ? quests : [];
    });
  return [...(offer?.after ?? []), ...bySteps];
}

/** Quests that can be come to, one after another. Those that wait for each other are left out. */
function reachableIn(pack: Pack, around: Surroundings): Set<string> {
  const reachable = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const { value } of pack.parts.quests) {
      if (reachable.has(value.name) || !neededBy(value).every((name) => reachable.has(name))) {
        continue;
      }
      if (whyNotOffered(value, pack, around) !== undefined) continue;
      if (missingFacts(value, around).length > 0) continue;
      reachable.add(value.name);
      grown = true;
    }
  }
  return reachable;
}
