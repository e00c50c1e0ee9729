import { newestFirst } from "../../../src/actors/story/chronicle.ts";
import type { LanguageState } from "../../../src/gen/tellurion/v1/language_pb.ts";
import { NpcSpeakEventSchema, type NpcState } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import {
  type PlayerObjective,
  QuestOfferedEventSchema,
  type QuestState,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import type { StoryState } from "../../../src/gen/tellurion/v1/story_pb.ts";
import type { StorytellerState } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  TraceDiscoveredEventSchema,
  TraceLeftEventSchema,
  type TracesState,
} from "../../../src/gen/tellurion/v1/traces_pb.ts";
import {
  OccurrenceEventSchema,
  type PlayerActedEvent,
  PlayerActedEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { type Contract, contract } from "./contract.ts";
import { moved, near, saidOf, stepsThat } from "./readings.ts";

/** Stands for no place in particular among a shard's places. */
const nowhere = 65_535;
const minuteMs = 60_000;
const occurrenceWeight = 0.4;
const leastIntensity = 0.3;

const numberOf = (state: NpcState, id: string) => {
  const number = state.map?.places.findIndex((place) => place.id === id) ?? -1;
  return number === -1 ? nowhere : number;
};

export const ofOccurrences: readonly Contract[] = [
  contract(
    OccurrenceEventSchema,
    "npc",
    "world",
    "NPCs of the region know what goes on, where and how much of it, as long as it does",
    (state: NpcState, { id, kind, region, place, intensity, started }) => {
      if (!state.configured) return undefined;
      const known = () => state.occurrences.find((one) => one.id === id);
      if (region !== state.region) return () => known() === undefined;
      if (!started) return () => known() === undefined;
      return () => {
        const one = known();
        const strength = Math.max(leastIntensity, intensity);
        return (
          one?.kind === kind &&
          one.place === numberOf(state, place) &&
          near(one.intensity, strength)
        );
      };
    },
  ),
  contract(
    OccurrenceEventSchema,
    "quest",
    "world",
    "steps that wait for it go on; what is offered because of it names it, in its region",
    (state: QuestState, { id, kind, region, started, gameMs }) => {
      const steps = stepsThat(state, gameMs, ({ what }) =>
        what.case === "occurrence"
          ? ["", kind].includes(what.value.kind) &&
            ["", region].includes(what.value.region) &&
            what.value.ended === !started
          : false,
      );
      return (said) => {
        const offers = saidOf(said, QuestOfferedEventSchema).filter(({ cause }) =>
          cause?.startsWith("occurrence/"),
        );
        const isRight = offers.every(
          (offer) => started && offer.cause === `occurrence/${id}` && offer.region === region,
        );
        return isRight && steps(said);
      };
    },
  ),
  contract(
    OccurrenceEventSchema,
    "storyteller",
    "world",
    "danger that no beat has brought raises its region's intensity by how much of it there is",
    (state: StorytellerState, { kind, region, intensity, started, cause }) => {
      const track = state.tracks.find((one) => one.player === "" && one.region === region);
      if (track === undefined) return undefined;
      const before = track.intensity;
      const isDanger = started && state.dangerousOccurrences.includes(kind);
      const amount = isDanger && !cause.startsWith("beat/") ? occurrenceWeight * intensity : 0;
      return () => near(track.intensity, moved(before, amount));
    },
  ),
  contract(
    OccurrenceEventSchema,
    "story",
    "world",
    "the chronicle tells of it with its cause, and of its end with its beginning",
    (state: StoryState, { id, kind, region, place, started, cause, gameMs }) => {
      if (!state.configured) return undefined;
      return () => {
        const entry = newestFirst(state).next().value;
        return (
          entry?.id === `occurrence/${id}` &&
          entry.kind === `occurrence:${kind}${started ? "" : ":ended"}` &&
          entry.because === (started ? cause : `occurrence/${id}`) &&
          entry.region === region &&
          entry.place === place &&
          entry.gameMs === gameMs
        );
      };
    },
  ),
  contract(
    OccurrenceEventSchema,
    "traces",
    "world",
    "it leaves a trace where it happens, when it begins and when it ends",
    (state: TracesState, { id, region, place, gameMs }) => {
      if (!state.configured) return undefined;
      return (said) =>
        saidOf(said, TraceLeftEventSchema).some(
          (trace) =>
            trace.cause === `occurrence/${id}` &&
            trace.region === region &&
            (place === "" || trace.place === place) &&
            trace.gameMs === gameMs,
        );
    },
  ),
];

const trustBy: Partial<Record<Verb, 1 | -1>> = {
  [Verb.TALK]: 1,
  [Verb.DELIVER]: 1,
  [Verb.FIGHT]: -1,
};

/** Whether an NPC of the shard that the deed was for thinks otherwise of the player now, as one would of such a deed. */
function opinion(state: NpcState, { target, verb, player }: PlayerActedEvent, key: string) {
  const way = trustBy[verb];
  if (!target.startsWith(`${key}.`) || way === undefined) {
    // Those who see a fight or work have their own thoughts about it.
    if (verb === Verb.FIGHT || verb === Verb.WORK) return () => true;
    const all = JSON.stringify(state.relations);
    return () => JSON.stringify(state.relations) === all;
  }
  const npc = Number(target.slice(key.length + 1));
  const trust = () =>
    state.relations.find((one) => one.npc === npc && one.other === `player/${player}`)?.trust ?? 0;
  const before = trust();
  return () => way * (trust() - before) > 0 || Math.abs(before) > 0.95;
}

function deedFits(state: QuestState, act: PlayerActedEvent, wanted: PlayerObjective): boolean {
  const kind = state.places.find(({ id }) => id === act.place)?.kind ?? "";
  return (
    wanted.verb === act.verb &&
    wanted.unsuccessful === !act.success &&
    ["", act.targetKind].includes(wanted.targetKind) &&
    ["", act.item].includes(wanted.item) &&
    ["", act.region].includes(wanted.region) &&
    ["", act.place].includes(wanted.place) &&
    ["", kind].includes(wanted.placeKind) &&
    ["", act.target].includes(wanted.target)
  );
}

const causeNames: Partial<Record<Verb, string>> = {
  [Verb.FIGHT]: "fight",
  [Verb.WORK]: "work",
  [Verb.DELIVER]: "deliver",
};

export const ofDeeds: readonly Contract[] = [
  contract(
    PlayerActedEventSchema,
    "npc",
    "world",
    "NPCs know who is in their region and where, think of what was done to them, and answer talk",
    (state: NpcState, event, key) => {
      if (!state.configured) return undefined;
      const { player, region, place, target, verb } = event;
      const guest = () => state.guests.find((one) => one.player === `player/${player}`);
      if (region !== state.region) return () => guest() === undefined;
      const thinks = opinion(state, event, key);
      const isTalk = verb === Verb.TALK && target.startsWith(`${key}.`);
      return (said) =>
        guest()?.place === numberOf(state, place) &&
        guest()?.minute === Math.floor(state.livedMs / minuteMs) &&
        thinks() &&
        (!isTalk || saidOf(said, NpcSpeakEventSchema).some((one) => one.player === player));
    },
  ),
  contract(
    PlayerActedEventSchema,
    "quest",
    "world",
    "steps of the player that such a deed counts for go on, and it is known where the player is",
    (state: QuestState, event) => {
      const { player, region, gameMs } = event;
      const steps = stepsThat(state, gameMs, ({ what }, whose) =>
        what.case === "player" && ["world", player].includes(whose)
          ? deedFits(state, event, what.value)
          : false,
      );
      return (said) =>
        state.players.some((one) => one.player === player && one.region === region) && steps(said);
    },
  ),
  contract(
    PlayerActedEventSchema,
    "storyteller",
    "world",
    "the storyteller knows where the player is and how they fare: harm and fights raise intensity",
    (state: StorytellerState, event) => {
      const { player, verb, region, place, success, harm } = event;
      const find = () => state.tracks.find((track) => track.player === player);
      const before = find();
      const [intensity, total] = [before?.intensity ?? 0, before?.totals?.harm ?? 0];
      const isNew = before === undefined || before.away;
      const raise = harm * 0.8 + (verb === Verb.FIGHT ? 0.15 : 0) + (success ? 0 : 0.05);
      return () => {
        const track = find();
        if (track === undefined) return false;
        return (
          track.region === region &&
          track.place === place &&
          track.heardAt === state.minute &&
          track.rests === (verb === Verb.REST) &&
          (isNew ||
            (near(track.intensity, moved(intensity, raise)) &&
              near(track.totals?.harm ?? 0, total + harm)))
        );
      };
    },
  ),
  contract(
    PlayerActedEventSchema,
    "story",
    "world",
    "the story knows where the player is, and the chronicle tells of fights and how they ended",
    (state: StoryState, { player, verb, region, place, targetKind, success, gameMs }) => {
      if (!state.configured) return undefined;
      const { entries } = state;
      return () => {
        if (state.players.find((one) => one.player === player)?.region !== region) return false;
        if (verb !== Verb.FIGHT) return state.entries === entries;
        const entry = newestFirst(state).next().value;
        return (
          entry?.id === `fight/${player}/${gameMs}` &&
          entry.kind === (success ? "fight:won" : "fight:lost") &&
          entry.subject === targetKind &&
          entry.place === place
        );
      };
    },
  ),
  contract(
    PlayerActedEventSchema,
    "traces",
    "world",
    "fights, work and deliveries leave a trace there, and a search finds what its player has not",
    (state: TracesState, { player, verb, region, place, success, gameMs }, key) => {
      if (!state.configured) return undefined;
      if (region !== key) return (said) => said.length === 0;
      const known = state.players.find((one) => one.player === player)?.known ?? [];
      const hidden = state.traces.filter(
        (trace) => trace.place === place && !known.includes(trace.number),
      );
      const name = causeNames[verb];
      const searches = verb === Verb.SEARCH && success && hidden.length > 0;
      return (said) => {
        const left = saidOf(said, TraceLeftEventSchema);
        const found = saidOf(said, TraceDiscoveredEventSchema);
        const wanted = `${name}/${player}/${gameMs}`;
        return (
          (name === undefined
            ? left.length === 0
            : left.some((trace) => trace.cause === wanted && trace.place === place)) &&
          found.length > 0 === searches &&
          found.every((one) => one.player === player && one.place === place)
        );
      };
    },
  ),
  contract(
    PlayerActedEventSchema,
    "language",
    "world",
    "a language knows where the player is, and since when",
    (state: LanguageState, { player, region, gameMs }) =>
      () =>
        state.listeners.some(
          (one) => one.player === player && one.region === region && one.actedMs === gameMs,
        ),
  ),
];
