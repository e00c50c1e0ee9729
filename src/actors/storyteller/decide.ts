import type { Random } from "../../runtime/index.ts";
import { choiceFor } from "./candidates.ts";
import { askAhead, isWorthLooking } from "./look-ahead.ts";
import { decisionOf, isLoud, settle } from "./settle.ts";
import type { Candidate, Configured, Outlet, Track } from "./state.ts";

/** Decides what happens to a player or region now: a beat, nothing, or to look ahead first. */
export function decide(state: Configured, track: Track, out: Outlet): void {
  const choice = choiceFor(state, track);
  state.decisions += 1n;
  const starved = isStarved(state, track);
  const loud = starved ? choice.candidates.find(isLoud) : undefined;
  if (loud !== undefined) {
    settle(state, track, loud, decisionOf(state, track, choice, "starvation"), out);
    return;
  }
  if (isWorthLooking(state, track, choice)) {
    askAhead(state, track, choice, decisionOf(state, track, choice, "look_ahead"), out);
    return;
  }
  const { randomness } = state.personality;
  const chosen = pick(choice.candidates, randomness, out.random);
  const reason = chosen === choice.candidates[0] ? "score" : "chance";
  settle(state, track, chosen, decisionOf(state, track, choice, reason), out);
}

/** A player who waits for a beat for longer than is fair. */
export function isStarved({ fairness }: Configured, track: Track, beyond = 0): boolean {
  return track.player !== "" && track.waitedMinutes >= fairness.starvationMinutes + beyond;
}

/**
 * Picks one of the candidates, whose best is the first. With randomness r, each one's chance goes with
 * (score / best) ^ ((1 - r) / r): the best one only for 0, all alike for 1.
 */
function pick(candidates: readonly Candidate[], randomness: number, random: Random): Candidate {
  const best = candidates[0] as Candidate;
  if (randomness === 0 || candidates.length === 1 || best.score <= 0) return best;
  const power = (1 - randomness) / randomness;
  const weights = candidates.map(({ score }) => (score / best.score) ** power);
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, candidate] of candidates.entries()) {
    left -= weights[i] as number;
    if (left < 0) return candidate;
  }
  return best;
}
