import { BeatKind, PacingPhase } from "../../gen/tellurion/v1/storyteller_pb.ts";
import type { Configured, StoryRegion, Track } from "./state.ts";

/** When there may be something to fight: while tension builds up, and to keep up a peak. */
export const fightPhases: readonly PacingPhase[] = [PacingPhase.BUILD_UP, PacingPhase.PEAK];

/** Kinds that happen to one player. The others happen to a region, whoever is there. */
export function isPersonal(kind: BeatKind): boolean {
  return kind === BeatKind.ENCOUNTER || kind === BeatKind.QUEST || kind === BeatKind.STORY;
}

/** What guards look at, worked out once for a decision. */
export interface Moment {
  readonly state: Configured;
  readonly track: Track;
  readonly region: StoryRegion;
  /** The region's own track. */
  readonly regionTrack: Track;
  /** Encounters that run in the region. */
  readonly encounters: number;
  /** Places where a player rests. */
  readonly rested: ReadonlySet<string>;
}

export function momentOf(state: Configured, track: Track): Moment | undefined {
  const region = state.regions.find(({ name }) => name === track.region);
  const regionTrack = state.tracks.find((one) => one.player === "" && one.region === track.region);
  if (region === undefined || regionTrack === undefined) return undefined;
  const there = state.tracks.filter((one) => one.region === track.region);
  return {
    state,
    track,
    region,
    regionTrack,
    encounters: there.reduce((sum, one) => sum + one.encounters.length, 0),
    rested: new Set(there.filter((one) => one.rests && !one.away).map((one) => one.place)),
  };
}

/** What a candidate is, as far as guards look at it. */
export interface Wanted {
  readonly number: number;
  readonly name: string;
  readonly kind: BeatKind;
  readonly cost: number;
  readonly cooldownMinutes: number;
  readonly worldCooldownMinutes: number;
}

/** The name of the guard that forbids a candidate now. Undefined: none does. */
export function forbiddenBy(moment: Moment, wanted: Wanted): string | undefined {
  const { state, track } = moment;
  const { kind, number } = wanted;
  if (isPersonal(kind) && track.player === "") return "nobody";
  if (state.vetoes.some((veto) => veto.name === wanted.name)) return "veto";
  if (isTooSoon(moment, kind)) return "distance";
  if (isWithin(state, state.usedAt[number], wanted.worldCooldownMinutes)) return "world_cooldown";
  if (isWithin(state, track.usedAt[number], wanted.cooldownMinutes)) return "cooldown";
  const there = moment.regionTrack.usedAt[number];
  if (!isPersonal(kind) && isWithin(state, there, wanted.cooldownMinutes)) return "cooldown";
  if (kind === BeatKind.ENCOUNTER) {
    const guard = encounterForbiddenBy(moment);
    if (guard !== undefined) return guard;
  }
  return wanted.cost > track.points ? "points" : undefined;
}

function encounterForbiddenBy({ state, track, encounters }: Moment): string | undefined {
  const { graceMinutes, encountersPerPlayer, encountersPerRegion } = state.fairness;
  if (!fightPhases.includes(track.phase)) return "phase";
  if (isWithin(state, track.lostAt, graceMinutes)) return "grace";
  const isFull = track.encounters.length >= encountersPerPlayer;
  return isFull || encounters >= encountersPerRegion ? "running" : undefined;
}

/** A player hears of what happens to the region too; a region has a distance of its own. */
function isTooSoon({ state, track, regionTrack }: Moment, kind: BeatKind): boolean {
  const { beatDistanceMinutes } = state.fairness;
  if (isWithin(state, track.beatAt, beatDistanceMinutes)) return true;
  return !isPersonal(kind) && isWithin(state, regionTrack.beatAt, beatDistanceMinutes);
}

/** Whether a minute (0: never) lies less than so many minutes back. */
function isWithin({ minute }: Configured, at: number | undefined, minutes: number): boolean {
  return at !== undefined && at !== 0 && minute - at < minutes;
}
