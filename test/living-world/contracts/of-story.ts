import { newestFirst } from "../../../src/actors/story/chronicle.ts";
import type { NpcState } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import {
  QuestOfferedEventSchema,
  QuestRunStatus,
  type QuestState,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import {
  StoryChoiceEventSchema,
  StoryFactEventSchema,
  StoryNodeEventSchema,
  type StoryState,
} from "../../../src/gen/tellurion/v1/story_pb.ts";
import {
  BeatKind,
  StoryBeatEventSchema,
  type StorytellerState,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { TraceLeftEventSchema, type TracesState } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import type { WeatherState } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { OccurrenceEventSchema, type WorldState } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { type Contract, contract } from "./contract.ts";
import { factsIn, near, saidOf, stepsThat } from "./readings.ts";

const minuteMs = 60_000;
const leaseMinutes = 60;
const encounterMinutes = 240;

const kindNames: Partial<Record<BeatKind, string>> = {
  [BeatKind.ENCOUNTER]: "encounter",
  [BeatKind.OCCURRENCE]: "occurrence",
  [BeatKind.QUEST]: "quest",
  [BeatKind.WEATHER]: "weather",
  [BeatKind.STORY]: "story",
};

export const ofBeats: readonly Contract[] = [
  contract(
    StoryBeatEventSchema,
    "weather",
    "storyteller",
    "a beat of weather gets its region's weather, as its subject says and for as long as it says",
    (state: WeatherState, { beat, kind, subject, intensity, minutes }) => {
      const names = state.climate?.conditions.map(({ name }) => name) ?? [];
      const before = state.lease?.owner;
      const isHeld = state.lockedBy !== "" || state.lease?.beat === false;
      if (kind !== BeatKind.WEATHER || !names.includes(subject) || isHeld) {
        return () => state.lease?.owner === before;
      }
      const untilMs = state.gameMs + BigInt((minutes || leaseMinutes) * minuteMs);
      return () =>
        state.lease?.owner === `beat:${beat}` &&
        state.lease.untilMs === untilMs &&
        names[state.nextCondition] === subject &&
        (intensity === 0 || near(state.intensityTarget, intensity));
    },
  ),
  contract(
    StoryBeatEventSchema,
    "world",
    "storyteller",
    "an encounter comes to its place, as an entity too; an occurrence begins in its region",
    (state: WorldState, { beat, kind, subject, region, place, intensity, minutes }) => {
      const cause = `beat/${beat}`;
      const regionOf = (id: string) => state.map?.places.find((one) => one.id === id)?.region;
      const endsMs = (own: number) => state.gameMs + BigInt((minutes || own) * minuteMs);
      if (kind === BeatKind.ENCOUNTER) {
        const whole = state.definition?.encounterKinds.find(({ name }) => name === subject);
        const strength = (whole?.strength ?? 0) * (0.5 + (intensity || 0.5));
        return () => {
          const made = state.encounters.find((one) => one.cause === cause);
          const entity = state.entities.find(({ id }) => id === made?.id);
          return (
            made?.kind === subject &&
            (place === "" ? regionOf(made.place) === region : made.place === place) &&
            entity?.place === made.place &&
            made.endsMs === endsMs(encounterMinutes) &&
            near(made.strength, Math.min(1, Math.max(0.05, strength)))
          );
        };
      }
      if (kind === BeatKind.OCCURRENCE) {
        const own = state.definition?.occurrenceKinds.find(({ name }) => name === subject);
        return (said) =>
          saidOf(said, OccurrenceEventSchema).some(
            (one) => one.cause === cause && one.kind === subject && one.region === region,
          ) &&
          state.occurrences.some(
            (one) =>
              one.cause === cause &&
              one.place === place &&
              one.endsMs === endsMs(own?.minutes ?? 0) &&
              near(one.intensity, intensity || 0.5),
          );
      }
      const { version } = state;
      return (said) => said.length === 0 && state.version === version;
    },
  ),
  contract(
    StoryBeatEventSchema,
    "npc",
    "storyteller",
    "of what the storyteller sends to fight or to meet, people of its region talk, and only they",
    (state: NpcState, { beat, kind, region }) => {
      if (!state.configured) return undefined;
      const isTalkedOf = () => state.rumours.some(({ about }) => about === `beat/${beat}`);
      const isNews = kind === BeatKind.ENCOUNTER || kind === BeatKind.STORY;
      return () => isTalkedOf() === (isNews && region === state.region);
    },
  ),
  contract(
    StoryBeatEventSchema,
    "quest",
    "storyteller",
    "the quest of a beat is offered to its player because of it, and no other beat offers any",
    (state: QuestState, { beat, kind, subject, player, region }) => {
      const isQuest = kind === BeatKind.QUEST;
      return (said) => {
        const offers = saidOf(said, QuestOfferedEventSchema);
        if (!isQuest) return offers.length === 0;
        // Something may stand against the offer.
        if (offers.length === 0) return undefined;
        return offers.every(
          (offer) =>
            offer.cause === `beat/${beat}` &&
            (subject === "generate" ? offer.quest?.startsWith("gen.") : offer.quest === subject) &&
            (player === "" || ["world", player].includes(offer.player ?? "")) &&
            offer.region === region &&
            state.runs.some((run) => `q${run.number}` === offer.id),
        );
      };
    },
  ),
  contract(
    StoryBeatEventSchema,
    "story",
    "storyteller",
    "the chronicle tells of a beat, its storylet is a fact, and a node that it names opens",
    (state: StoryState, { beat, kind, storylet, region, player, subject }) => {
      if (!state.configured) return undefined;
      const id = `beat/${beat}`;
      const { entries } = state;
      const has = () => factsIn(state, player).includes(`beat.${storylet}`);
      return (said) => {
        if (storylet !== "" && !has()) return false;
        if (kind === BeatKind.QUIET) return state.entries === entries;
        const opened = saidOf(said, StoryNodeEventSchema).filter((node) => node.opened === true);
        const entry = [...newestFirst(state)].find((one) => one.id === id);
        return (
          entry?.kind === `beat:${kindNames[kind]}` &&
          entry.subject === subject &&
          entry.region === region &&
          entry.player === player &&
          opened.every((node) => kind === BeatKind.STORY && subject.startsWith(node.dialogue ?? ""))
        );
      };
    },
  ),
  contract(
    StoryBeatEventSchema,
    "traces",
    "storyteller",
    "a beat leaves a trace where it is, and doing nothing leaves none",
    (state: TracesState, { beat, kind, place, gameMs }) => {
      if (!state.configured) return undefined;
      return (said) => {
        const left = saidOf(said, TraceLeftEventSchema);
        if (kind === BeatKind.QUIET) return left.length === 0;
        return left.some(
          (trace) =>
            trace.cause === `beat/${beat}` &&
            trace.gameMs === gameMs &&
            (place === "" || trace.place === place),
        );
      };
    },
  ),
];

export const ofChoices: readonly Contract[] = [
  contract(
    StoryChoiceEventSchema,
    "world",
    "story",
    "what a choice gives away or brings leaves its player or comes to them",
    (state: WorldState, { player, tags }) => {
      const who = state.players.find((one) => one.id === player);
      if (who === undefined) return undefined;
      const worth = () => JSON.stringify([who.coins, who.inventory]);
      const before = worth();
      const given = tags.flatMap((tag) => (tag.startsWith("give:") ? [tag.slice(5)] : []));
      const changes = tags.flatMap((tag) =>
        tag.startsWith("coins:") ? [Number(tag.slice(6))] : [],
      );
      if (given.length === 0 && changes.length === 0) return () => worth() === before;
      let { coins } = who;
      for (const change of changes) if (coins + change >= 0) coins += change;
      const amount = (item: string) => who.inventory.find(({ good }) => good === item)?.amount ?? 0;
      const left = new Map(given.map((item) => [item, Math.max(0, amount(item) - 1)]));
      return () => who.coins === coins && [...left].every(([item, all]) => amount(item) === all);
    },
  ),
  contract(
    StoryChoiceEventSchema,
    "quest",
    "story",
    "steps that wait for such a choice go on; one that accepts a quest takes it up",
    (state: QuestState, { player, dialogue, tags, gameMs }) => {
      const steps = stepsThat(state, gameMs, ({ what }, whose) =>
        what.case === "choice" && ["world", player].includes(whose)
          ? ["", dialogue].includes(what.value.dialogue) && ["", ...tags].includes(what.value.tag)
          : false,
      );
      const taken = tags.flatMap((tag) => (tag.startsWith("accept:") ? [tag.slice(7)] : []));
      const running = () =>
        state.runs
          .filter((run) => run.player === player && run.status === QuestRunStatus.ACTIVE)
          .map(({ quest }) => quest);
      const before = running();
      return (said) => {
        const now = running();
        // Something may stand against it.
        if (!taken.every((quest) => now.includes(quest))) return undefined;
        const fresh = now.filter((quest) => !before.includes(quest));
        return fresh.every((quest) => taken.includes(quest)) && steps(said);
      };
    },
  ),
];

export const ofFacts: readonly Contract[] = [
  contract(
    StoryFactEventSchema,
    "quest",
    ["story", "storyteller"],
    "quests know what is true, and of whom",
    (state: QuestState, { fact, holds, player }) => {
      const known = () =>
        player === "" ? state.facts : state.players.find((one) => one.player === player)?.facts;
      return () => (known() ?? []).includes(fact) === holds;
    },
  ),
  contract(
    StoryFactEventSchema,
    "storyteller",
    ["story", "storyteller"],
    "the storyteller knows what is true, and of whom; of what it says itself before it says it",
    (state: StorytellerState, { fact, holds, player }) =>
      () =>
        state.facts.some((one) => one.fact === fact && one.player === player) === holds,
    ["storyteller"],
  ),
];
