import { BeatKind } from "../../gen/tellurion/v1/storyteller_pb.ts";
import type { Choice } from "./candidates.ts";
import { commit } from "./commit.ts";
import type { Candidate, Configured, Outlet, StoryDecision, Track } from "./state.ts";

/** What a decision keeps to explain itself with. */
const candidatesKept = 8;
const rejectedKept = 24;
/** Tracks whose silence is explained. */
const quietMax = 32;

/** Commits what was chosen, or notes that it is nothing. */
export function settle(
  state: Configured,
  track: Track,
  chosen: Candidate,
  decision: StoryDecision,
  out: Pick<Outlet, "publish">,
): void {
  if (isLoud(chosen)) commit(state, track, chosen.plan, decision, out);
  else stayQuiet(state, track, { ...decision, chosen: { ...chosen.plan } });
}

export function isLoud({ plan }: Candidate): boolean {
  return plan.kind !== BeatKind.QUIET;
}

/** The record of a decision: all that it could have been, and why. */
export function decisionOf(
  state: Configured,
  track: Track,
  { candidates, rejected, target }: Choice,
  reason: string,
): StoryDecision {
  return {
    ...{ decision: state.decisions, beat: 0n, region: track.region, player: track.player },
    ...{ gameMs: state.gameMs, phase: track.phase, intensity: track.intensity, target },
    ...{ points: track.points, reason },
    candidates: candidates
      .slice(0, candidatesKept)
      .map((one) => ({ ...one, plan: { ...one.plan } })),
    rejected: rejected.slice(0, rejectedKept),
    rejectedCount: rejected.length,
    outcomes: [],
    times: 1,
  };
}

/** Nothing happens. Minutes of quiet in a row are one decision to those who ask why. */
function stayQuiet(state: Configured, track: Track, decision: StoryDecision): void {
  state.quietDecisions += 1n;
  if (track.totals !== undefined) track.totals.quiet += 1;
  const { player, region } = decision;
  const at = state.quiet.findIndex(
    (one) => one.player === player && (player !== "" || one.region === region),
  );
  if (at >= 0) {
    decision.times = (state.quiet[at]?.times ?? 0) + 1;
    state.quiet.splice(at, 1);
  } else if (state.quiet.length >= quietMax) state.quiet.shift();
  state.quiet.push(decision);
}
