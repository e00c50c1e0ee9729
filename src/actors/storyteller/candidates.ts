import { BeatKind } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { type Derived, derivedOf } from "./derived.ts";
import { holdsFact } from "./facts.ts";
import { forbiddenBy, isPersonal, type Moment, momentOf } from "./guards.ts";
import { decayed, moved } from "./intensity.ts";
import { targetOf } from "./phases.ts";
import { type Spot, spotFor } from "./places.ts";
import { type Circumstances, isMet } from "./preconditions.ts";
import type {
  BeatPlan,
  Candidate,
  Configured,
  EncounterKind,
  RejectedBeat,
  Storylet,
  Track,
} from "./state.ts";

/** Game minutes ahead at which the intensity that a beat leads to is held against the target. */
const aheadMinutes = 5;
/** How much the fit to the target counts against salience and novelty. */
const fitPower = 4;
/** What is new has novelty 1, what just happened this little; most of it is back after so many minutes. */
const noveltyLeast = 0.2;
const noveltyMinutes = 480;
/** Quiet matters most right after a beat, and less and less as time goes by. */
const quietLeast = 0.6;
const quietMost = 2;
const quietMinutes = 20;
/** An encounter that was bought does not come back to the same player before. */
const encounterCooldownMinutes = 30;

/** What a decision has to choose from. */
export interface Choice {
  /** The best one first. Quiet is one of them, and has no kind but that. */
  readonly candidates: Candidate[];
  readonly rejected: RejectedBeat[];
  readonly target: number;
}

/** Reckons what might happen to a player or region now, and what may not. Changes nothing. */
export function choiceFor(state: Configured, track: Track): Choice {
  const elapsed = state.minute - track.phaseSince;
  const aim = targetOf(state.personality, track, elapsed + aheadMinutes);
  const candidates: Candidate[] = [];
  const rejected: RejectedBeat[] = [];
  const moment = momentOf(state, track);
  if (moment !== undefined) {
    const derived = derivedOf(state);
    const now = circumstancesOf(moment);
    state.storylets.forEach((storylet, number) => {
      const found = storyletFor(moment, derived, now, storylet, number);
      if (typeof found === "string") rejected.push({ name: storylet.name, reason: found });
      else candidates.push(scored(moment, found, number, storylet.salience, aim));
    });
    state.encounterKinds.forEach((kind, i) => {
      const number = state.storylets.length + i;
      const found = purchaseFor(moment, derived, kind, number);
      if (typeof found === "string") rejected.push({ name: kind.name, reason: found });
      else candidates.push(scored(moment, found, number, 1, aim));
    });
  }
  candidates.push(quietFor(state, track, aim));
  // The sort is stable: of equals, the one that the pack names first is the better one.
  candidates.sort((a, b) => b.score - a.score);
  return { candidates, rejected, target: targetOf(state.personality, track, elapsed) };
}

/** A beat that may be, with how well its place suits. */
interface Found {
  readonly plan: BeatPlan;
  readonly placeFit: number;
}

function storyletFor(
  moment: Moment,
  derived: Derived,
  now: Circumstances,
  storylet: Storylet,
  number: number,
): Found | string {
  const { region } = moment;
  const guard = forbiddenBy(moment, { ...storylet, number });
  if (guard !== undefined) return guard;
  const { regions, placeKinds, preconditions, kind } = storylet;
  if (regions.length > 0 && !regions.includes(region.name)) return "region";
  const failed = derived.preconditions[number]?.findIndex((one) => !isMet(one, now)) ?? -1;
  if (failed >= 0) return `precondition ${preconditions[failed]}`;
  const isEncounter = kind === BeatKind.ENCOUNTER;
  const spot = spotFor(moment, derived, placeKinds, isEncounter, number);
  return typeof spot === "string" ? spot : foundAt(moment, number, spot);
}

/** What would happen by a storylet or an encounter kind, by its number, at a place. */
export function planAt(
  state: Configured,
  { region, player }: Track,
  number: number,
  place: string,
): BeatPlan {
  const storylet = state.storylets[number];
  if (storylet !== undefined) {
    const { kind, name, subject, intensity, minutes, cost } = storylet;
    const rest = { region, place, player, subject, intensity, minutes, points: cost };
    return { kind, storylet: name, ...rest };
  }
  const { name, strength, cost } = state.encounterKinds[
    number - state.storylets.length
  ] as EncounterKind;
  return {
    ...{ kind: BeatKind.ENCOUNTER, storylet: "", region, place, player, subject: name },
    ...{ intensity: strength, points: cost, minutes: state.fairness.encounterMinutes },
  };
}

/** An encounter that is bought with threat points. */
function purchaseFor(
  moment: Moment,
  derived: Derived,
  { name, cost, places, climates }: EncounterKind,
  number: number,
): Found | string {
  const { region } = moment;
  const kind = BeatKind.ENCOUNTER;
  const cooldownMinutes = encounterCooldownMinutes;
  const wanted = { number, name, kind, cost, cooldownMinutes, worldCooldownMinutes: 0 };
  const guard = forbiddenBy(moment, wanted);
  if (guard !== undefined) return guard;
  if (climates.length > 0 && !climates.includes(region.climate)) return "climate";
  const spot = spotFor(moment, derived, places, true, number);
  if (typeof spot === "string") return spot;
  return foundAt(moment, number, spot);
}

function foundAt({ state, track }: Moment, number: number, { place, fit }: Spot): Found {
  return { plan: planAt(state, track, number, place), placeFit: fit };
}

function scored(
  { state, track, regionTrack }: Moment,
  { plan, placeFit }: Found,
  number: number,
  salience: number,
  aim: number,
): Candidate {
  const fit = fitOf(state, moved(track.intensity, plan.intensity), aim);
  const here = track.usedAt[number] ?? 0;
  const there = isPersonal(plan.kind) ? 0 : (regionTrack.usedAt[number] ?? 0);
  const novelty = noveltyOf(state, Math.max(here, there));
  const score = salience * fit * novelty * placeFit;
  return { plan, score, salience, fit, novelty, placeFit };
}

/** How near the target an intensity would lead. */
function fitOf({ personality }: Configured, intensity: number, aim: number): number {
  const error = Math.abs(decayed(intensity, personality.decay, aheadMinutes) - aim);
  return Math.max(0, 1 - error) ** fitPower;
}

function noveltyOf({ minute }: Configured, usedAt: number): number {
  if (usedAt === 0) return 1;
  return 1 - (1 - noveltyLeast) * Math.exp(-(minute - usedAt) / noveltyMinutes);
}

/** Nothing, on purpose. */
function quietFor(state: Configured, track: Track, aim: number): Candidate {
  const { region, player, intensity, beatAt } = track;
  const since = beatAt === 0 ? Number.POSITIVE_INFINITY : state.minute - beatAt;
  const salience = quietLeast + (quietMost - quietLeast) * Math.exp(-since / quietMinutes);
  const fit = fitOf(state, intensity, aim);
  const plan = {
    ...{ kind: BeatKind.QUIET, storylet: "", region, place: "", player, subject: "" },
    ...{ intensity: 0, minutes: 0, points: 0 },
  };
  return { plan, score: salience * fit, salience, fit, novelty: 1, placeFit: 1 };
}

function circumstancesOf({ state, track, region }: Moment): Circumstances {
  const { player, intensity, phase } = track;
  return {
    season: state.season,
    dayPhase: state.dayPhase,
    condition: region.condition,
    severe: region.severe,
    intensity,
    pacing: phase,
    holds: (fact) => holdsFact(state, fact, player),
  };
}
