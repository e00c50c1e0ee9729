import { tryBeat } from "../../../src/actors/storyteller/commands.ts";
import { hearAhead } from "../../../src/actors/storyteller/look-ahead.ts";
import { outcomeOf } from "../../../src/actors/storyteller/outcome.ts";
import type { LookAheadRequest } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { StorytellerRig } from "./rig.ts";

/**
 * Answers the look aheads of a rig as the edge of a world does: for each candidate it copies the storyteller, tries the
 * beat, lets the horizon pass, and reads the pacing. Nobody plays in a copy.
 */
export function answerLookAheads(rig: StorytellerRig): number {
  const asked = rig.effects.map(({ request }) => request as LookAheadRequest);
  const answered = rig.state.pending.map(({ effect }) => effect);
  for (const effect of answered) {
    const request = asked[effect - 1];
    if (request === undefined) throw new Error("assertion failed: a pending effect was asked for");
    const outcomes = request.candidates.map((beat) => {
      const branch = StorytellerRig.copyOf(rig);
      tryBeat(branch.state, beat, false, branch);
      branch.live(request.horizonMinutes);
      const outcome = outcomeOf(branch.state, request.region, request.player);
      if (outcome === undefined) throw new Error("assertion failed: the branch knows the player");
      return outcome;
    });
    hearAhead(rig.state, effect, outcomes, rig);
  }
  return answered.length;
}
