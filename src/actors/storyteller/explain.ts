import {
  BeatKind,
  type GetPacingResponse,
  type Pacing as PacingMessage,
  type PacingPhase,
  type ProposeBeatsResponse,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkInteger } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { choiceFor } from "./candidates.ts";
import { toldMax } from "./commit.ts";
import { isStarved } from "./decide.ts";
import { outcomeOf } from "./outcome.ts";
import { targetNow } from "./phases.ts";
import { pacingPhases } from "./preconditions.ts";
import {
  type BeatPlan,
  type Configured,
  knownTrack,
  type StoryDecision,
  type Track,
} from "./state.ts";

const decisionsDefault = 16;
const rejectedShown = 12;

const kindNames: ReadonlyMap<BeatKind, string> = new Map([
  [BeatKind.ENCOUNTER, "encounter"],
  [BeatKind.OCCURRENCE, "occurrence"],
  [BeatKind.QUEST, "quest"],
  [BeatKind.WEATHER, "weather"],
  [BeatKind.STORY, "story"],
  [BeatKind.QUIET, "quiet"],
]);

/** How a player or region is paced, for those who ask. */
export function pacingOf(state: Configured, track: Track): Plain<PacingMessage> {
  const { player, region, phase, intensity, points, away, encounters } = track;
  const outcome = outcomeOf(state, region, player);
  return {
    ...{ player, region, phase, intensity, points, away },
    phaseMinutes: state.minute - track.phaseSince,
    target: targetNow(state, track),
    meanError: outcome?.pacingError ?? 0,
    minutes: track.totals?.minutes ?? 0,
    beats: track.totals?.beats ?? 0,
    quiet: track.totals?.quiet ?? 0,
    starvedMinutes: track.totals?.starvedMinutes ?? 0,
    overloadMinutes: track.totals?.overloadMinutes ?? 0,
    minutesSinceBeat: track.waitedMinutes,
    score: outcome?.score ?? 0,
    encounters: encounters.length,
    harm: track.totals?.harm ?? 0,
    sinceGameMs: track.totals?.sinceGameMs ?? 0n,
  };
}

export function tellPacing(
  state: Configured,
  player: string,
  region: string,
): Plain<GetPacingResponse> {
  const isAll = player === "" && region === "";
  const tracks = isAll
    ? state.tracks.filter(({ away }) => !away)
    : [knownTrack(state, player, region)];
  return {
    pacing: tracks.map((track) => pacingOf(state, track)),
    personality: state.personality.name,
    personalities: state.personalities.map(({ name }) => name),
    beats: state.beats,
    decisions: state.decisions,
    quietDecisions: state.quietDecisions,
  };
}

/** What would be decided now, and from what. */
export function propose(
  state: Configured,
  player: string,
  region: string,
): Plain<ProposeBeatsResponse> {
  const track = knownTrack(state, player, region);
  const { candidates, rejected } = choiceFor(state, track);
  return {
    pacing: pacingOf(state, track),
    candidates,
    rejected,
    starved: isStarved(state, track),
  };
}

export function decisionFor(state: Configured, beat: bigint): StoryDecision {
  const decision = state.told.find((one) => one.beat === beat);
  if (decision !== undefined) return decision;
  const [first] = state.told;
  const valid =
    first === undefined ? "none: there was no beat yet" : `${first.beat} to ${state.beats}`;
  throw new Rejection(
    "NOT_FOUND",
    `beat=${beat} is not known any more, or not yet; valid are ${valid}`,
  );
}

export function listDecisions(
  state: Configured,
  request: {
    readonly limit: number;
    readonly player: string;
    readonly region: string;
    readonly quiet: boolean;
  },
): StoryDecision[] {
  const { limit, player, region, quiet } = request;
  checkInteger("limit", limit, 0, toldMax);
  return (quiet ? state.quiet : state.told)
    .filter((one) => player === "" || one.player === player)
    .filter((one) => region === "" || one.region === region)
    .reverse()
    .slice(0, limit || decisionsDefault);
}

/** A decision in words. */
export function wordsFor(decision: StoryDecision): string {
  const { chosen, candidates, rejected, rejectedCount, outcomes } = decision;
  const why = candidates.find(({ plan }) => nameOf(plan) === nameOf(chosen));
  const product =
    why === undefined
      ? ""
      : ` ${shown(why.score)} = salience ${shown(why.salience)} × fit ${shown(why.fit)}` +
        ` × novelty ${shown(why.novelty)} × place ${shown(why.placeFit)}`;
  const others = candidates
    .filter((one) => one !== why)
    .map(({ plan, score }) => `${nameOf(plan)} ${shown(score)}`);
  const refused = rejected.slice(0, rejectedShown).map(({ name, reason }) => `${name} (${reason})`);
  const more = rejectedCount - refused.length;
  return [
    `${kindNames.get(chosen?.kind ?? BeatKind.QUIET)} ${nameOf(chosen)} for ${decision.player || "all"} in ${decision.region}` +
      `: ${decision.reason}${product}.`,
    `Now: ${phaseName(decision.phase)}, intensity ${shown(decision.intensity)}, target ${shown(decision.target)}, ` +
      `${shown(decision.points)} points.`,
    others.length > 0 ? `Also possible: ${others.join(", ")}.` : "Nothing else was possible.",
    refused.length > 0
      ? `Rejected: ${refused.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`
      : "",
    outcomes.length > 0
      ? `Looking ahead gave ${outcomes.map(({ score }) => shown(score)).join(", ")}.`
      : "",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function nameOf(plan: BeatPlan | undefined): string {
  return plan?.storylet || plan?.subject || "quiet";
}

function phaseName(phase: PacingPhase): string {
  for (const [name, one] of pacingPhases) if (one === phase) return name;
  return "unspecified";
}

function shown(value: number): string {
  return String(Math.round(value * 1_000) / 1_000);
}
