import type {
  NpcNeed as NpcNeedMessage,
  Objective as ObjectiveMessage,
  QuestDefinition as QuestDefinitionMessage,
  QuestMemory as QuestMemoryMessage,
  QuestPlayer as QuestPlayerMessage,
  QuestProgress as QuestProgressMessage,
  QuestRun as QuestRunMessage,
  QuestState,
  QuestStep as QuestStepMessage,
} from "../../gen/tellurion/v1/quest_pb.ts";
import { type ActorContext, type Random, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";

/** All that is known of quests and those who are on them. */
export type Book = Plain<QuestState>;
export type Definition = Plain<QuestDefinitionMessage>;
export type Step = Plain<QuestStepMessage>;
export type Objective = Plain<ObjectiveMessage>;
export type Run = Plain<QuestRunMessage>;
export type Progress = Plain<QuestProgressMessage>;
export type Player = Plain<QuestPlayerMessage>;
export type Memory = Plain<QuestMemoryMessage>;
export type Need = Plain<NpcNeedMessage>;

/** What quests need to go on: chance, somewhere to publish, and a log. */
export interface Outlet {
  readonly random: Pick<Random, "integer">;
  readonly publish: ActorContext["publish"];
  readonly log: ActorContext["log"];
}

/** Whom the quests of the whole world belong to. */
export const worldPlayer = "world";

/** Refuses when there are no quests yet. */
export function checkConfigured(book: Book): void {
  if (book.configured) return;
  throw new Rejection(
    "FAILED_PRECONDITION",
    "quests have not been configured: there are none yet; valid is to send ConfigureQuests first",
  );
}

export function idOf(run: Pick<Run, "number">): string {
  return `q${run.number}`;
}

/** 0 where it is not the id of a run. */
export function numberOf(id: string): number {
  return /^q[1-9][0-9]{0,9}$/.test(id) ? Number(id.slice(1)) : 0;
}

/** Index of a run in a list that is ordered by number, or -1. */
export function placeOf(runs: readonly Run[], number: number): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle] as Run).number < number) low = middle + 1;
    else high = middle;
  }
  return runs[low]?.number === number ? low : -1;
}

/** The definition that a run follows: the pack's, or its own. */
export function isGenerated(name: string): boolean {
  return name.startsWith("gen.");
}

export function neededOf(step: Pick<Step, "count">): number {
  return Math.max(1, step.count);
}

/** It has to be done for the quest to be completed. */
export function isRequired(step: Pick<Step, "optional" | "fails">): boolean {
  return !step.optional && !step.fails;
}
