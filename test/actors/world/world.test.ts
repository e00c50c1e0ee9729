import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { ClockService, ConfigureClockSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  QuestEndedEventSchema,
  QuestOutcome,
  QuestRewardedEventSchema,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { StoryChoiceEventSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { WeatherSevereEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import {
  ConfigureWorldSchema,
  MarketTickEventSchema,
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  TradeSide,
  TradeStep,
  Verb,
  WorldService,
  WorldStateSchema,
  WorldUpdatedEventSchema,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { scripted, tell } from "../../support/scripted.ts";
import { calendar, day, hour, minute } from "../fixtures.ts";
import { configuration, configurationWith } from "./rig.ts";

const { method } = WorldService;
const address = "world/main";

/** Says what other services say. */
const herald = scripted("herald", {
  encounter: (ctx) =>
    ctx.publish(StoryBeatEventSchema, {
      ...{
        beat: 3n,
        kind: BeatKind.ENCOUNTER,
        region: "moor",
        place: "moor-gate",
        subject: "wolf",
      },
    }),
  raid: (ctx) =>
    ctx.publish(StoryBeatEventSchema, {
      ...{ beat: 4n, kind: BeatKind.OCCURRENCE, region: "moor", subject: "raid", minutes: 30 },
    }),
  nonsense: (ctx) =>
    ctx.publish(StoryBeatEventSchema, { beat: 5n, kind: BeatKind.OCCURRENCE, subject: "flood" }),
  severe: (ctx) => ctx.publish(WeatherSevereEventSchema, { region: "moor", started: true }),
  reward: (ctx) =>
    ctx.publish(QuestRewardedEventSchema, {
      ...{ id: "run-1/anna", player: "anna", coins: 30, reputation: 0.1 },
      items: [{ item: "bread", amount: 2 }],
    }),
  end: (ctx) =>
    ctx.publish(QuestEndedEventSchema, {
      ...{ id: "run-1", player: "anna", outcome: QuestOutcome.COMPLETED, giver: "moor-1.0" },
    }),
  choice: (ctx) =>
    ctx.publish(StoryChoiceEventSchema, { player: "anna", tags: ["give:bread", "coins:-10"] }),
});

interface Options {
  readonly scale?: number;
  readonly workers?: number;
  readonly seed?: number;
  readonly change?: Parameters<typeof configurationWith>[0];
  readonly startMs?: number;
}

function worldWith({ scale = 3_600, workers = 1, seed = 1, change, startMs = 0 }: Options = {}) {
  const start = { case: "startGameMs", value: BigInt(startMs) } as const;
  const world = createTestWorld({
    actors: [...actors, herald],
    bootstrap: [
      { address: "clock/main", type: ConfigureClockSchema, message: { calendar, scale, start } },
      { address, type: ConfigureWorldSchema, message: configurationWith(change) },
    ],
    ...{ workers, seed },
  });
  world.step(2);
  return world;
}

const stateOf = (world: TestWorld) => world.stateOf(address, WorldStateSchema);

function playerOf(world: TestWorld, player = "anna") {
  const outcome = world.call(method.getPlayer, { player });
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value.player;
}

function enter(world: TestWorld, place: string, player = "anna") {
  const outcome = world.call(method.enter, { player, place });
  expect(outcome).toMatchObject({ ok: true, value: { player: { id: player, present: true } } });
}

describe("the world", () => {
  it("goes with the clock: hours, days and what players do take their time", () => {
    const world = worldWith();
    enter(world, "moor-gate");
    const outcome = world.call(method.act, {
      player: "anna",
      verb: Verb.TRAVEL,
      target: "vale-market",
    });
    expect(outcome).toMatchObject({ ok: true, value: { player: { busyWith: Verb.TRAVEL } } });
    const until = outcome.ok ? Number(outcome.value.player?.busyUntilMs) : 0;
    world.step(40);
    expect(playerOf(world)?.place).toBe("moor-gate");
    world.step(60 * 25);
    expect(playerOf(world)).toMatchObject({
      place: "vale-market",
      region: "vale",
      busyUntilMs: 0n,
    });
    const told = world.eventsOf(PlayerActedEventSchema);
    expect(told).toHaveLength(2);
    expect(Number(told[1]?.gameMs)).toBe(until);
    expect(world.eventsOf(MarketTickEventSchema).length).toBe(2 * 25);
    expect(stateOf(world)?.gameMs).toBeGreaterThan(BigInt(day));
    expect(world.deadLetters).toEqual([]);
  });

  it("tells what changed in a frame in the next one, once", () => {
    const world = worldWith();
    const change = { case: "put", value: { type: "thing" } } as const;
    world.call(method.mutate, {
      mutations: [
        { id: "a", change },
        { id: "b", change },
      ],
    });
    expect(world.eventsOf(WorldUpdatedEventSchema)).toEqual([]);
    world.step(5);
    expect(world.eventsOf(WorldUpdatedEventSchema)).toMatchObject([
      { fromVersion: 0n, version: 2n, entities: [{ id: "a" }, { id: "b" }] },
    ]);
    expect(world.call(method.getEntities, { since: 1n })).toMatchObject({
      value: { entities: [{ id: "b" }], nextSince: 2n },
    });
  });

  it("holds its festivals by the clock's days, also through an advance", () => {
    const world = worldWith({ scale: 60 });
    world.call(ClockService.method.pause, {});
    world.call(ClockService.method.advance, { durationMs: BigInt(10 * day) });
    world.step(20);
    const told = world.eventsOf(OccurrenceEventSchema).filter(({ kind }) => kind === "fair");
    expect(told.map(({ started, gameMs }) => [started, Number(gameMs) / day])).toEqual([
      [true, 2],
      [false, 4],
    ]);
    expect(stateOf(world)).toMatchObject({ marketHour: 240n });
  });

  it("that begins before its clock does not live through what was before", () => {
    const world = worldWith({ startMs: 50 * day + 5 * hour });
    world.step(60);
    expect(stateOf(world)?.gameMs).toBeGreaterThanOrEqual(BigInt(50 * day + 5 * hour));
    expect(world.eventsOf(MarketTickEventSchema).length).toBeLessThanOrEqual(4);
    expect(stateOf(world)?.factions[0]?.power).toBe(60);
  });

  it("does not live through a jump, back or ahead", () => {
    const world = worldWith({ scale: 60 });
    enter(world, "moor-gate");
    world.call(method.act, { player: "anna", verb: Verb.WORK });
    const to = (gameMs: number) => ({ case: "gameMs", value: BigInt(gameMs) }) as const;
    world.call(ClockService.method.setTime, { to: to(2 * day + 6 * hour) });
    world.step(60);
    expect(stateOf(world)?.occurrences).toMatchObject([{ festival: "lanterns", region: "vale" }]);
    expect(playerOf(world)?.busyWith).toBe(Verb.WORK);
    world.call(ClockService.method.setTime, { to: to(0) });
    world.step(60);
    expect(stateOf(world)?.occurrences).toEqual([]);
    expect(playerOf(world)?.busyWith).toBe(Verb.WORK);
    world.step(60 * 30);
    expect(playerOf(world)?.busyWith).toBe(Verb.UNSPECIFIED);
    expect(world.eventsOf(MarketTickEventSchema)).toEqual([]);
  });

  it("hears storyteller, weather, quests and dialogues", () => {
    const world = worldWith({ scale: 60 });
    enter(world, "moor-gate");
    world.spawn("herald/main", ConfigureClockSchema, {});
    for (const what of ["encounter", "raid", "severe", "reward", "reward", "end", "choice"]) {
      tell(world, "herald/main", what);
      world.step(2);
    }
    expect(stateOf(world)).toMatchObject({
      ...{ encounters: [{ kind: "wolf", cause: "beat/3" }], severeRegions: ["moor"] },
      occurrences: [{ kind: "raid", region: "moor", cause: "beat/4" }],
      players: [{ coins: 20, inventory: [{ good: "bread", amount: 1 }], rewards: ["run-1/anna"] }],
    });
    expect(playerOf(world)?.reputations[0]?.value).toBeCloseTo(0.15, 9);
    tell(world, "herald/main", "nonsense");
    world.step(2);
    expect(world.log.at(-1)?.text).toContain('INVALID_ARGUMENT: kind="flood" is not valid');
  });

  it("answers for its map, factions, markets and occurrences", () => {
    const world = worldWith({ scale: 60 });
    const map = world.call(method.getMap, {});
    expect(map).toMatchObject({
      ok: true,
      value: { name: "test", regions: [{ name: "moor" }, {}] },
    });
    expect(map.ok && map.value.map?.places).toHaveLength(6);
    expect(map.ok && map.value.map?.nextHops).toHaveLength(0);
    expect(world.call(method.getFactions, {})).toMatchObject({
      value: {
        factions: [{ name: "reeds" }, { name: "hills" }],
        holdings: [{ faction: "reeds" }, {}],
      },
    });
    expect(world.call(method.getMarket, { region: "moor" })).toMatchObject({
      value: { coins: 2_000, prices: [{ good: "bread", stock: 40 }, {}, {}] },
    });
    const occurrence = { kind: "raid", region: "moor" };
    expect(world.call(method.triggerOccurrence, { occurrence })).toMatchObject({
      value: { occurrence: { kind: "raid", intensity: 0.5 } },
    });
    const consequence = {
      ...{ id: "revenge", dueGameMs: BigInt(10 * hour) },
      what: { case: "occurrence", value: { kind: "raid", region: "vale" } } as const,
    };
    expect(world.call(method.scheduleConsequence, { consequence })).toMatchObject({
      value: { existed: false },
    });
    expect(world.call(method.scheduleConsequence, { consequence })).toMatchObject({
      value: { existed: true },
    });
    expect(world.call(method.listOccurrences, {})).toMatchObject({
      value: {
        occurrences: [{ kind: "raid" }],
        consequences: [{ id: "revenge" }],
        consequencesTotal: 1,
      },
    });
  });

  it("lets players trade, deliver and leave", () => {
    const world = worldWith({ scale: 60 });
    enter(world, "moor-farm");
    const player = "anna";
    const gathered = world.call(method.act, {
      player,
      verb: Verb.GATHER,
      item: "bread",
      amount: 3,
    });
    expect(gathered).toMatchObject({
      value: { done: { item: "bread", amount: 3, success: true } },
    });
    world.step(60 * 11);
    const sale = { player, side: TradeSide.SELL, good: "bread", amount: 2 };
    const quoted = world.call(method.trade, { ...sale, step: TradeStep.QUOTE });
    const quote = quoted.ok ? quoted.value.quote : undefined;
    expect(quote?.coins).toBeGreaterThan(0);
    const sold = world.call(method.trade, {
      player,
      step: TradeStep.COMMIT,
      quote: quote?.id ?? "",
    });
    expect(sold).toMatchObject({ value: { coins: quote?.coins, player: { coins: quote?.coins } } });
    expect(world.call(method.leave, { player })).toMatchObject({
      value: { player: { present: false } },
    });
    world.step(2);
    expect(world.eventsOf(WorldUpdatedEventSchema).at(-1)?.removed).toEqual(["player:anna"]);
  });

  it("has the same history with 1, 2 and 4 workers, and another with another seed", () => {
    const change: Options["change"] = ({ definition }) => {
      for (const kind of definition?.occurrenceKinds ?? []) kind.dailyChance = 0.3;
    };
    const hash = (workers: number, seed: number) => {
      const world = worldWith({ scale: 360_000, workers, seed, change });
      for (const [i, player] of ["anna", "ben", "cleo"].entries()) {
        enter(world, ["moor-gate", "moor-farm", "vale-mill"][i] ?? "", player);
        world.call(method.act, { player, verb: Verb.GATHER, item: "wood" });
      }
      world.step(60);
      return world.hash();
    };
    const hashes = [1, 2, 4].map((workers) => hash(workers, 7));
    expect(new Set(hashes).size).toBe(1);
    expect(hash(2, 8)).not.toBe(hashes[0]);
  });

  it("says in the log what is wrong with a configuration, and waits for a better one", () => {
    const world = createTestWorld({ actors });
    world.spawn(address, ConfigureWorldSchema, { ...configuration, name: "?" });
    world.step(2);
    expect(world.log.at(-1)?.text).toContain('INVALID_ARGUMENT: name="?" is not valid');
    const refused = { ok: false, code: "FAILED_PRECONDITION" };
    expect(world.call(method.getMap, {})).toMatchObject(refused);
    expect(world.call(method.enter, { player: "anna" })).toMatchObject(refused);
    world.send(address, ConfigureWorldSchema, configuration);
    world.step();
    expect(world.call(method.getMap, {}).ok).toBe(true);
    world.send(address, ConfigureWorldSchema, { ...configuration, name: "other" });
    world.step();
    expect(world.log.at(-1)?.text).toContain(
      'name="other" is not valid; valid is that of the world, test',
    );
    const before = world.log.length;
    world.send(address, ConfigureWorldSchema, configuration);
    world.step();
    expect(world.log).toHaveLength(before);
  });
});

type Inputs = { [Name in keyof typeof method]: MessageInitShape<(typeof method)[Name]["input"]> };
type Case = {
  [Name in keyof Inputs]: readonly [Name, Inputs[Name], string, string];
}[keyof Inputs];

const invalid = "INVALID_ARGUMENT";
const state = "FAILED_PRECONDITION";
const missing = "NOT_FOUND";
const act = (verb: Verb, more: Inputs["act"] = {}): Inputs["act"] => ({
  player: "anna",
  verb,
  ...more,
});

/** Anna stands at the inn with nothing; Ben is on his way; Cleo has left. */
const wrong: Case[] = [
  [
    "enter",
    { player: "Anna", place: "moor-inn" },
    invalid,
    'player="Anna" is not valid; valid are 1 to 56',
  ],
  ["enter", { player: "x".repeat(57), place: "moor-inn" }, invalid, "player="],
  ["enter", { player: "dora" }, invalid, 'region="" is not valid; valid are moor, vale'],
  ["enter", { player: "dora", region: "sea" }, invalid, 'region="sea" is not valid'],
  ["enter", { player: "dora", place: "sea" }, invalid, 'place="sea" is not valid'],
  [
    "enter",
    { player: "dora", place: "moor-inn", region: "vale" },
    invalid,
    'place="moor-inn" is not valid; valid are places in vale',
  ],
  ["leave", { player: "dora" }, missing, 'player="dora" is not known here'],
  ["leave", { player: "" }, invalid, 'player="" is not valid'],
  ["getPlayer", { player: "dora" }, missing, 'player="dora" is not known here'],
  ["act", act(Verb.UNSPECIFIED), invalid, "verb=0 is not valid; valid are TRAVEL"],
  ["act", act(99 as Verb), invalid, "verb=99 is not valid"],
  ["act", { player: "dora", verb: Verb.REST }, missing, 'player="dora" is not known here'],
  [
    "act",
    { player: "ben", verb: Verb.REST },
    state,
    "player=ben is busy with TRAVEL until game_ms=",
  ],
  [
    "act",
    { player: "cleo", verb: Verb.REST },
    state,
    "player=cleo is away; valid is to enter before",
  ],
  ["act", act(Verb.TRAVEL), invalid, 'target="" is not valid'],
  ["act", act(Verb.TRAVEL, { target: "sea" }), invalid, 'target="sea" is not valid'],
  [
    "act",
    act(Verb.TRAVEL, { target: "moor-inn" }),
    invalid,
    'target="moor-inn" is not valid; valid are other places',
  ],
  [
    "act",
    act(Verb.TRAVEL, { target: "vale-isle" }),
    invalid,
    'target="vale-isle" is not valid; valid are places to which a road leads',
  ],
  ["act", act(Verb.TALK), missing, 'target="" is nobody'],
  ["act", act(Verb.TALK, { target: "moor-1.15" }), missing, 'target="moor-1.15" is nobody'],
  ["act", act(Verb.TALK, { target: "vale-1.0" }), invalid, 'target="vale-1.0" is not valid'],
  ["act", act(Verb.GATHER, { item: "bread" }), state, "verb=GATHER is not possible at moor-inn"],
  [
    "act",
    act(Verb.DELIVER, { target: "moor-inn", item: "bread" }),
    invalid,
    'item="bread" is not valid; valid are what anna has',
  ],
  ["act", act(Verb.DELIVER, { target: "moor-inn", item: "?" }), invalid, 'item="?" is not valid'],
  [
    "act",
    act(Verb.DELIVER, { target: "moor-gate", item: "bread" }),
    invalid,
    'target="moor-gate" is not valid',
  ],
  [
    "act",
    act(Verb.DELIVER, { target: "nobody", item: "bread" }),
    missing,
    'target="nobody" is nobody',
  ],
  [
    "act",
    act(Verb.FIGHT),
    invalid,
    'target="" is not valid; valid are encounters at moor-inn: none is here',
  ],
  [
    "act",
    act(Verb.WORK, { amount: 601 }),
    invalid,
    "amount=601 is not valid; valid are integers from 0 to 600",
  ],
  ["act", act(Verb.REST, { amount: 601 }), invalid, "amount=601 is not valid"],
  ["mutate", {}, invalid, "mutations (length)=0 is not valid"],
  ["mutate", { mutations: [{ id: "x" }] }, invalid, 'mutations[0]="" is not valid'],
  ["getEntities", { limit: 1_001 }, invalid, "limit=1001 is not valid"],
  ["getEntities", { type: "?" }, invalid, 'type="?" is not valid'],
  ["getEntities", { tags: ["?"] }, invalid, 'tags[0]="?" is not valid'],
  ["getEntities", { area: { radius: Number.NaN } }, invalid, "area.radius=NaN is not valid"],
  [
    "getEntities",
    { area: { x: Number.POSITIVE_INFINITY } },
    invalid,
    "area.x=Infinity is not valid",
  ],
  ["triggerOccurrence", {}, invalid, 'occurrence="" is not valid'],
  [
    "triggerOccurrence",
    { occurrence: { kind: "raid" } },
    invalid,
    'occurrence.region="" is not valid',
  ],
  ["scheduleConsequence", {}, invalid, 'consequence="" is not valid'],
  ["listOccurrences", { region: "sea" }, invalid, 'region="sea" is not valid'],
  ["getMarket", {}, invalid, 'region="" is not valid; valid are moor, vale'],
  ["trade", { player: "anna" }, invalid, "step=0 is not valid"],
  ["trade", { player: "ben", step: TradeStep.QUOTE }, state, "player=ben is busy"],
  [
    "trade",
    { player: "anna", step: TradeStep.QUOTE, quote: "x" },
    invalid,
    'quote="x" is not valid; valid is empty',
  ],
  [
    "trade",
    { player: "anna", step: TradeStep.QUOTE, side: TradeSide.BUY, good: "bread", amount: 1 },
    state,
    "coins=10 is too much; valid are at most 0, which anna has",
  ],
];

describe("the world refuses", () => {
  it.each(wrong.map(([name, request, code, text]) => ({ name, request, code, text })))(
    "$name: $text",
    ({ name, request, code, text }) => {
      const world = worldWith({ scale: 1 });
      enter(world, "moor-inn");
      enter(world, "moor-inn", "ben");
      enter(world, "moor-inn", "cleo");
      world.call(method.act, { player: "ben", verb: Verb.TRAVEL, target: "vale-market" });
      world.call(method.leave, { player: "cleo" });
      world.step(3);
      const before = stateOf(world);
      const outcome = world.call(method[name] as typeof method.act, request as never);
      expect(outcome).toMatchObject({ ok: false, code });
      expect(outcome.ok ? "" : outcome.message).toContain(text);
      expect({ ...stateOf(world), gameMs: before?.gameMs }).toEqual(before);
    },
  );
});

it("a world of minutes in which players act costs no dead letters and no failures", () => {
  const world = worldWith({ scale: 3_600 });
  enter(world, "moor-farm");
  for (let i = 0; i < 20; i += 1) {
    world.call(method.act, { player: "anna", verb: Verb.GATHER, item: "bread", amount: 2 });
    world.step(11);
  }
  expect(world.deadLetters).toEqual([]);
  expect(world.log.filter(({ level }) => level !== "debug")).toEqual([]);
  expect(Number(stateOf(world)?.gameMs)).toBeGreaterThan(200 * minute);
});
