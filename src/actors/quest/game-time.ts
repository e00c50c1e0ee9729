import { QuestOutcome, QuestRunStatus, QuestStepStatus } from "../../gen/tellurion/v1/quest_pb.ts";
import type { Book, Run } from "./book.ts";
import type { Deadline } from "./deadlines.ts";
import { deadlinesPerEventMax } from "./limits.ts";
import { forgetLive, removeStep } from "./live.ts";
import { end, goOn } from "./runs.ts";
import type { Turn } from "./turn.ts";

/** Lets game time go on to `toMs`: what is over by then has failed. */
export function passTime(turn: Turn, toMs: bigint): void {
  const { book, live } = turn;
  if (toMs > book.gameMs) book.gameMs = toMs;
  // Only those that hold are counted: how many void ones there are is no matter of the state.
  for (let met = 0; met < deadlinesPerEventMax; ) {
    const deadline = live.deadlines.takeDue(Number(book.gameMs));
    if (deadline === undefined) return;
    if (meetDeadline(turn, deadline)) met += 1;
  }
}

/** False when the deadline is void. */
function meetDeadline(turn: Turn, { number, step, dueMs }: Deadline): boolean {
  const run = turn.live.runs.get(number);
  if (run === undefined) return false;
  if (step >= 0) return failStep(turn, run, step, dueMs);
  if (Number(run.dueMs) !== dueMs) return false;
  const isActive = run.status === QuestRunStatus.ACTIVE;
  const outcome = isActive ? QuestOutcome.FAILED : QuestOutcome.EXPIRED;
  end(turn, run, { outcome, reason: "time" });
  return true;
}

function failStep(turn: Turn, run: Run, index: number, dueMs: number): boolean {
  const progress = run.steps[index];
  if (progress?.status !== QuestStepStatus.OPEN || Number(progress.dueMs) !== dueMs) return false;
  removeStep(turn.live, run, index);
  progress.status = QuestStepStatus.FAILED;
  progress.counted = [];
  goOn(turn, run, turn.book.gameMs);
  return true;
}

/** Goes to another game time as if none had passed: all that is to come is as far off as before. */
export function skipTime(book: Book, toMs: bigint): void {
  const distance = toMs - book.gameMs;
  book.gameMs = toMs;
  if (distance === 0n) return;
  // 0 stands for never.
  const shifted = (ms: bigint) => (ms === 0n ? 0n : ms + distance > 0n ? ms + distance : 1n);
  for (const run of book.runs) {
    run.offeredMs += distance;
    run.dueMs = shifted(run.dueMs);
    if (run.status === QuestRunStatus.ACTIVE) run.acceptedMs += distance;
    for (const progress of run.steps) {
      if (progress.status === QuestStepStatus.WAITING) continue;
      progress.openedMs += distance;
      progress.dueMs = shifted(progress.dueMs);
    }
  }
  for (const run of book.ended) run.endedMs += distance;
  for (const { quests } of book.players) for (const memory of quests) memory.endedMs += distance;
  for (const need of book.needs) need.gameMs += distance;
  forgetLive(book);
}
