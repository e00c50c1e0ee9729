import {
  QuestDefinitionSchema,
  QuestOutcome,
  QuestRunStatus,
  QuestScope,
  QuestStepStatus,
} from "../../gen/tellurion/v1/quest_pb.ts";
import { codecOf } from "../../runtime/index.ts";
import { refuse } from "../common/checks.ts";
import {
  type Book,
  type Definition,
  isGenerated,
  neededOf,
  type Outlet,
  type Progress,
  type Run,
} from "./book.ts";
import type { ConfigureQuests } from "./configuration.ts";
import { isSolvable } from "./generate.ts";
import { forgetLive, liveOf } from "./live.ts";
import { tryOffer } from "./offers.ts";
import { end, goOn } from "./runs.ts";
import { freshProgress, openStep } from "./steps.ts";
import type { Turn } from "./turn.ts";

export interface Reloaded {
  readonly migrated: number;
  readonly abandoned: number;
}

const codec = codecOf(QuestDefinitionSchema);

/** Throws a Rejection for a definition that has changed without a version that is new. */
export function checkVersions(book: Book, quests: readonly Definition[], path: string): void {
  const known = new Map(book.quests.map((quest) => [quest.name, quest]));
  quests.forEach((quest, i) => {
    const old = known.get(quest.name);
    if (old === undefined) return;
    const isSame = quest.version === old.version && isEqual(quest, old);
    if (isSame || quest.version > old.version) return;
    const why = `since the content of ${quest.name} has changed`;
    refuse(`${path}quests[${i}].version`, quest.version, `are those above ${old.version}, ${why}`);
  });
}

function isEqual(a: Definition, b: Definition): boolean {
  const [left, right] = [codec.toBytes(a as never), codec.toBytes(b as never)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

/** Takes definitions and names over, checked already, and takes what is under way along with them. */
export function reload(book: Book, configuration: ConfigureQuests, out: Outlet): Reloaded {
  const old = new Map(book.quests.map((quest) => [quest.name, quest]));
  const { quests, regions, places, goods, encounterKinds } = configuration;
  const next = new Map(quests.map((quest) => [quest.name, quest]));
  // Those that nothing follows end with the definition that they began with.
  const lost = book.runs.filter((run) => !isGenerated(run.quest) && !next.has(run.quest));
  for (const run of lost) end(turnFor(book, out), run, retired);
  const moved = book.runs.filter((run) => (next.get(run.quest)?.version ?? 0) > run.version);
  const places0 = { regions, places, goods, encounterKinds };
  const hopeless = book.runs.filter((run) => {
    const made = book.generated.find(({ name }) => name === run.quest);
    return made !== undefined && !isSolvable(made, places0);
  });
  for (const run of hopeless) end(turnFor(book, out), run, retired);
  book.quests = quests;
  Object.assign(book, places0);
  forgetLive(book);
  const stranded = moved.filter((run) => !migrate(run, old, next));
  forgetLive(book);
  const turn = turnFor(book, out);
  for (const run of moved) if (!stranded.includes(run)) settle(turn, run);
  for (const run of stranded) offerAnew(turn, run);
  return {
    migrated: moved.length - stranded.length,
    abandoned: lost.length + hopeless.length + stranded.length,
  };
}

const retired = { outcome: QuestOutcome.ABANDONED, reason: "definition" };

function turnFor(book: Book, out: Outlet): Turn {
  return { book, live: liveOf(book), out };
}

/**
 * Takes a run over to the new version of its quest, step by step. False when it stands at a step
 * from which nothing goes on: it is made one that has no steps, and has to end.
 */
function migrate(
  run: Run,
  old: ReadonlyMap<string, Definition>,
  next: ReadonlyMap<string, Definition>,
): boolean {
  const [from, to] = [old.get(run.quest), next.get(run.quest)];
  if (from === undefined || to === undefined) return false;
  const { version: fromVersion } = run;
  if (scopeOf(from) !== scopeOf(to)) return false;
  run.version = to.version;
  if (run.status !== QuestRunStatus.ACTIVE) return true;
  const before = run.steps;
  const after = to.steps.map(freshProgress);
  run.steps = after;
  return from.steps.every(({ id }, i) => {
    const progress = before[i];
    if (progress === undefined || progress.status === QuestStepStatus.WAITING) return true;
    const migration = to.migrations.find(
      (other) => other.fromVersion === fromVersion && other.fromStep === id,
    );
    const target = to.steps.findIndex((step) => step.id === (migration?.toStep ?? id));
    const isOpen = progress.status === QuestStepStatus.OPEN;
    if (target < 0) return !isOpen;
    carryOver(progress, after[target] as Progress, to, target);
    if (isOpen && migration !== undefined) skipBefore(to, after, target);
    return true;
  });
}

function carryOver(from: Progress, into: Progress, { steps }: Definition, target: number): void {
  const step = steps[target];
  if (step === undefined || into.status === QuestStepStatus.DONE) return;
  const needed = neededOf(step);
  into.status = from.status;
  into.openedMs = from.openedMs;
  into.count = Math.min(from.count, needed);
  if (into.status === QuestStepStatus.DONE) into.count = needed;
  if (into.status !== QuestStepStatus.OPEN) return;
  openStep(into, step, from.openedMs);
  into.counted = from.counted.slice(0, needed);
  if (into.count >= needed) into.status = QuestStepStatus.DONE;
}

/** Whoever stands at a step has all of those behind them that it waits for. */
function skipBefore({ steps }: Definition, progress: Progress[], target: number): void {
  const open = [target];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const id of steps[at]?.after ?? []) {
      const before = steps.findIndex((step) => step.id === id);
      const own = progress[before];
      if (own === undefined || own.status === QuestStepStatus.DONE) continue;
      own.status = QuestStepStatus.DONE;
      own.count = neededOf(steps[before] as Definition["steps"][number]);
      open.push(before);
    }
  }
}

/** Opens what the new definition opens; a run that has it all behind it has been completed. */
function settle(turn: Turn, run: Run): void {
  if (run.status === QuestRunStatus.ACTIVE) goOn(turn, run, turn.book.gameMs);
}

function offerAnew(turn: Turn, run: Run): void {
  const { quest, player, region, place, giver, cause } = run;
  end(turn, run, retired);
  const definition = turn.live.definitions.get(quest);
  if (definition === undefined) return;
  tryOffer(turn, definition, { player, region, place, giver, cause }, true);
}

function scopeOf({ scope }: Definition): QuestScope {
  return scope === QuestScope.UNSPECIFIED ? QuestScope.PLAYER : scope;
}
