import { QuestOutcome, QuestStepStatus } from "../../gen/tellurion/v1/quest_pb.ts";
import { minuteMs } from "../common/units.ts";
import { type Definition, isRequired, type Progress, type Run, type Step } from "./book.ts";

const { WAITING, OPEN, DONE, FAILED } = QuestStepStatus;

/** How a run has ended. */
export interface Verdict {
  readonly outcome: QuestOutcome;
  readonly reason: string;
}

export function freshProgress(): Progress {
  return { status: WAITING, count: 0, openedMs: 0n, dueMs: 0n, counted: [] };
}

/**
 * Opens the steps that need not wait any longer, and gives up those that would wait forever.
 * Returns the ones that it has opened.
 */
export function openReady(run: Run, definition: Definition, atMs: bigint): number[] {
  const indexOf = new Map(definition.steps.map(({ id }, i) => [id, i]));
  const opened: number[] = [];
  // Each pass settles a step or is the last one.
  for (let changed = true; changed; ) {
    changed = false;
    for (const [i, step] of definition.steps.entries()) {
      const progress = run.steps[i] as Progress;
      if (progress.status !== WAITING) continue;
      const before = step.after.map((id) => run.steps[indexOf.get(id) ?? -1]?.status);
      const awaited = awaitedBy(step);
      if (before.filter((status) => status === DONE).length >= awaited) {
        openStep(progress, step, atMs);
        opened.push(i);
        changed = true;
      } else if (before.filter((status) => status !== FAILED).length < awaited) {
        progress.status = FAILED;
        changed = true;
      }
    }
  }
  return opened;
}

/** How many of the steps before it a step waits for. */
export function awaitedBy({ after, afterCount }: Pick<Step, "after" | "afterCount">): number {
  return afterCount === 0 ? after.length : afterCount;
}

export function openStep(progress: Progress, { minutes }: Step, atMs: bigint): void {
  progress.status = OPEN;
  progress.openedMs = atMs;
  progress.dueMs = minutes === 0 ? 0n : atMs + BigInt(minutes * minuteMs);
}

/** Undefined while the run goes on. */
export function verdictOf(run: Run, definition: Definition): Verdict | undefined {
  const statusOf = (i: number) => run.steps[i]?.status;
  const hasOpened = (i: number) => statusOf(i) === OPEN || statusOf(i) === DONE;
  let completed = true;
  for (const [i, step] of definition.steps.entries()) {
    const status = statusOf(i);
    if (step.fails && status === DONE) return { outcome: QuestOutcome.FAILED, reason: step.id };
    if (!isRequired(step) || status === DONE || isSpared(definition, i, hasOpened)) continue;
    if (status === FAILED) return { outcome: QuestOutcome.FAILED, reason: step.id };
    completed = false;
  }
  return completed ? { outcome: QuestOutcome.COMPLETED, reason: "" } : undefined;
}

/**
 * A step is one of several ways, and another one was taken: those that waited for it, with
 * `after_count`, go on without it.
 */
export function isSpared(
  { steps }: Pick<Definition, "steps">,
  index: number,
  goesOn: (index: number) => boolean,
): boolean {
  const id = steps[index]?.id ?? "";
  let waited = false;
  for (const [i, step] of steps.entries()) {
    if (!isRequired(step) || !step.after.includes(id)) continue;
    if (!goesOn(i)) return false;
    waited = true;
  }
  return waited;
}
