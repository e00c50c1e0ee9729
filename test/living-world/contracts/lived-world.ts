import { fileURLToPath } from "node:url";
import { actors } from "../../../src/actors/index.ts";
import {
  ClockService,
  type ConfigureClock,
  ConfigureClockSchema,
} from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { type ConfigureNpcs, ConfigureNpcsSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import {
  type ConfigureQuests,
  ConfigureQuestsSchema,
  QuestService,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import {
  type ConfigureStory,
  ConfigureStorySchema,
  StoryService,
} from "../../../src/gen/tellurion/v1/story_pb.ts";
import {
  type ConfigureStoryteller,
  ConfigureStorytellerSchema,
  StorytellerService,
} from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import {
  type ConfigureWorld,
  ConfigureWorldSchema,
  type RosterEntry,
  WorldService,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import type { Bootstrap } from "../../../src/runtime/host.ts";
import type { ActorDefinition } from "../../../src/runtime/index.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { loadWorldPack } from "../../../src/server/world-pack.ts";
import { ScriptedPlayer } from "../../support/scripted-player.ts";
import { pairOf, type Witness } from "./contract.ts";
import { dialogue, questsFor, storylet } from "./probes.ts";

const sample = fileURLToPath(new URL("../../../worlds/sample", import.meta.url));
/** Frames of a game minute: as few as can be. */
const tickHz = 20;
const minuteMs = 60_000;
const hourMs = 60n * BigInt(minuteMs);
const dayMs = 24n * hourMs;
const npcShare = 0.02;
const players = 9;
/** What the world lives through at first, and then before and after each of the midnights that it jumps to. */
const minutesFirst = 2 * 1_440;
const minutesLater = 180;
/** Days of the year with a festival and with a new season. */
const midnights = [62n, 91n];

/** Few people of the sample world, and scripted players. */
interface SmallWorld {
  readonly world: TestWorld;
  readonly bootstrap: readonly Bootstrap[];
  /** The region where the first player comes in. */
  readonly home: string;
  /** Lives through game minutes. */
  readonly live: (minutes: number) => void;
}

export async function smallWorld(kinds: readonly ActorDefinition[]): Promise<SmallWorld> {
  const pack = await loadWorldPack(sample);
  const regions = pack.bootstrap
    .filter(({ address }) => address.startsWith("weather/"))
    .map(({ address }) => address.slice("weather/".length));
  const home = regions[0] as string;
  const quests = questsFor(home, regions[players - 1] as string);
  const bootstrap = pack.bootstrap.map((entry) => adapted(entry, quests));
  const world = createTestWorld({ actors: kinds, bootstrap, seed: 1, tickHz, checks: false });
  world.step(2);
  const scripted = Array.from({ length: players }, (_, n) => {
    const player = new ScriptedPlayer(world, `player-${n}`, 1_000 + n);
    player.enter(regions[n % regions.length] as string);
    return player;
  });
  world.step();
  const live = (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      for (const player of scripted) player.act();
      world.step();
      world.events.length = 0;
      world.effects.length = 0;
    }
  };
  return { world, bootstrap, home, live };
}

/** The kinds of actors, without ears for the events of these pairs. */
export function deafTo(pairs: readonly string[]): ActorDefinition[] {
  return actors.map((definition) => ({
    ...definition,
    handlers: definition.handlers.map((handler) => {
      if (handler.does !== "handle") return handler;
      const pair = pairOf({ event: handler.type, consumer: definition.kind });
      return pairs.includes(pair) ? { ...handler, run: () => undefined } : handler;
    }),
  }));
}

/** Lives through days of the sample world, with quests that wait for all that happens. */
export async function livedWorld(
  witness: Witness,
  kinds: readonly ActorDefinition[] = actors,
  minutes = minutesFirst,
): Promise<void> {
  const { world, bootstrap, home, live } = await smallWorld(witness.watch(kinds));
  live(10);
  setUp(world, home, giverIn(bootstrap, home));
  live(minutes);
  if (minutes < minutesFirst) return;
  for (const day of midnights) {
    const { gameMs = 0n } = done(world.call(ClockService.method.getClock, {})).reading ?? {};
    const year = gameMs - (gameMs % (365n * dayMs));
    const to = { case: "gameMs", value: year + day * dayMs - 2n * hourMs } as const;
    done(world.call(ClockService.method.setTime, { to }));
    live(minutesLater);
  }
}

/** Gives players what the sample's own quests and talks leave out. */
function setUp(world: TestWorld, region: string, giver: string): void {
  const [first, last] = ["player-0", `player-${players - 1}`];
  const method = QuestService.method;
  const reward = { items: [{ item: "bread", amount: 1 }] };
  done(world.call(method.grantReward, { player: first, reward }));
  for (const quest of ["good-bread", "sad-bread", "long-wait"]) take(world, quest, first);
  take(world, "long-search", last);
  for (const player of [first, last]) {
    const forced = { name: storylet.name as string, player, force: true };
    done(world.call(StorytellerService.method.commitBeat, forced));
  }
  const occurrence = { kind: "flood", region, intensity: 0.8 };
  done(world.call(WorldService.method.triggerOccurrence, { occurrence }));
  done(world.call(StoryService.method.begin, { player: first, dialogue: dialogue.name as string }));

  function take(into: TestWorld, quest: string, player: string): void {
    const offer = done(into.call(method.offerQuest, { quest, player, region, giver }));
    done(into.call(method.acceptQuest, { id: offer.quest?.id ?? "", player }));
  }
}

/** The first NPC of a region who belongs to a faction. */
function giverIn(bootstrap: readonly Bootstrap[], region: string): string {
  const message = bootstrap.find(({ type }) => type === ConfigureWorldSchema)?.message;
  const entry = (message as ConfigureWorld | undefined)?.roster.find(
    (one) => one.region === region && one.faction !== "",
  );
  if (entry === undefined) throw new Error(`nobody of ${region} belongs to a faction`);
  return `${entry.shard}.${entry.first}`;
}

function done<Value>(outcome: {
  readonly ok: boolean;
  readonly value?: Value;
  readonly message?: string;
}): Value {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value as Value;
}

/** The roster of the few: those of each shard one after another, as before. */
function shrunk(roster: readonly RosterEntry[]): RosterEntry[] {
  const next = new Map<string, number>();
  return roster.map((entry) => {
    const first = next.get(entry.shard) ?? 0;
    const count = few(entry.count);
    next.set(entry.shard, first + count);
    return { ...entry, first, count };
  });
}

function few(count: number): number {
  return Math.ceil(count * npcShare);
}

/** A part of the pack's beginning, for a world of few people in which a frame is a game minute. */
function adapted(entry: Bootstrap, more: ReturnType<typeof questsFor>): Bootstrap {
  const message = entry.message as unknown;
  const becomes = (changed: object) => ({ ...entry, message: changed as never });
  if (entry.type === ConfigureClockSchema) {
    const scale = (minuteMs * tickHz) / 1_000;
    return becomes({ ...(message as ConfigureClock), scale });
  }
  if (entry.type === ConfigureQuestsSchema) {
    const { quests, ...rest } = message as ConfigureQuests;
    return becomes({ ...rest, quests: [...quests, ...more] });
  }
  if (entry.type === ConfigureStorytellerSchema) {
    const { storylets, ...rest } = message as ConfigureStoryteller;
    return becomes({ ...rest, storylets: [...storylets, storylet] });
  }
  if (entry.type === ConfigureWorldSchema) {
    const { roster, ...rest } = message as ConfigureWorld;
    return becomes({ ...rest, roster: shrunk(roster) });
  }
  if (entry.type === ConfigureStorySchema) {
    const { dialogues, ...rest } = message as ConfigureStory;
    return becomes({ ...rest, dialogues: [...dialogues, dialogue] });
  }
  if (entry.type !== ConfigureNpcsSchema) return entry;
  const npcs = message as ConfigureNpcs;
  const population = npcs.population.map((part) => ({
    ...part,
    count: few(part.count),
  }));
  const count = population.reduce((sum, part) => sum + part.count, 0);
  return becomes({ ...npcs, population, names: npcs.names.slice(0, count) });
}
