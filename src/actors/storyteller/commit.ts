import { StoryFactEventSchema } from "../../gen/tellurion/v1/story_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { numberOf } from "./derived.ts";
import { learnFact } from "./facts.ts";
import { isPersonal } from "./guards.ts";
import { moveForPlayer, moveForRegion } from "./intensity.ts";
import { spendPoints } from "./points.ts";
import {
  type BeatPlan,
  type Configured,
  type Outlet,
  type StoryDecision,
  type Track,
  trackOf,
} from "./state.ts";

/** Decisions that can be explained. */
export const toldMax = 64;
/** Of a fight that is coming, the share of its intensity that is felt before it has begun. */
export const dreadShare = 0.5;

type Publisher = Pick<Outlet, "publish">;

/** Makes a beat happen: publishes it, and notes all that follows from it. The decision names why. */
export function commit(
  state: Configured,
  track: Track,
  plan: BeatPlan,
  decision: StoryDecision,
  out: Publisher,
): bigint {
  const beat = state.beats + 1n;
  state.beats = beat;
  noteUse(state, track, plan);
  noteHeard(state, track, plan);
  spendPoints(track, plan.points);
  if (plan.kind === BeatKind.ENCOUNTER) {
    const minutes = plan.minutes || state.fairness.encounterMinutes;
    const untilMinute = state.minute + minutes;
    track.encounters.push({
      ...{ beat, kind: plan.subject, place: plan.place, untilMinute },
      ...{ sinceMinute: state.minute, intensity: plan.intensity },
    });
    moveForPlayer(state, track, plan.intensity * dreadShare);
  } else if (isPersonal(plan.kind)) {
    moveForPlayer(state, track, plan.intensity);
  } else {
    moveForRegion(state, plan.region, plan.intensity, track.player);
  }
  // What calms is no event of negative strength: whoever carries it out is told how strong it is.
  const intensity = Math.abs(plan.intensity);
  out.publish(StoryBeatEventSchema, { ...plan, intensity, beat, gameMs: state.gameMs });
  setFacts(state, plan, beat, out);
  state.told.push({ ...decision, beat, chosen: { ...plan } });
  if (state.told.length > toldMax) state.told.shift();
  state.quiet = state.quiet.filter((one) => !isOf(one, track));
  return beat;
}

function isOf(decision: StoryDecision, track: Track): boolean {
  if (decision.player !== track.player) return false;
  return track.player !== "" || decision.region === track.region;
}

function noteUse(state: Configured, track: Track, plan: BeatPlan): void {
  const number = numberOf(state, plan);
  if (number < 0) return;
  state.usedAt[number] = state.minute;
  track.usedAt[number] = state.minute;
  const region = isPersonal(plan.kind) ? undefined : trackOf(state, "", plan.region);
  if (region !== undefined) region.usedAt[number] = state.minute;
}

/** A beat of a region is heard by all who are there; a beat for one player by that player. */
function noteHeard(state: Configured, track: Track, plan: BeatPlan): void {
  for (const one of state.tracks) {
    const hears =
      one === track || (!isPersonal(plan.kind) && one.region === plan.region && !one.away);
    if (!hears) continue;
    one.beatAt = state.minute;
    one.waitedMinutes = 0;
    if (one.totals !== undefined) one.totals.beats += 1;
  }
}

/** What becomes true: for the player whom it happens to, or for all where it happens to a region. */
function setFacts(state: Configured, plan: BeatPlan, beat: bigint, out: Publisher): void {
  const storylet = state.storylets.find(({ name }) => name === plan.storylet);
  const player = isPersonal(plan.kind) ? plan.player : "";
  for (const fact of storylet?.sets ?? []) {
    learnFact(state, fact, player, true);
    const { gameMs } = state;
    out.publish(StoryFactEventSchema, { fact, holds: true, cause: `beat/${beat}`, player, gameMs });
  }
}
