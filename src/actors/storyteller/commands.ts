import {
  BeatKind,
  type CommitBeatRequest as CommitBeatMessage,
  PersonalitySchema,
  type StoryBeatEvent as StoryBeatMessage,
} from "../../gen/tellurion/v1/storyteller_pb.ts";
import { codecOf, Rejection } from "../../runtime/index.ts";
import { checkInteger, checkOneOf, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { choiceFor, planAt } from "./candidates.ts";
import { commit } from "./commit.ts";
import {
  type ConfigureStoryteller,
  checkConfiguration,
  checkStorylets,
  fairnessOf,
  minutesMax,
} from "./configuration.ts";
import { derivedOf, forgetDerived, nameAt, numberNamed, numberOf } from "./derived.ts";
import { isPersonal, momentOf } from "./guards.ts";
import { decisionOf } from "./settle.ts";
import {
  type BeatPlan,
  type Configured,
  freshTotals,
  freshTrack,
  isConfigured,
  knownTrack,
  type Outlet,
  type Storylet,
  type Storyteller,
  type Track,
  trackOf,
} from "./state.ts";

type CommitBeat = Plain<CommitBeatMessage>;
type Publisher = Pick<Outlet, "publish">;

/** Sets the storyteller up, or gives it another pack: what it knows of players and regions that stay is kept. */
export function configure(state: Storyteller, message: ConfigureStoryteller): void {
  checkConfiguration(message);
  const before = usesByName(state);
  if (!state.configured) {
    state.minute = 1;
    state.gameMs = message.gameMs;
  }
  state.personality = message.personality;
  state.personalities = message.personalities;
  state.storylets = message.storylets;
  state.encounterKinds = message.encounterKinds;
  state.places = message.places;
  state.fairness = fairnessOf(message);
  state.lookAhead = message.lookAhead;
  state.knowsDanger = message.occurrenceKinds.length > 0;
  const dangerous = message.occurrenceKinds.filter((kind) => kind.dangerous);
  state.dangerousOccurrences = dangerous.map(({ name }) => name);
  state.configured = true;
  if (!isConfigured(state)) throw new Error("assertion failed: it has all that was checked");
  changeRegions(state, message);
  changePack(state, before);
}

function changeRegions(state: Configured, { regions }: ConfigureStoryteller): void {
  state.regions = regions.map(({ name, climate }) => {
    const known = state.regions.find((region) => region.name === name);
    const { condition = "", severe = false } = known ?? {};
    return { name, climate, condition, severe };
  });
  const players = state.tracks.filter(({ player }) => player !== "");
  for (const track of players) {
    if (!state.regions.some(({ name }) => name === track.region)) track.region = "";
  }
  const ofRegions = state.regions.map(
    ({ name }) => trackOf(state, "", name) ?? freshTrack(state, "", name),
  );
  state.tracks = [...ofRegions, ...players];
  state.cursor = 0;
}

/** When what was used, by name: for when numbers change. */
type UsesByName = (usedAt: readonly number[]) => Map<string, number>;

function usesByName(state: Storyteller): UsesByName {
  const names = [...state.storylets, ...state.encounterKinds].map(({ name }) => name);
  return (usedAt) => new Map(names.map((name, i) => [name, usedAt[i] ?? 0]));
}

/** Carries over what is kept by the number or name of a storylet, after storylets changed. */
function changePack(state: Configured, before: UsesByName): void {
  forgetDerived(state);
  const names = [...state.storylets, ...state.encounterKinds].map(({ name }) => name);
  const renumbered = (usedAt: readonly number[]): number[] => {
    const byName = before(usedAt);
    return names.map((name) => byName.get(name) ?? 0);
  };
  state.usedAt = renumbered(state.usedAt);
  for (const track of state.tracks) {
    track.usedAt = renumbered(track.usedAt);
    track.points = Math.min(track.points, state.personality.pointsMax);
  }
  state.vetoes = state.vetoes.filter(({ name }) => names.includes(name));
}

export function loadStorylets(state: Configured, storylets: Storylet[]): void {
  checkStorylets(storylets, state.encounterKinds, "storylets");
  const before = usesByName(state);
  state.storylets = storylets;
  changePack(state, before);
}

export function setPersonality(state: Configured, name: string): void {
  if (name === state.personality.name) return;
  const others = state.personalities.map((one) => one.name);
  checkOneOf("name", name, [...new Set([state.personality.name, ...others])]);
  const chosen = state.personalities.find((one) => one.name === name);
  if (chosen === undefined) return;
  // A copy: each object stands in one place of the state.
  (state as Storyteller).personality = codecOf(PersonalitySchema).complete(chosen);
  for (const track of state.tracks) track.points = Math.min(track.points, chosen.pointsMax);
}

export function veto(state: Configured, name: string, minutes: number): void {
  checkName(state, name);
  checkInteger("minutes", minutes, 0, minutesMax);
  state.vetoes = state.vetoes.filter((one) => one.name !== name);
  if (minutes > 0) state.vetoes.push({ name, untilMinute: state.minute + minutes });
}

function checkName(state: Configured, name: string): number {
  const number = numberNamed(state, name);
  if (number < 0) refuse("name", name, "are the names of storylets and encounter kinds");
  return number;
}

/** Makes a beat happen that a command asks for. */
export function commitBeat(
  state: Configured,
  request: CommitBeat,
  out: Publisher,
): { beat: bigint; plan: BeatPlan } {
  const number = checkName(state, request.name);
  const track = knownTrack(state, request.player, request.region);
  checkWhere(state, track, request);
  const choice = choiceFor(state, track);
  const allowed = choice.candidates.find(({ plan }) => numberOf(state, plan) === number);
  const forbidden = choice.rejected.find(({ name }) => name === request.name)?.reason;
  if (allowed === undefined && (!request.force || forbidden === "nobody")) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `name=${JSON.stringify(nameAt(state, number))} may not happen now: ${forbidden}; ` +
        "valid is what ProposeBeats has among its candidates",
    );
  }
  const { place } = request;
  const plan = allowed?.plan ?? planAt(state, track, number, track.place);
  const placed = place === "" ? plan : { ...plan, place };
  if (!request.force) checkNotRested(state, track, placed);
  const decision = decisionOf(state, track, choice, "command");
  return { beat: commit(state, track, placed, decision, out), plan: { ...placed } };
}

function checkWhere(state: Configured, track: Track, { region, place }: CommitBeat): void {
  if (track.away || track.region === "") {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `player=${JSON.stringify(track.player)} is not there; valid are players who are`,
    );
  }
  if (region !== "") checkOneOf("region", region, [track.region]);
  const { places } = derivedOf(state);
  if (place === "" || places.get(`${track.region} `)?.includes(place)) return;
  refuse("place", place, `are the places of ${track.region}`);
}

function checkNotRested(state: Configured, track: Track, { kind, place }: BeatPlan): void {
  if (kind !== BeatKind.ENCOUNTER || !momentOf(state, track)?.rested.has(place)) return;
  refuse("place", place, "are places where no player rests");
}

/** In a branch of the world: makes one beat happen, and begins to count what comes of it. */
export function tryBeat(
  state: Configured,
  beat: Plain<StoryBeatMessage>,
  lookAhead: boolean,
  out: Pick<Outlet, "publish" | "log">,
): void {
  state.lookAhead = lookAhead;
  state.trial = true;
  state.pending = [];
  const track = trackOf(state, beat.player, beat.region);
  if (track === undefined) {
    out.log("warn", `a beat was tried for somebody unknown: ${beat.player || beat.region}`);
    return;
  }
  track.totals = freshTotals(state.gameMs);
  if (beat.kind === BeatKind.QUIET || beat.kind === BeatKind.UNSPECIFIED) return;
  const { kind, storylet, region, place, player, subject, intensity, minutes, points } = beat;
  if (isPersonal(kind) && player === "") {
    out.log("warn", `a beat for one player was tried for nobody: ${storylet || subject}`);
    return;
  }
  const plan = { kind, storylet, region, place, player, subject, intensity, minutes, points };
  const decision = decisionOf(state, track, choiceFor(state, track), "trial");
  commit(state, track, plan, decision, out);
}
