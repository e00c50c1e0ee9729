import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spawnEncounter } from "../../../src/actors/world/encounters.ts";
import { startOccurrence } from "../../../src/actors/world/occurrences.ts";
import { leave, playersMax } from "../../../src/actors/world/players.ts";
import { noteQuestEnd, rewardsMax, takeReward } from "../../../src/actors/world/quests.ts";
import { noteSevere, takeChoice } from "../../../src/actors/world/reactions.ts";
import { skipTo } from "../../../src/actors/world/time.ts";
import { commitTrade } from "../../../src/actors/world/trade.ts";
import { QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import {
  PlayerActedEventSchema,
  TradeSide,
  TradeStep,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { Rejection } from "../../../src/runtime/index.ts";
import { minute } from "../fixtures.ts";
import { WorldRig } from "./rig.ts";

const actsOf = (rig: WorldRig) => rig.eventsOf(PlayerActedEventSchema);

describe("a player", () => {
  it("comes into a region where there is a roof, and leaves and returns as they were", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-gate");
    expect(rig.world.entities).toMatchObject([{ id: "player:anna", place: "moor-gate" }]);
    expect(actsOf(rig)).toMatchObject([{ verb: Verb.TRAVEL, player: "anna", region: "moor" }]);
    leave(rig.world, "anna", rig);
    expect(rig.world.entities).toEqual([]);
    expect(() => rig.act("anna", Verb.REST)).toThrow("player=anna is away");
    rig.enter("anna", "vale-mill");
    expect(rig.player("anna").place).toBe("moor-gate");
  });

  it("is nobody that stands for the whole world", () => {
    expect(() => new WorldRig().enter("world", "moor-gate")).toThrow('player="world"');
  });

  it("who has nothing and is away is forgotten for one who comes, who has something is not", () => {
    const rig = new WorldRig();
    rig.enter("rich", "moor-gate").coins = 5;
    leave(rig.world, "rich", rig);
    for (let i = 1; i < playersMax; i += 1) rig.enter(`p${i}`, "moor-gate");
    expect(() => rig.enter("late", "moor-gate")).toThrow(`${playersMax} players`);
    leave(rig.world, "p7", rig);
    rig.enter("late", "moor-gate");
    const ids = rig.world.players.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["rich", "late"]));
    expect(ids).not.toContain("p7");
  });

  it("travels along the roads, and is there when the way's time has passed", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-gate");
    // 800 m on roads, and 1,600 m that count twice: 4,000 m.
    rig.act("anna", Verb.TRAVEL, { target: "vale-market" });
    expect(rig.player("anna").busyUntilMs).toBe(BigInt(50 * minute));
    expect(() => rig.act("anna", Verb.REST)).toThrow(
      `player=anna is busy with TRAVEL until game_ms=${50 * minute}`,
    );
    rig.liveMinutes(49);
    expect(rig.player("anna").place).toBe("moor-gate");
    expect(actsOf(rig)).toHaveLength(1);
    rig.liveMinutes(1);
    expect(rig.player("anna")).toMatchObject({ place: "vale-market", busyUntilMs: 0n });
    expect(actsOf(rig).at(-1)).toMatchObject({
      ...{ verb: Verb.TRAVEL, region: "vale", place: "vale-market", success: true },
      gameMs: BigInt(50 * minute),
    });
  });

  it("who leaves on the way stays where they set out", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-gate");
    rig.act("anna", Verb.TRAVEL, { target: "vale-market" });
    leave(rig.world, "anna", rig);
    expect(rig.world.agenda).toEqual([]);
    rig.liveMinutes(100);
    expect(rig.player("anna")).toMatchObject({ place: "moor-gate", busyUntilMs: 0n });
  });

  it("travels on after a jump of time for as long as was left", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-gate");
    rig.act("anna", Verb.TRAVEL, { target: "vale-market" });
    rig.liveMinutes(10);
    skipTo(rig.world, BigInt(100_000 * minute));
    rig.liveMinutes(39);
    expect(rig.player("anna").place).toBe("moor-gate");
    rig.liveMinutes(1);
    expect(rig.player("anna").place).toBe("vale-market");
  });

  it("gathers what a place has until it is used up, and it grows again", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-farm");
    for (const expected of [10, 10]) {
      const done = rig.act("anna", Verb.GATHER, { item: "bread", amount: 10 });
      expect(done).toMatchObject({ item: "bread", amount: expected, success: true });
      rig.liveMinutes(10);
    }
    expect(() => rig.act("anna", Verb.GATHER, { item: "bread" })).toThrow(
      "item=bread is used up at moor-farm",
    );
    rig.liveMinutes(60);
    expect(rig.act("anna", Verb.GATHER, { item: "bread", amount: 5 })?.amount).toBe(2);
    rig.liveMinutes(60 * 24);
    expect(rig.world.placeStocks).toEqual([]);
  });

  it("gathers nothing in the open while the weather is severe", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-farm");
    rig.enter("ben", "vale-mill");
    const severe = { region: "moor", condition: "storm", started: true, intensity: 1, gameMs: 0n };
    noteSevere(rig.world, severe);
    noteSevere(rig.world, { ...severe, region: "vale" });
    noteSevere(rig.world, { ...severe, region: "nowhere" });
    expect(() => rig.act("anna", Verb.GATHER, { item: "bread" })).toThrow("severe weather");
    expect(rig.act("ben", Verb.GATHER, { item: "wood" })?.success).toBe(true);
    noteSevere(rig.world, { ...severe, started: false });
    expect(rig.act("anna", Verb.GATHER, { item: "bread" })?.success).toBe(true);
    expect(rig.world.severeRegions).toEqual(["vale"]);
  });

  it("delivers to an NPC or to the place, and has it no more", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-farm");
    rig.act("anna", Verb.GATHER, { item: "bread", amount: 3 });
    rig.liveMinutes(10);
    const deliver = { item: "bread", amount: 2, target: "moor-1.12" };
    expect(rig.act("anna", Verb.DELIVER, deliver)).toMatchObject({
      ...{ target: "moor-1.12", targetKind: "baker", item: "bread", amount: 2, success: true },
    });
    rig.liveMinutes(1);
    const left = { item: "bread", target: "moor-farm" };
    expect(rig.act("anna", Verb.DELIVER, left)).toMatchObject({
      target: "",
      place: "moor-farm",
      amount: 1,
    });
    expect(rig.player("anna").inventory).toEqual([]);
  });

  it("talks with NPCs of the region only", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-inn");
    expect(rig.act("anna", Verb.TALK, { target: "moor-1.3" })).toMatchObject({
      ...{ target: "moor-1.3", targetKind: "guard", success: true, place: "moor-inn" },
    });
    rig.liveMinutes(5);
    for (const target of ["moor-1.15", "moor-1.03", "moor-1", "x", "", "moor-1.-1"]) {
      expect(() => rig.act("anna", Verb.TALK, { target })).toThrow("is nobody; valid are NPCs");
    }
    expect(() => rig.act("anna", Verb.TALK, { target: "vale-1.0" })).toThrow(
      "valid are NPCs of the player's region, moor",
    );
  });

  it("works, searches and rests, and is told so when it is done", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-inn").health = 0.2;
    const cases = [
      [Verb.SEARCH, 0, 10],
      [Verb.WORK, 0, 30],
      [Verb.WORK, 45, 45],
      [Verb.REST, 0, 60],
    ] as const;
    for (const [verb, amount, minutes] of cases) {
      expect(rig.act("anna", verb, { amount })).toBeUndefined();
      rig.liveMinutes(minutes - 1);
      expect(rig.player("anna").busyWith).toBe(verb);
      rig.liveMinutes(1);
      expect(actsOf(rig).at(-1)).toMatchObject({ verb, success: true, amount: minutes });
    }
    // An hour, at twice the pace that it has without a roof.
    expect(rig.player("anna").health).toBeCloseTo(0.2 + 60 * 0.01, 9);
  });

  it("fights until the encounter is beaten, and takes what it leaves", () => {
    const rig = new WorldRig(3);
    rig.enter("anna", "moor-gate");
    const spawn = { kind: "wolf", place: "moor-gate", intensity: 0.5, minutes: 0, cause: "beat/1" };
    const { id } = spawnEncounter(rig.world, spawn, rig);
    for (let i = 0; i < 50 && rig.world.encounters.length > 0; i += 1) {
      rig.act("anna", Verb.FIGHT, i === 0 ? { target: id } : {});
      rig.liveMinutes(5);
      rig.player("anna").health = 1;
    }
    const fights = actsOf(rig).filter(({ verb }) => verb === Verb.FIGHT);
    expect(fights[0]).toMatchObject({ target: id, targetKind: "wolf", place: "moor-gate" });
    expect(fights.at(-1)).toMatchObject({ item: "wood", amount: 1 });
    expect(rig.player("anna").inventory).toEqual([{ good: "wood", amount: 1 }]);
    expect(rig.world.entities.map((entity) => entity.id)).toEqual(["player:anna"]);
    expect(rig.world.agenda).toEqual([]);
    expect(() => rig.act("anna", Verb.FIGHT)).toThrow("none is here");
  });

  it("wins more often when they are strong than when they are weak", () => {
    const rig = new WorldRig(5);
    const wins = [1, 0.3].map((health) => {
      let won = 0;
      for (let i = 0; i < 400; i += 1) {
        const spawn = { kind: "wolf", place: "moor-gate", intensity: 1, minutes: 0, cause: "" };
        const { id } = spawnEncounter(rig.world, spawn, rig);
        rig.enter("anna", "moor-gate").health = health;
        const done = rig.act("anna", Verb.FIGHT, { target: id });
        won += done?.success ? 1 : 0;
        expect(done?.harm).toBeGreaterThan(0);
        rig.liveMinutes(300);
      }
      return won;
    });
    expect(wins[0]).toBeGreaterThan(250);
    expect(wins[1]).toBeLessThan(220);
  });

  it("who loses a fight leaves the encounter weaker, and it is not beaten by that", () => {
    const rig = new WorldRig(4);
    const spawn = { kind: "wolf", place: "moor-gate", intensity: 1, minutes: 9_000, cause: "" };
    spawnEncounter(rig.world, spawn, rig);
    let lost = 0;
    for (let i = 0; i < 30 && rig.world.encounters.length > 0; i += 1) {
      const player = `p${i}`;
      rig.enter(player, "moor-gate").health = 0.02;
      const before = rig.world.encounters[0]?.strength ?? 0;
      if (rig.act(player, Verb.FIGHT)?.success) break;
      lost += 1;
      const { strength = 0, fullStrength = 0 } = rig.world.encounters[0] ?? {};
      expect(strength).toBeCloseTo(Math.max(0.1 * fullStrength, before - 0.25 * fullStrength), 9);
    }
    expect(lost).toBeGreaterThan(0);
  });

  it("works on what has happened in the region, as long as it lasts", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-inn");
    const raid = { kind: "raid", region: "moor", place: "", intensity: 1, minutes: 50, cause: "" };
    const { id: target } = startOccurrence(rig.world, raid, rig);
    for (const success of [true, false]) {
      rig.act("anna", Verb.WORK, { target });
      rig.liveMinutes(30);
      const targetKind = success ? "raid" : "";
      expect(actsOf(rig).at(-1)).toMatchObject({ verb: Verb.WORK, target, targetKind, success });
    }
    expect(() => rig.act("anna", Verb.WORK, { target })).toThrow("occurrences that last in moor");
  });

  it("without health wakes at the nearest roof, with all they had", () => {
    const rig = new WorldRig(1);
    rig.enter("anna", "moor-farm");
    rig.act("anna", Verb.GATHER, { item: "bread", amount: 3 });
    rig.liveMinutes(10);
    rig.player("anna").health = 0.0101;
    rig.player("anna").coins = 7;
    const spawn = { kind: "wolf", place: "moor-farm", intensity: 1, minutes: 0, cause: "" };
    spawnEncounter(rig.world, spawn, rig);
    rig.act("anna", Verb.FIGHT);
    expect(rig.player("anna")).toMatchObject({ health: 0, unconscious: true });
    expect(() => rig.act("anna", Verb.REST)).toThrow("player=anna is unconscious until");
    rig.liveMinutes(119);
    leave(rig.world, "anna", rig);
    rig.enter("anna", "");
    expect(() => rig.act("anna", Verb.REST)).toThrow("player=anna is unconscious until");
    rig.liveMinutes(1);
    expect(rig.player("anna")).toMatchObject({
      ...{ place: "moor-inn", health: 0.3, unconscious: false, coins: 7 },
      inventory: [{ good: "bread", amount: 3 }],
    });
    expect(actsOf(rig).at(-1)).toMatchObject({ verb: Verb.REST, place: "moor-inn" });
  });
});

const reward = {
  ...{ id: "run-1/anna", quest: "q", player: "anna", coins: 50, reputation: 0.2, gameMs: 0n },
  items: [{ item: "gem", amount: 2 }],
};
const end = {
  ...{ id: "run-1", quest: "q", player: "anna", outcome: QuestOutcome.COMPLETED, region: "moor" },
  ...{ place: "", giver: "moor-1.3", reason: "", gameMs: 0n, contributions: [], facts: [] },
};

describe("a quest's end", () => {
  it("brings its reward once", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-inn");
    for (let i = 0; i < 3; i += 1) takeReward(rig.world, reward, rig);
    expect(rig.player("anna")).toMatchObject({
      coins: 50,
      inventory: [{ good: "gem", amount: 2 }],
    });
    for (let i = 0; i < rewardsMax + 10; i += 1) {
      takeReward(rig.world, { ...reward, id: `run-x${i}/anna`, items: [] }, rig);
    }
    expect(rig.player("anna").rewards).toHaveLength(rewardsMax);
    takeReward(rig.world, { ...reward, player: "nobody" }, rig);
    expect(rig.logged).toEqual(["reward run-1/anna is for nobody, who has never been here"]);
  });

  it.each(["before", "after"])(
    "moves what the giver's faction thinks, known %s the reward",
    (when) => {
      const rig = new WorldRig();
      rig.enter("anna", "moor-inn");
      if (when === "before") noteQuestEnd(rig.world, end, rig);
      takeReward(rig.world, reward, rig);
      if (when === "after") noteQuestEnd(rig.world, end, rig);
      const [reputation] = rig.player("anna").reputations;
      expect(reputation?.faction).toBe("reeds");
      expect(reputation?.value).toBeCloseTo(0.25, 9);
      expect(rig.world.factions[0]?.power).toBe(60.5);
    },
  );

  it("counts for those who took part, by their share", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-inn");
    rig.enter("ben", "moor-inn");
    const contributions = [
      { player: "anna", share: 1 },
      { player: "ben", share: 0.5 },
      { player: "nobody", share: 1 },
    ];
    const failed = { ...end, player: "world", outcome: QuestOutcome.FAILED, contributions };
    noteQuestEnd(rig.world, failed, rig);
    expect(rig.player("anna").reputations).toEqual([{ faction: "reeds", value: -0.05 }]);
    expect(rig.player("ben").reputations).toEqual([{ faction: "reeds", value: -0.025 }]);
    noteQuestEnd(rig.world, { ...failed, giver: "" }, rig);
    noteQuestEnd(rig.world, { ...failed, outcome: QuestOutcome.EXPIRED }, rig);
    expect(rig.player("ben").reputations).toEqual([{ faction: "reeds", value: -0.025 }]);
  });
});

it("a choice in a dialogue costs and brings what its tags say, if the player has it", () => {
  const rig = new WorldRig();
  const anna = rig.enter("anna", "moor-inn");
  const choose = (...tags: string[]) =>
    takeChoice(
      rig.world,
      { player: "anna", dialogue: "d", node: "n", choice: 0, region: "", tags, gameMs: 0n },
      rig,
    );
  choose("accept", "coins:12", "give:gem", "coins:nonsense", "coins:-13");
  expect(anna.coins).toBe(12);
  expect(rig.logged).toEqual([
    "anna does not have what the choice give:gem takes",
    "anna does not have what the choice coins:-13 takes",
  ]);
  takeReward(rig.world, reward, rig);
  choose("give:gem", "coins:-12");
  expect(anna).toMatchObject({ coins: 50, inventory: [{ good: "gem", amount: 1 }] });
});

const places = ["moor-gate", "moor-inn", "moor-farm", "vale-market", "vale-mill"];
const goods = ["bread", "wood", "gem", "medal"];
const orders = fc.array(
  fc.record({
    player: fc.constantFrom("anna", "ben"),
    what: fc.constantFrom("act", "act", "buy", "sell", "reward", "choice", "wait"),
    verb: fc.integer({ min: 1, max: 8 }),
    target: fc.constantFrom("", "moor-1.3", "vale-1.2", ...places),
    item: fc.constantFrom(...goods),
    amount: fc.nat(12),
  }),
  { maxLength: 60 },
);

it("coins and goods are never lost and never come from nowhere, whatever players do", () => {
  fc.assert(
    fc.property(orders, fc.nat(), (list, seed) => {
      const rig = new WorldRig(seed);
      for (const player of ["anna", "ben"]) rig.enter(player, "moor-farm");
      list.forEach((order, i) => {
        const before = rig.encoded();
        try {
          carryOut(rig, order, i);
        } catch (error) {
          expect(error).toBeInstanceOf(Rejection);
          expect(rig.encoded()).toBe(before);
        }
        for (const good of ["", "bread", "wood", "gem"]) {
          expect([good, rig.held(good)]).toEqual([good, rig.inLedger(good)]);
        }
      });
    }),
    { numRuns: 60 },
  );
});

function carryOut(
  rig: WorldRig,
  order: Record<"player" | "what" | "target" | "item", string> & { verb: number; amount: number },
  i: number,
) {
  const { player, what, verb, target, item, amount } = order;
  const side = what === "buy" ? TradeSide.BUY : TradeSide.SELL;
  if (what === "act") rig.act(player, verb as Verb, { target, item, amount });
  else if (what === "wait") rig.liveMinutes(amount * 10);
  else if (what === "reward") {
    const items = [{ item, amount }];
    takeReward(rig.world, { ...reward, id: `run-${i}/${player}`, player, items }, rig);
  } else if (what === "choice") {
    const tags = [`give:${item}`, `coins:${amount - 6}`];
    takeChoice(
      rig.world,
      { player, dialogue: "", node: "", choice: 0, region: "", tags, gameMs: 0n },
      rig,
    );
  } else {
    const step = TradeStep.COMMIT;
    const coinsLimit = what === "buy" ? 1e6 : 1;
    commitTrade(rig.world, { player, step, side, good: item, amount, quote: "", coinsLimit });
  }
}
