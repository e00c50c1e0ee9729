import type {
  BeatPlan as BeatPlanMessage,
  Personality as PersonalityMessage,
  RejectedBeat as RejectedBeatMessage,
  ScoredBeat as ScoredBeatMessage,
  Storylet as StoryletMessage,
  StoryRegion as StoryRegionMessage,
  PacingTrack as TrackMessage,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
import {
  PacingPhase,
  type StoryDecision as StoryDecisionMessage,
  type StorytellerState,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
import type { EncounterKind as EncounterKindMessage } from "../../gen/tellurion/v1/world_pb.ts";
import { type ActorContext, Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";

export type Storyteller = Plain<StorytellerState>;
export type Track = Plain<TrackMessage>;
export type Personality = Plain<PersonalityMessage>;
export type Storylet = Plain<StoryletMessage>;
export type EncounterKind = Plain<EncounterKindMessage>;
export type StoryRegion = Plain<StoryRegionMessage>;
export type BeatPlan = Plain<BeatPlanMessage>;
export type ScoredBeat = Plain<ScoredBeatMessage>;
/** A beat that may be chosen. */
export type Candidate = ScoredBeat & { readonly plan: BeatPlan };
export type RejectedBeat = Plain<RejectedBeatMessage>;
export type StoryDecision = Plain<StoryDecisionMessage>;

/** What the storyteller needs of the world to live on. */
export type Outlet = Pick<ActorContext, "random" | "publish" | "effect" | "log">;

/** A storyteller that has been set up. */
export type Configured = Storyteller & {
  readonly personality: NonNullable<Storyteller["personality"]>;
  readonly fairness: NonNullable<Storyteller["fairness"]>;
};

export function isConfigured(state: Storyteller): state is Configured {
  return state.configured && state.personality !== undefined && state.fairness !== undefined;
}

/** The same for commands and queries: throws a Rejection where there is nothing to tell. */
export function configured(state: Storyteller): Configured {
  if (isConfigured(state)) return state;
  throw new Rejection(
    "FAILED_PRECONDITION",
    "the storyteller has not been configured: it has no personality and no storylets yet",
  );
}

export function freshTotals(sinceGameMs: bigint): NonNullable<Track["totals"]> {
  return {
    sinceGameMs,
    minutes: 0,
    error: 0,
    overloadMinutes: 0,
    starvedMinutes: 0,
    beats: 0,
    quiet: 0,
    harm: 0,
  };
}

/** A player or region that nothing has happened to: it begins by relaxing. */
export function freshTrack(state: Configured, player: string, region: string): Track {
  return {
    player,
    region,
    place: "",
    intensity: 0,
    phase: PacingPhase.RELAX,
    phaseSince: state.minute,
    phaseMinutes: state.personality.relax?.least ?? 1,
    phaseFrom: 0,
    points: 0,
    lostAt: 0,
    heardAt: state.minute,
    beatAt: 0,
    rests: false,
    away: false,
    waitedMinutes: 0,
    usedAt: new Array<number>(state.storylets.length + state.encounterKinds.length).fill(0),
    encounters: [],
    totals: freshTotals(state.gameMs),
    lookedAt: 0,
  };
}

/** The track of a player or, where the name is empty, of a region. */
export function trackOf(state: Storyteller, player: string, region: string): Track | undefined {
  return player === ""
    ? state.tracks.find((track) => track.player === "" && track.region === region)
    : state.tracks.find((track) => track.player === player);
}

/** As `trackOf`, for commands and queries: refuses those that are not known. */
export function knownTrack(state: Storyteller, player: string, region: string): Track {
  const track = trackOf(state, player, region);
  if (track !== undefined) return track;
  throw new Rejection(
    "NOT_FOUND",
    player === ""
      ? `region=${JSON.stringify(region.slice(0, 80))} is not known; valid are ${state.regions.map(({ name }) => name).join(", ")}`
      : `player=${JSON.stringify(player.slice(0, 80))} is not known; valid are players who have done something`,
  );
}

export function regionNamed(state: Storyteller, name: string): StoryRegion | undefined {
  return state.regions.find((region) => region.name === name);
}
