import { type QuestEndedEvent, QuestOutcome } from "../../gen/tellurion/v1/quest_pb.ts";
import type { WeatherSevereEvent } from "../../gen/tellurion/v1/weather_pb.ts";
import {
  type OccurrenceEvent,
  type PlayerActedEvent,
  Verb,
} from "../../gen/tellurion/v1/world_pb.ts";
import { isKey } from "../../runtime/index.ts";
import { moveForPlayer, moveForRegion } from "./intensity.ts";
import { comeBack } from "./live.ts";
import { noteLoss } from "./points.ts";
import {
  type Configured,
  freshTrack,
  type Outlet,
  regionNamed,
  type Track,
  trackOf,
} from "./state.ts";

/** Players that are paced or remembered. Those who have been away longest are forgotten first. */
export const playersMax = 256;

/** How much what happens raises intensity, or relieves it. */
const harmWeight = 0.8;
const fightRaise = 0.15;
const failureRaise = 0.05;
const occurrenceWeight = 0.4;
const severeWeight = 0.2;
const questFailedRaise = 0.15;
const questCompletedRelief = -0.2;
/** Harm from which an act was a loss, whatever came of it. */
const lossHarm = 0.5;

type Heard<Event, Field extends keyof Event> = Readonly<Pick<Event, Field>>;
type Act = Heard<
  PlayerActedEvent,
  "player" | "verb" | "region" | "place" | "targetKind" | "success" | "harm"
>;

/** A player did something: where they are, how they fare, and that they are there. */
export function hearAct(state: Configured, act: Act, out: Outlet): void {
  const track = presentPlayer(state, act.player, act.region, out);
  if (track === undefined) return;
  const { verb, success } = act;
  const harm = unit(act.harm);
  const fights = verb === Verb.FIGHT;
  track.heardAt = state.minute;
  if (regionNamed(state, act.region) !== undefined) {
    track.region = act.region;
    track.place = isKey(act.place) ? act.place : "";
  }
  track.rests = verb === Verb.REST;
  const raise = harm * harmWeight + (fights ? fightRaise : 0) + (success ? 0 : failureRaise);
  moveForPlayer(state, track, raise);
  if (track.totals !== undefined) track.totals.harm += harm;
  if (fights && success) endEncounter(state, track, act.targetKind);
  if (harm >= lossHarm || (fights && !success)) noteLoss(state, track);
}

/** The track of a player who is there, begun if it has to be. Undefined: there is no room for them. */
function presentPlayer(
  state: Configured,
  player: string,
  region: string,
  out: Outlet,
): Track | undefined {
  if (!isKey(player)) return undefined;
  const known = trackOf(state, player, "");
  if (known !== undefined) {
    if (known.away) comeBack(state, known, out);
    return known;
  }
  if (state.tracks.length - state.regions.length >= playersMax && !forgetSomebody(state)) {
    state.playersRefused += 1n;
    return undefined;
  }
  const track = freshTrack(state, player, regionNamed(state, region) === undefined ? "" : region);
  state.tracks.push(track);
  return track;
}

/** Forgets the player who has been away longest. */
function forgetSomebody(state: Configured): boolean {
  const away = state.tracks.filter((track) => track.away);
  const [first] = away;
  if (first === undefined) return false;
  const longest = away.reduce((a, b) => (b.heardAt < a.heardAt ? b : a), first);
  state.tracks = state.tracks.filter((track) => track !== longest);
  state.cursor = 0;
  return true;
}

/** Somebody won a fight: it is over for the one it was meant for, who need not be the one who won. */
function endEncounter(state: Configured, winner: Track, kind: string): void {
  const there = state.tracks.filter(
    (track) => track !== winner && track.region === winner.region && track.encounters.length > 0,
  );
  for (const track of [winner, ...there]) {
    const at = track.encounters.findIndex((encounter) => encounter.kind === kind);
    if (at < 0) continue;
    track.encounters.splice(at, 1);
    return;
  }
}

type Occurrence = Heard<OccurrenceEvent, "kind" | "region" | "intensity" | "started" | "cause">;

/** Something dangerous began in a region. What a beat brought about was counted with the beat. */
export function hearOccurrence(state: Configured, occurrence: Occurrence): void {
  const { kind, region, started, cause } = occurrence;
  const isDangerous = !state.knowsDanger || state.dangerousOccurrences.includes(kind);
  if (!started || !isDangerous || cause.startsWith("beat/")) return;
  moveForRegion(state, region, unit(occurrence.intensity) * occurrenceWeight);
}

type Severe = Heard<WeatherSevereEvent, "region" | "condition" | "started" | "intensity">;

export function hearSevere(state: Configured, { region, started, intensity }: Severe): void {
  const known = regionNamed(state, region);
  if (known === undefined) return;
  known.severe = started;
  if (started) moveForRegion(state, region, unit(intensity) * severeWeight);
}

export function hearWeather(state: Configured, region: string, condition: string): void {
  const known = regionNamed(state, region);
  if (known !== undefined) known.condition = condition;
}

type QuestEnd = Heard<QuestEndedEvent, "player" | "outcome" | "region"> & {
  readonly contributions?: readonly { readonly player: string }[];
};

/** A quest that was done relieves those who did it; one that failed is a loss. */
export function hearQuestEnd(state: Configured, quest: QuestEnd): void {
  const { player, contributions = [], outcome } = quest;
  // A quest of the whole world is nobody's; those who took part are told apart by what they did.
  const players = new Set([player, ...contributions.map((one) => one.player)]);
  for (const one of players) hearEndFor(state, one, outcome);
}

function hearEndFor(state: Configured, player: string, outcome: QuestOutcome): void {
  const track = trackOf(state, player, "");
  if (player === "" || track === undefined || track.away) return;
  if (outcome === QuestOutcome.COMPLETED) moveForPlayer(state, track, questCompletedRelief);
  if (outcome !== QuestOutcome.FAILED) return;
  moveForPlayer(state, track, questFailedRaise);
  noteLoss(state, track);
}

/** A share as events bring it: what is no number, or outside 0 to 1, must not get into the state. */
function unit(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}
