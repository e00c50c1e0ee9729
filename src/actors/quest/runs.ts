import {
  QuestAdvancedEventSchema,
  QuestEndedEventSchema,
  QuestOfferedEventSchema,
  QuestOutcome,
  QuestRewardedEventSchema,
  QuestRunStatus,
  QuestScope,
  QuestStepStatus,
} from "../../gen/tellurion/v1/quest_pb.ts";
import { minuteMs } from "../common/units.ts";
import {
  type Definition,
  idOf,
  isGenerated,
  neededOf,
  placeOf,
  type Run,
  worldPlayer,
} from "./book.ts";
import { endedMax, offerMinutes } from "./limits.ts";
import {
  addDeadline,
  addRun,
  addStep,
  addStepFor,
  definitionOf,
  linkPlayer,
  removeRun,
  removeStepFor,
  scopeIn,
  unlinkPlayer,
} from "./live.ts";
import { remember } from "./memory.ts";
import { duesOf, sharesOf } from "./rewards.ts";
import { freshProgress, openReady, type Verdict, verdictOf } from "./steps.ts";
import { meet, type Turn } from "./turn.ts";

/** To whom, where and why a quest is offered. */
export interface Offering {
  readonly player: string;
  readonly region: string;
  readonly place: string;
  readonly giver: string;
  readonly cause: string;
}

/**
 * Offers a quest. Nothing may hinder it: `hindranceOf` tells. One of the whole world waits for
 * nobody's consent.
 */
export function offer(turn: Turn, definition: Definition, offering: Offering): Run {
  const { book, live, out } = turn;
  meet(turn, offering.player);
  book.lastNumber += 1;
  const run: Run = {
    ...{ number: book.lastNumber, quest: definition.name, version: definition.version },
    ...offering,
    place: offering.place || lastPlaceOf(turn, definition, offering.region),
    status: QuestRunStatus.OFFERED,
    offeredMs: book.gameMs,
    acceptedMs: 0n,
    dueMs: book.gameMs + BigInt(offerMinutes * minuteMs),
    ...{ steps: [], participants: [], rewarded: [] },
    ...{ outcome: QuestOutcome.UNSPECIFIED, reason: "", endedMs: 0n },
  };
  book.runs.push(run);
  addRun(live, run);
  const { quest, player, region, giver, cause } = run;
  const gameMs = book.gameMs;
  out.publish(QuestOfferedEventSchema, {
    ...{ id: idOf(run), quest, player, region, giver, cause, gameMs },
  });
  if (scopeIn(live, quest) === QuestScope.WORLD) accept(turn, run);
  return run;
}

/** Where a quest leads to in a region: that is where it leaves its mark. Empty: nowhere in particular. */
function lastPlaceOf({ book }: Turn, { steps }: Definition, region: string): string {
  const named = steps
    .flatMap(({ objectives }) => objectives)
    .flatMap(({ what }) => (what.case === "player" && what.value.place ? [what.value.place] : []));
  const here = (place: string) =>
    book.places.some((known) => known.id === place && known.region === region);
  return named.findLast(here) ?? "";
}

/** An offered quest is under way from now on. */
export function accept(turn: Turn, run: Run): void {
  const { book, live } = turn;
  const definition = definitionOf(live, run);
  run.status = QuestRunStatus.ACTIVE;
  run.acceptedMs = book.gameMs;
  run.dueMs = definition.minutes === 0 ? 0n : book.gameMs + BigInt(definition.minutes * minuteMs);
  run.steps = definition.steps.map(freshProgress);
  if (run.player !== worldPlayer) run.participants = [{ player: run.player, done: 0 }];
  addDeadline(live, run, -1, run.dueMs);
  goOn(turn, run, book.gameMs);
}

/** Opens what can be done now, and ends a run that is at its end. True when it goes on. */
export function goOn(turn: Turn, run: Run, atMs: bigint): boolean {
  const definition = definitionOf(turn.live, run);
  for (const step of openReady(run, definition, atMs)) addStep(turn.live, run, step);
  const verdict = verdictOf(run, definition);
  if (verdict !== undefined) end(turn, run, verdict);
  return verdict === undefined;
}

/**
 * Ends a run: outcome and rewards become part of the state together, and a run that has ended is
 * never looked at again. That is what makes a reward come once.
 */
export function end(turn: Turn, run: Run, { outcome, reason }: Verdict): void {
  const { book, live } = turn;
  const place = placeOf(book.runs, run.number);
  if (place < 0 || run.status === QuestRunStatus.ENDED) return;
  const definition = definitionOf(live, run);
  removeRun(live, run);
  book.runs.splice(place, 1);
  run.status = QuestRunStatus.ENDED;
  run.outcome = outcome;
  run.reason = reason;
  run.endedMs = book.gameMs;
  run.dueMs = 0n;
  for (const progress of run.steps) progress.counted = [];
  book.ended.push(run);
  if (book.ended.length > endedMax) book.ended.shift();
  remember(turn, run, definition);
  tellEnd(turn, run, definition);
  if (isGenerated(run.quest)) dropGenerated(turn, run.quest);
}

function tellEnd({ book, live, out }: Turn, run: Run, definition: Definition): void {
  const { quest, player, outcome, reason, region, place, giver } = run;
  const scope = scopeIn(live, quest);
  const completed = outcome === QuestOutcome.COMPLETED;
  const id = idOf(run);
  const gameMs = book.gameMs;
  out.publish(QuestEndedEventSchema, {
    ...{ id, quest, player, outcome, reason, region, place, giver, gameMs },
    contributions: sharesOf(run, scope),
    facts: completed ? (definition.reward?.facts ?? []) : [],
  });
  if (!completed || definition.reward === undefined) return;
  const { items, reputation } = definition.reward;
  for (const due of duesOf(run, definition, scope)) {
    run.rewarded.push(due.player);
    out.publish(QuestRewardedEventSchema, {
      ...{ id: `${id}/${due.player}`, quest, gameMs },
      ...{ player: due.player, coins: due.coins, items, reputation },
    });
  }
}

function dropGenerated({ book, live }: Turn, name: string): void {
  live.definitions.delete(name);
  book.generated = book.generated.filter((quest) => quest.name !== name);
}

/** Somebody joins a party. */
export function join({ live }: Turn, run: Run, player: string): void {
  run.participants.push({ player, done: 0 });
  linkPlayer(live, player, run);
  for (const step of openSteps(run)) addStepFor(live, run, step, player);
}

/** Somebody leaves a party: what they have done stays done, and their share is the others'. */
export function leave({ live }: Turn, run: Run, player: string): void {
  for (const step of openSteps(run)) removeStepFor(live, run, step, player);
  run.participants = run.participants.filter((other) => other.player !== player);
  // What is nobody's doing, like the weather, was waited for by all of them in the same place.
  for (const step of openSteps(run)) {
    for (const other of run.participants) addStepFor(live, run, step, other.player);
  }
  unlinkPlayer(live, player, run);
}

function openSteps(run: Run): number[] {
  return run.steps.flatMap(({ status }, i) => (status === QuestStepStatus.OPEN ? [i] : []));
}

/** Tells all who are on a run how far one of its steps is. */
export function tellAdvance({ book, live, out }: Turn, run: Run, index: number): void {
  const step = definitionOf(live, run).steps[index];
  const progress = run.steps[index];
  if (step === undefined || progress === undefined) return;
  const { quest, region } = run;
  const needed = neededOf(step);
  const { count } = progress;
  const isParty = scopeIn(live, quest) === QuestScope.PARTY;
  const players = isParty ? run.participants.map(({ player }) => player) : [run.player];
  for (const player of players) {
    out.publish(QuestAdvancedEventSchema, {
      ...{ id: idOf(run), quest, player, step: step.id, count, needed, region },
      stepDone: count >= needed,
      gameMs: book.gameMs,
    });
  }
}
