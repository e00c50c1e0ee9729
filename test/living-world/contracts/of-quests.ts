import { newestFirst } from "../../../src/actors/story/chronicle.ts";
import type { LanguageState } from "../../../src/gen/tellurion/v1/language_pb.ts";
import type { NpcState } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import {
  QuestEndedEventSchema,
  QuestOfferedEventSchema,
  QuestOutcome,
  QuestRewardedEventSchema,
  type QuestState,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import type { StoryState } from "../../../src/gen/tellurion/v1/story_pb.ts";
import type { StorytellerState } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { TraceLeftEventSchema, type TracesState } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import type { WorldState } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { type Contract, contract } from "./contract.ts";
import {
  factsIn,
  knowsAll,
  moved,
  near,
  pointsIn,
  saidOf,
  stepsThat,
  tongueOf,
} from "./readings.ts";

const names: Partial<Record<QuestOutcome, string>> = {
  [QuestOutcome.COMPLETED]: "completed",
  [QuestOutcome.FAILED]: "failed",
  [QuestOutcome.EXPIRED]: "expired",
  [QuestOutcome.ABANDONED]: "abandoned",
};

/** 1 for a quest that was done, -1 for one that failed: what others think of it goes that way. */
const wayOf = (outcome: QuestOutcome) =>
  outcome === QuestOutcome.COMPLETED ? 1 : outcome === QuestOutcome.FAILED ? -1 : 0;

function factionOf(state: WorldState, npc: string): string {
  const dot = npc.lastIndexOf(".");
  const [shard, number] = [npc.slice(0, dot), Number(npc.slice(dot + 1))];
  const entry = state.roster.find(
    (one) => one.shard === shard && number >= one.first && number < one.first + one.count,
  );
  return entry?.faction ?? "";
}

/** What a faction thinks more of who has done all of a quest. */
const opinionOfQuest = 0.05;

export const ofQuestEnds: readonly Contract[] = [
  contract(
    QuestEndedEventSchema,
    "world",
    "quest",
    "the faction of who gave the quest thinks more or less of those who did it, and grows or shrinks",
    (state: WorldState, { id, giver, outcome, player, contributions }) => {
      const name = factionOf(state, giver);
      const faction = state.factions.find((one) => one.name === name);
      const note = () => state.questNotes.find(({ run }) => run === id);
      if (faction === undefined) return () => note() === undefined || note()?.faction === "";
      const opinion = (of: string) => {
        const who = state.players.find((one) => one.id === of);
        return who?.reputations.find((one) => one.faction === name)?.value ?? 0;
      };
      const { power } = faction;
      const way = wayOf(outcome);
      const parts = contributions.length > 0 ? contributions : [{ player, share: 1 }];
      const wanted = parts.map((part) => ({
        player: part.player,
        value: opinion(part.player) + way * opinionOfQuest * part.share,
      }));
      const grows = () => way * (faction.power - power) > 0 || faction.power >= 100;
      return () =>
        note()?.faction === name &&
        (way === 0 || grows()) &&
        wanted.every((part) => near(opinion(part.player), Math.min(1, part.value)));
    },
  ),
  contract(
    QuestEndedEventSchema,
    "npc",
    "quest",
    "who gave the quest trusts the player more for doing it, and less for failing; nobody else does",
    (state: NpcState, { giver, player, outcome }, key) => {
      if (!state.configured) return undefined;
      const all = () => JSON.stringify(state.relations);
      const before = all();
      const way = wayOf(outcome);
      if (!giver.startsWith(`${key}.`) || way === 0) return () => all() === before;
      const npc = Number(giver.slice(key.length + 1));
      const trust = () =>
        state.relations.find((one) => one.npc === npc && one.other === `player/${player}`)?.trust;
      const thought = trust() ?? 0;
      return () => way * ((trust() ?? 0) - thought) > 0 || thought > 0.95;
    },
  ),
  contract(
    QuestEndedEventSchema,
    "quest",
    "quest",
    "steps that wait for this quest to end so go on",
    (state: QuestState, { quest, outcome, player, contributions, gameMs }) => {
      const doers = [player, ...contributions.map((one) => one.player)];
      return stepsThat(state, gameMs, ({ what }, whose) =>
        what.case === "quest"
          ? what.value.quest === quest &&
            [QuestOutcome.UNSPECIFIED, outcome].includes(what.value.outcome) &&
            ["world", ...doers].includes(whose)
          : false,
      );
    },
  ),
  contract(
    QuestEndedEventSchema,
    "storyteller",
    "quest",
    "a quest that is done relieves its player, and one that failed weighs on them",
    (state: StorytellerState, { player, outcome }) => {
      const track = state.tracks.find((one) => one.player === player && !one.away);
      if (player === "" || track === undefined) return undefined;
      const amount = { "1": -0.2, "-1": 0.15, "0": 0 }[String(wayOf(outcome))] ?? 0;
      const wanted = moved(track.intensity, amount);
      return () => near(track.intensity, wanted);
    },
  ),
  contract(
    QuestEndedEventSchema,
    "story",
    "quest",
    "the chronicle tells how it ended, and what follows from it is a fact of its player's",
    (state: StoryState, { id, quest, player, outcome, region, facts, gameMs }) => {
      if (!state.configured) return undefined;
      const owner = player === "world" ? "" : player;
      const held = factsIn(state, owner);
      const wanted = new Set([...held, `quest.${quest}.${names[outcome]}`, ...facts]);
      return () => {
        const entry = newestFirst(state).next().value;
        const now = factsIn(state, owner);
        return (
          entry?.id === `quest/${id}` &&
          entry.kind === `quest:${names[outcome]}` &&
          entry.subject === quest &&
          entry.region === region &&
          entry.gameMs === gameMs &&
          now.length === wanted.size &&
          now.every((fact) => wanted.has(fact))
        );
      };
    },
  ),
  contract(
    QuestEndedEventSchema,
    "traces",
    "quest",
    "it leaves a trace where it ended, and in no other region",
    (state: TracesState, { id, region, place, gameMs }, key) => {
      if (!state.configured) return undefined;
      if (region !== key) return (said) => said.length === 0;
      return (said) =>
        saidOf(said, TraceLeftEventSchema).some(
          (trace) =>
            trace.cause === `quest/${id}` &&
            trace.gameMs === gameMs &&
            (place === "" || trace.place === place),
        );
    },
  ),
  contract(
    QuestEndedEventSchema,
    "language",
    "quest",
    "who completes a quest where the language is spoken has met the words of its name",
    (state: LanguageState, { quest, region, outcome, player }) => {
      const tongue = tongueOf(state);
      if (tongue === undefined) return undefined;
      const words = quest.split(/[-_.:]/).filter((word) => state.concepts.includes(word));
      const before = pointsIn(state, player);
      const isTaught = outcome === QuestOutcome.COMPLETED && tongue.regions.includes(region);
      if (!isTaught) return () => pointsIn(state, player) === before;
      if (words.length === 0 || player === "world" || knowsAll(state, player, words)) {
        return undefined;
      }
      return () => pointsIn(state, player) !== before;
    },
  ),
];

export const ofQuests: readonly Contract[] = [
  contract(
    QuestRewardedEventSchema,
    "world",
    "quest",
    "the player has coins and goods of each reward once, and its faction's thanks",
    (state: WorldState, { id, player, coins, items, reputation }) => {
      const who = state.players.find((one) => one.id === player);
      if (who === undefined) return undefined;
      const isNew = !who.rewards.includes(id);
      const all = () => who.inventory.map(({ good, amount }) => `${good} ${amount}`).sort();
      const amounts = new Map(who.inventory.map(({ good, amount }) => [good, amount]));
      for (const { item, amount } of isNew ? items : []) {
        amounts.set(item, (amounts.get(item) ?? 0) + amount);
      }
      const wanted = [...amounts].map(([good, amount]) => `${good} ${amount}`).sort();
      const before = who.coins;
      const note = state.questNotes.find(({ run }) => run === id.slice(0, id.lastIndexOf("/")));
      const opinion = () =>
        who.reputations.find((one) => one.faction === note?.faction)?.value ?? 0;
      const thought = Math.min(1, opinion() + (isNew ? reputation : 0));
      return () =>
        who.rewards.filter((reward) => reward === id).length === 1 &&
        who.coins === before + (isNew ? coins : 0) &&
        all().join() === wanted.join() &&
        (note === undefined || note.faction === "" || near(opinion(), thought));
    },
  ),
  contract(
    QuestOfferedEventSchema,
    "story",
    "quest",
    "the chronicle tells of an offer that something caused, and of no other",
    (state: StoryState, { id, quest, player, region, cause, gameMs }) => {
      if (!state.configured) return undefined;
      const { entries } = state;
      if (cause === "") return () => state.entries === entries;
      return () => {
        const entry = newestFirst(state).next().value;
        return (
          entry?.id === `quest/${id}` &&
          entry.kind === "quest:offered" &&
          entry.because === cause &&
          entry.subject === quest &&
          entry.player === player &&
          entry.region === region &&
          entry.gameMs === gameMs
        );
      };
    },
  ),
];
