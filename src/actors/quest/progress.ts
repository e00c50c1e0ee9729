import { QuestRunStatus, QuestStepStatus } from "../../gen/tellurion/v1/quest_pb.ts";
import { neededOf, type Run, worldPlayer } from "./book.ts";
import { contributorsMax } from "./limits.ts";
import { definitionOf, type OpenStep, removeStep } from "./live.ts";
import type { ObjectiveCase } from "./patterns.ts";
import { goOn, tellAdvance } from "./runs.ts";
import type { Turn } from "./turn.ts";

/** An event, as objectives see it. */
export interface Observed {
  readonly kind: ObjectiveCase;
  /** What it is like; several where it is more than one thing to more than one player. */
  readonly texts: readonly (readonly string[])[];
  /** Who did it. Empty: nobody. */
  readonly player: string;
  /** How much it counts. */
  readonly amount: number;
  readonly gameMs: bigint;
  /** Tells it from all other events. Empty: that cannot be told. */
  readonly mark: () => string;
}

/** Lets all steps go on that wait for the event. What an event opens does not count it again. */
export function observe(turn: Turn, event: Observed): void {
  const found: OpenStep[] = [];
  for (const texts of event.texts) turn.live.trees[event.kind].match(texts, found);
  if (found.length > 1) found.sort((a, b) => a.number - b.number || a.step - b.step);
  let last: OpenStep | undefined;
  for (const open of found) {
    if (open.number === last?.number && open.step === last.step) continue;
    last = open;
    advance(turn, open, event);
  }
}

function advance(turn: Turn, { run, step: index }: OpenStep, event: Observed): void {
  const progress = run.steps[index];
  const step = definitionOf(turn.live, run)?.steps[index];
  // One of the steps before it may have ended the run.
  if (run.status !== QuestRunStatus.ACTIVE || progress?.status !== QuestStepStatus.OPEN) return;
  if (step === undefined || event.gameMs < progress.openedMs) return;
  if (isOver(run.dueMs, event.gameMs) || isOver(progress.dueMs, event.gameMs)) return;
  const needed = neededOf(step);
  const mark = event.mark();
  if (mark !== "") {
    if (progress.counted.includes(mark)) return;
    if (needed > 1) progress.counted.push(mark);
  }
  const added = Math.min(event.amount, needed - progress.count);
  progress.count += added;
  credit(run, event.player, added);
  if (progress.count < needed) {
    tellAdvance(turn, run, index);
    return;
  }
  removeStep(turn.live, run, index);
  progress.status = QuestStepStatus.DONE;
  progress.counted = [];
  tellAdvance(turn, run, index);
  goOn(turn, run, event.gameMs);
}

function isOver(dueMs: bigint, gameMs: bigint): boolean {
  return dueMs !== 0n && gameMs >= dueMs;
}

/** What has been done for a quest of the whole world makes who did it one of those who took part. */
function credit(run: Run, player: string, amount: number): void {
  if (player === "") return;
  const participant = run.participants.find((other) => other.player === player);
  if (participant !== undefined) participant.done += amount;
  else if (run.player === worldPlayer && run.participants.length < contributorsMax) {
    run.participants.push({ player, done: amount });
  }
}
