import { outcomeOf } from "../../src/actors/storyteller/outcome.ts";
import {
  QuestEndedEventSchema,
  QuestOfferedEventSchema,
  QuestOutcome,
  QuestRewardedEventSchema,
  type QuestState,
} from "../../src/gen/tellurion/v1/quest_pb.ts";
import {
  BeatKind,
  type StoryBeatEvent,
  StoryBeatEventSchema,
  type StorytellerState,
} from "../../src/gen/tellurion/v1/storyteller_pb.ts";
import type { WorldState } from "../../src/gen/tellurion/v1/world_pb.ts";
import { Bot } from "../actors/quest/bot.ts";
import { LivingWorld } from "../support/living-world.ts";

/** Game hours that a session lasts. */
const hours = 6;
const playersOfSession = 2;
/** Few NPCs make a session short; the storyteller counts none of them. */
const npcShare = 0.02;

export interface SessionOptions {
  readonly seed: number;
  readonly lookAhead: boolean;
}

/** What a session of two players was like. */
export interface SessionReport {
  readonly seed: number;
  /** Of each player: 1 is perfect. */
  readonly scores: readonly number[];
  /** Mean distance between intensity and target. */
  readonly pacingErrors: readonly number[];
  /** Share of the minutes in which a beat was overdue. */
  readonly starvedShares: readonly number[];
  readonly overloadShares: readonly number[];
  /** Beats of each player that are not quiet. */
  readonly beats: readonly number[];
  readonly lookAheads: number;
  readonly questsOffered: number;
  readonly questsCompleted: number;
  readonly generated: number;
  readonly doubleRewards: number;
  /** Generated quests that an independent bot finds no way to do. */
  readonly unsolvable: readonly string[];
  readonly deadLetters: number;
  readonly hash: string;
}

/** Two players live through a session of six game hours in the sample world. The same seed gives the same session. */
export async function runSession({ seed, lookAhead }: SessionOptions): Promise<SessionReport> {
  const living = await LivingWorld.create({
    ...{ seed, lookAhead, players: playersOfSession, npcs: npcShare },
  });
  const rewards: string[] = [];
  const unsolvable: string[] = [];
  const beats = new Map<string, number>();
  const quests = { offered: 0, completed: 0, generated: 0 };
  living.onEvent(({ type, event }) => {
    if (type === QuestRewardedEventSchema) rewards.push((event as unknown as { id: string }).id);
    if (type === StoryBeatEventSchema) {
      const { kind, player } = event as StoryBeatEvent;
      if (kind !== BeatKind.QUIET) beats.set(player, (beats.get(player) ?? 0) + 1);
    }
    if (type === QuestOfferedEventSchema) {
      quests.offered += 1;
      const { quest } = event as unknown as { quest: string };
      if (!quest.startsWith("gen.")) return;
      quests.generated += 1;
      const fault = faultOf(living, quest);
      if (fault !== undefined) unsolvable.push(fault);
    }
    if (type === QuestEndedEventSchema) {
      const { outcome } = event as unknown as { outcome: QuestOutcome };
      if (outcome === QuestOutcome.COMPLETED) quests.completed += 1;
    }
  });
  living.live(hours * 60);
  const cell = living.world.cellAt("storyteller/main");
  const state = cell?.state as StorytellerState;
  const outcomes = living.players.map(({ name }) => {
    const region = state.tracks.find(({ player }) => player === name)?.region ?? "";
    const outcome = outcomeOf(state, region, name);
    if (outcome === undefined) throw new Error(`the storyteller knows no ${name}`);
    return outcome;
  });
  return {
    seed,
    scores: outcomes.map(({ score }) => score),
    pacingErrors: outcomes.map(({ pacingError }) => pacingError),
    starvedShares: outcomes.map(({ starvedShare }) => starvedShare),
    overloadShares: outcomes.map(({ overloadShare }) => overloadShare),
    beats: living.players.map(({ name }) => beats.get(name) ?? 0),
    lookAheads: living.lookAheads,
    questsOffered: quests.offered,
    questsCompleted: quests.completed,
    generated: quests.generated,
    doubleRewards: rewards.length - new Set(rewards).size,
    unsolvable,
    deadLetters: living.world.deadLetters.length,
    hash: living.world.hash(),
  };
}

/** Has a bot do a generated quest's steps, one after another. */
function faultOf(living: LivingWorld, name: string): string | undefined {
  const quests = living.world.cellAt("quest/main")?.state as QuestState;
  const world = living.world.cellAt("world/main")?.state as WorldState;
  const definition = quests.generated.find((one) => one.name === name);
  if (definition === undefined) return undefined;
  const places = world.map?.places ?? [];
  const objectives = definition.steps.flatMap((step) => step.objectives);
  const wanted = objectives.flatMap(({ what }) => (what.case === "player" ? [what.value] : []));
  const npcs = world.roster.flatMap(({ shard, first, count, role, region }) => {
    const isWanted = wanted.some(({ target, targetKind }) =>
      target === "" ? targetKind === role : target.startsWith(`${shard}.`),
    );
    if (!isWanted) return [];
    const there = places.filter((place) => place.region === region);
    return Array.from({ length: count }, (_, i) => `${shard}.${first + i}`)
      .filter((id) => wanted.some(({ target }) => target === "" || target === id))
      .flatMap((id) => there.map((place) => ({ id, role, place: place.id })));
  });
  const { goods = [], encounterKinds = [] } = world.definition ?? {};
  const bot = new Bot({ places, goods, encounterKinds, npcs });
  for (const step of definition.steps) {
    for (let n = 0; n < Math.max(1, step.count); n += 1) {
      const isDone = step.objectives.some((objective) => bot.deedsFor(objective).length > 0);
      if (!isDone) return `${name}: ${step.id} (${step.text})`;
    }
  }
  return undefined;
}
