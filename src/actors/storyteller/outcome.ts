import type {
  LookAheadOutcome as LookAheadOutcomeMessage,
  PacingTotals as PacingTotalsMessage,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
import type { Plain } from "../common/plain.ts";
import { type Storyteller, trackOf } from "./state.ts";

export type PacingTotals = Plain<PacingTotalsMessage>;
export type LookAheadOutcome = Plain<LookAheadOutcomeMessage>;

/** What a minute in which a beat was overdue, or intensity was far above its target, takes from the score. */
const starvationPenalty = 0.5;
const overloadPenalty = 0.5;
/** Intensity so far above its target is too much. */
export const overloadFrom = 0.25;

const nothing: Pick<
  PacingTotals,
  "minutes" | "error" | "overloadMinutes" | "starvedMinutes" | "beats" | "harm"
> = { minutes: 0, error: 0, overloadMinutes: 0, starvedMinutes: 0, beats: 0, harm: 0 };

/**
 * How well a player or region was paced: 1 - mean error - 0.5 × share of starved minutes - 0.5 × share of overloaded
 * minutes. 1 is perfect; a random walk is near 0.5.
 */
export function pacingScore(
  outcome: Pick<LookAheadOutcome, "pacingError" | "starvedShare" | "overloadShare">,
): number {
  const { pacingError, starvedShare, overloadShare } = outcome;
  return 1 - pacingError - starvationPenalty * starvedShare - overloadPenalty * overloadShare;
}

/** What has been counted of a player or, where that is empty, of a region. A copy. */
export function totalsOf(
  state: Storyteller,
  region: string,
  player: string,
): PacingTotals | undefined {
  const totals = trackOf(state, player, region)?.totals;
  return totals && { ...totals };
}

/**
 * What came of a player's or region's pacing since some totals were taken or, without them, since counting began: TryBeat
 * begins it anew. Undefined for those that the storyteller does not know.
 */
export function outcomeOf(
  state: Storyteller,
  region: string,
  player: string,
  since: typeof nothing = nothing,
): LookAheadOutcome | undefined {
  const totals = totalsOf(state, region, player);
  if (totals === undefined) return undefined;
  const minutes = totals.minutes - since.minutes;
  const share = (sum: number): number => (minutes > 0 ? sum / minutes : 0);
  const shares = {
    pacingError: share(totals.error - since.error),
    starvedShare: share(totals.starvedMinutes - since.starvedMinutes),
    overloadShare: share(totals.overloadMinutes - since.overloadMinutes),
  };
  return {
    ...shares,
    harm: totals.harm - since.harm,
    beats: totals.beats - since.beats,
    minutes,
    score: pacingScore(shares),
  };
}
