import { BeatKind, LookAheadRequestSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { type Choice, choiceFor } from "./candidates.ts";
import { momentOf } from "./guards.ts";
import { type LookAheadOutcome, pacingScore } from "./outcome.ts";
import { isLoud, settle } from "./settle.ts";
import {
  type BeatPlan,
  type Candidate,
  type Configured,
  type Outlet,
  type StoryDecision,
  type Storyteller,
  type Track,
  trackOf,
} from "./state.ts";

/** Decisions that look ahead at a time: each is as many branches of the world as it has candidates. */
export const pendingMax = 8;
const branchesMax = 4;
const horizonMinutes = 45;
/** A candidate whose score is this share of the best one's or more is worth trying beside it. */
const nearShare = 0.5;
/** A track looks ahead this often at most. */
const everyMinutes = 5;
/** An answer that takes longer is not waited for. */
const waitMinutesMax = 10;

type Pending = Storyteller["pending"][number];

/** Whether two candidates are too near each other to decide by their scores, and there is room to ask. */
export function isWorthLooking(state: Configured, track: Track, { candidates }: Choice): boolean {
  // A region paces nobody by itself: its branches would cost the same and please fewer.
  if (!state.lookAhead || track.player === "") return false;
  // What is given up is carried out all the same: it would pile up.
  if (state.looksUnderWay >= pendingMax) return false;
  if (track.lookedAt !== 0 && state.minute - track.lookedAt < everyMinutes) return false;
  return nearest(candidates).length >= 2;
}

function nearest(candidates: readonly Candidate[]): Candidate[] {
  const least = (candidates[0]?.score ?? 0) * nearShare;
  return candidates.filter(({ score }) => score > 0 && score >= least).slice(0, branchesMax);
}

/** Asks what would come of each of the nearest candidates. Until the answer the track is left alone. */
export function askAhead(
  state: Configured,
  track: Track,
  choice: Choice,
  decision: StoryDecision,
  out: Pick<Outlet, "effect">,
): void {
  const candidates = nearest(choice.candidates).map(({ plan }) => ({ ...plan }));
  const { gameMs, beats, minute } = state;
  const { region, player, intensity, phase } = track;
  const effect = out.effect(LookAheadRequestSchema, {
    ...{ decision: decision.decision, region, player, gameMs, intensity, phase },
    candidates: candidates.map((plan) => ({ ...plan, beat: beats + 1n, gameMs })),
    horizonMinutes,
    target: choice.target,
  });
  state.looksUnderWay += 1;
  track.lookedAt = minute;
  state.pending.push({ decision, effect, askedMinute: minute, candidates });
}

export function isPending(state: Storyteller, track: Track): boolean {
  return state.pending.some(({ decision }) => isOf(decision, track));
}

function isOf(decision: StoryDecision | undefined, { player, region }: Track): boolean {
  return decision?.player === player && (player !== "" || decision.region === region);
}

/** The answer of a look ahead, or that there is none. Answers to what is not asked any more change nothing. */
export function hearAhead(
  state: Configured,
  effect: number | undefined,
  outcomes: readonly LookAheadOutcome[],
  out: Pick<Outlet, "publish">,
): void {
  state.looksUnderWay = Math.max(0, state.looksUnderWay - 1);
  const at = state.pending.findIndex((pending) => pending.effect === effect);
  const pending = state.pending[at];
  if (pending === undefined) return;
  state.pending.splice(at, 1);
  const isWhole =
    outcomes.length === pending.candidates.length &&
    outcomes.every((outcome) => Number.isFinite(pacingScore(outcome)));
  if (!isWhole) {
    conclude(state, pending, pending.candidates, [], "look_ahead_failed", out);
    return;
  }
  const told = outcomes.map((outcome) => ({ ...outcome, score: pacingScore(outcome) }));
  const order = told.map((_, i) => i).sort((a, b) => scoreAt(told, b) - scoreAt(told, a));
  const best = order.map((i) => pending.candidates[i] as BeatPlan);
  conclude(state, pending, best, told, "look_ahead", out);
}

function scoreAt(outcomes: readonly LookAheadOutcome[], i: number): number {
  return outcomes[i]?.score ?? 0;
}

/** Decides by score what has waited too long for its answer. */
export function giveUpWaiting(state: Configured, out: Pick<Outlet, "publish">): void {
  while (true) {
    const [oldest] = state.pending;
    if (oldest === undefined || state.minute - oldest.askedMinute < waitMinutesMax) return;
    state.pending.shift();
    conclude(state, oldest, oldest.candidates, [], "look_ahead_late", out);
  }
}

/** Takes the first of the plans that is still allowed: minutes have passed since they were. */
function conclude(
  state: Configured,
  { decision }: Pending,
  plans: readonly BeatPlan[],
  outcomes: LookAheadOutcome[],
  reason: string,
  out: Pick<Outlet, "publish">,
): void {
  const track = decision && trackOf(state, decision.player, decision.region);
  if (decision === undefined || track === undefined || track.away) return;
  const { candidates } = choiceFor(state, track);
  const quiet = candidates.find((one) => !isLoud(one)) as Candidate;
  const still = plans.map((plan) => stillAllowed(state, track, candidates, plan));
  const chosen = still.find((one) => one !== undefined) ?? quiet;
  settle(state, track, chosen, { ...decision, reason, outcomes }, out);
}

/** A candidate like the plan. It happens where the plan said, where nothing speaks against that. */
function stillAllowed(
  state: Configured,
  track: Track,
  candidates: readonly Candidate[],
  plan: BeatPlan,
): Candidate | undefined {
  const now = candidates.find(
    (one) =>
      one.plan.kind === plan.kind &&
      one.plan.storylet === plan.storylet &&
      one.plan.subject === plan.subject,
  );
  if (now === undefined || now.plan.region !== plan.region) return now;
  const isRested =
    plan.kind === BeatKind.ENCOUNTER && momentOf(state, track)?.rested.has(plan.place);
  return isRested ? now : { ...now, plan };
}
