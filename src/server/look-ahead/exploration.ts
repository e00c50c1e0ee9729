import { outcomeOf } from "../../actors/storyteller/outcome.ts";
import { ClockService, ClockStateSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import {
  type LookAheadRequest,
  LookAheadRequestSchema,
  LookAheadResultSchema,
  type StoryBeatEvent,
  StorytellerStateSchema,
  TryBeatSchema,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
import { type Branch, defineExploration, Rejection } from "../../runtime/index.ts";
import { StandIns } from "./stand-ins.ts";

const minuteMs = 60_000;
const storyteller = "storyteller/main";

/** Runs the world ahead once for each beat that the storyteller thinks of, with stand-ins for its players. */
export const exploration = defineExploration({
  request: LookAheadRequestSchema,
  result: LookAheadResultSchema,
  explore(branch, request) {
    hasten(branch);
    const outcomes = request.candidates.map((beat) => outcomeIn(branch.fork(), request, beat));
    return { decision: request.decision, outcomes };
  },
});

/** Makes a game minute pass in each frame: what is looked at is minutes, and frames between them cost time only. */
function hasten(branch: Branch): void {
  const clock = branch.stateOf("clock/main", ClockStateSchema);
  if (!clock?.configured || clock.paused) {
    throw new Rejection("FAILED_PRECONDITION", "the clock stands still: there is nothing ahead");
  }
  const scale = (minuteMs * branch.tickHz) / 1_000;
  branch.command(ClockService.method.setScale, "main", { scale });
}

function outcomeIn(branch: Branch, request: LookAheadRequest, beat: StoryBeatEvent) {
  const { decision, region, player, horizonMinutes } = request;
  const standIns = new StandIns(branch, Number(decision));
  branch.send(storyteller, TryBeatSchema, { beat, lookAhead: false });
  for (let minute = 0; minute < horizonMinutes; minute += 1) {
    standIns.act();
    branch.run(1);
  }
  const state = branch.stateOf(storyteller, StorytellerStateSchema);
  const outcome = state && outcomeOf(state, region, player);
  if (outcome === undefined) {
    throw new Rejection("FAILED_PRECONDITION", `the storyteller knows no ${player || region}`);
  }
  return outcome;
}
