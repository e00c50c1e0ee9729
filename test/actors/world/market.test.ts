import { describe, expect, it } from "vitest";
import {
  liveMarketHour,
  nextDrift,
  priceOf,
  shareOf,
  stockFull,
} from "../../../src/actors/world/market.ts";
import { startOccurrence } from "../../../src/actors/world/occurrences.ts";
import { noteSevere } from "../../../src/actors/world/reactions.ts";
import { commitTrade, quoteTrade } from "../../../src/actors/world/trade.ts";
import type { Market } from "../../../src/actors/world/world-state.ts";
import {
  MarketTickEventSchema,
  TradeSide,
  TradeStep,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import { WorldRig } from "./rig.ts";

const { BUY, SELL } = TradeSide;
const { QUOTE, COMMIT } = TradeStep;

const request: Parameters<typeof commitTrade>[1] = {
  player: "anna",
  step: COMMIT,
  side: BUY,
  good: "bread",
  amount: 2,
  quote: "",
  coinsLimit: 1_000,
};

function rigWith(coins: number): WorldRig {
  const rig = new WorldRig();
  rig.enter("anna", "vale-market").coins = coins;
  return rig;
}

const moor = (rig: WorldRig): Market => rig.world.markets[0] as Market;

describe("prices", () => {
  it("stay within their bounds and come back to the middle, over 10,000 hours", () => {
    const rig = new WorldRig(11);
    const goods = rig.world.definition?.goods ?? [];
    const sums = goods.map(() => 0);
    const beyond = goods.map(() => 0);
    const hours = 10_000;
    for (let hour = 0; hour < hours; hour += 1) {
      liveMarketHour(rig.world, rig);
      goods.forEach(({ price, volatility }, i) => {
        const { buy } = priceOf(rig.world, moor(rig), i);
        expect(buy).toBeGreaterThanOrEqual(Math.round(price / (1 + volatility)));
        expect(buy).toBeLessThanOrEqual(Math.round(price * (1 + volatility)));
        const drift = moor(rig).drifts[i] as number;
        sums[i] = (sums[i] as number) + drift;
        if (Math.abs(drift) > 0.5) beyond[i] = (beyond[i] as number) + 1;
      });
    }
    for (const sum of sums) expect(Math.abs(sum / hours)).toBeLessThan(0.08);
    // It does wander, and does not stay away.
    for (const count of beyond) expect(count / hours).toBeGreaterThan(0.02);
    for (const count of beyond) expect(count / hours).toBeLessThan(0.3);
  });

  it("come back from their bounds", () => {
    const random = new SeededRandom();
    random.point(seedRandom(3, "market"));
    for (const bound of [-1, 1]) {
      let mean = 0;
      for (let run = 0; run < 200; run += 1) {
        let drift = bound;
        for (let hour = 0; hour < 48; hour += 1) {
          drift = nextDrift(drift, stockFull, random.normal());
        }
        mean += drift / 200;
      }
      expect(Math.abs(mean)).toBeLessThan(0.25);
    }
  });

  it("rise where a good is short", () => {
    let [short, plenty] = [0, 0];
    for (let hour = 0; hour < 100; hour += 1) {
      short = nextDrift(short, 0, 0);
      plenty = nextDrift(plenty, 2 * stockFull, 0);
    }
    expect(short).toBeCloseTo(0.6, 2);
    expect(plenty).toBeCloseTo(-0.6, 2);
    expect([shareOf(1, 2), shareOf(0, 2), shareOf(-1, 2)]).toEqual([3, 1, 1 / 3]);
  });

  it("are higher while a raid lasts and the weather is severe", () => {
    const rig = new WorldRig();
    const price = () => priceOf(rig.world, moor(rig), 0);
    expect(price()).toEqual({ good: "bread", buy: 10, sell: 8, stock: 40 });
    const raid = { kind: "raid", region: "moor", place: "", intensity: 1, minutes: 30, cause: "" };
    startOccurrence(rig.world, raid, rig);
    expect(price()).toMatchObject({ buy: 20, sell: 16 });
    const severe = { region: "moor", condition: "storm", started: true, intensity: 1, gameMs: 0n };
    noteSevere(rig.world, severe);
    expect(price().buy).toBe(25);
    rig.liveMinutes(30);
    noteSevere(rig.world, { ...severe, started: false });
    expect(price().buy).toBe(10);
  });

  it("are told once for each hour that passed, by region", () => {
    const rig = new WorldRig();
    rig.liveMinutes(59);
    expect(rig.eventsOf(MarketTickEventSchema)).toEqual([]);
    rig.liveMinutes(1);
    expect(rig.eventsOf(MarketTickEventSchema).map(({ region }) => region)).toEqual([
      "moor",
      "vale",
    ]);
    rig.liveMinutes(60 * 24);
    const events = rig.eventsOf(MarketTickEventSchema);
    expect(events).toHaveLength(4);
    expect(events.at(-1)?.prices).toHaveLength(3);
    expect(rig.world.marketHour).toBe(25n);
  });
});

describe("a trade", () => {
  it("moves goods one way and coins the other", () => {
    const rig = rigWith(100);
    const market = rig.world.markets[1] as Market;
    expect(commitTrade(rig.world, request)).toBe(20);
    expect(rig.player("anna")).toMatchObject({
      coins: 80,
      inventory: [{ good: "bread", amount: 2 }],
    });
    expect(market).toMatchObject({ coins: 2_020, stocks: [38, 40, 40] });
    expect(commitTrade(rig.world, { ...request, side: SELL, coinsLimit: 16 })).toBe(16);
    expect(rig.player("anna")).toMatchObject({ coins: 96, inventory: [] });
    expect(market).toMatchObject({ coins: 2_004, stocks: [40, 40, 40] });
  });

  it("costs what was quoted, for as long as the quote holds, and once", () => {
    const rig = rigWith(100);
    const quote = quoteTrade(rig.world, { ...request, step: QUOTE });
    expect(quote).toMatchObject({ player: "anna", coins: 20, region: "vale" });
    const raid = { kind: "raid", region: "vale", place: "", intensity: 1, minutes: 30, cause: "" };
    startOccurrence(rig.world, raid, rig);
    const commit = { ...request, quote: quote.id, good: "", amount: 0, coinsLimit: 0 };
    expect(() => commitTrade(rig.world, { ...request, coinsLimit: 20 })).toThrow(
      "coins_limit=20 does not hold: the trade comes to 40 coins",
    );
    rig.enter("ben", "vale-market");
    expect(() => commitTrade(rig.world, { ...commit, player: "ben" })).toThrow("does not hold");
    expect(commitTrade(rig.world, commit)).toBe(20);
    expect(() => commitTrade(rig.world, commit)).toThrow(`quote="${quote.id}" does not hold`);
    const late = quoteTrade(rig.world, { ...request, step: QUOTE, amount: 1 });
    rig.liveMinutes(11);
    expect(() => commitTrade(rig.world, { ...commit, quote: late.id })).toThrow("does not hold");
  });

  const wrong: [string, Partial<typeof request>, string][] = [
    [
      "without enough coins",
      { amount: 11 },
      "coins=110 is too much; valid are at most 100, which anna has",
    ],
    [
      "beyond the stock",
      { amount: 41 },
      "amount=41 is too much; valid are at most 40, which the market has",
    ],
    [
      "of what the player has not",
      { side: SELL, coinsLimit: 1 },
      "amount=2 is too much; valid are at most 0, which anna has",
    ],
    ["of nothing", { amount: 0 }, "amount=0 is not valid; valid are integers from 1 to 1000"],
    [
      "of something unknown",
      { good: "sky" },
      'good="sky" is not valid; valid are bread, wood, gem',
    ],
    ["without a side", { side: TradeSide.UNSPECIFIED }, "side=0 is not valid"],
    ["with an unknown side", { side: 9 as TradeSide }, "side=9 is not valid"],
    ["without a step", { step: TradeStep.UNSPECIFIED }, "step=0 is not valid"],
    ["without a guard", { coinsLimit: 0 }, "coins_limit=0 is not valid"],
    ["by nobody", { player: "zoe" }, 'player="zoe" is not known here'],
    ["by a wrong name", { player: "Zoe" }, 'player="Zoe" is not valid'],
    ["at a quote that is none", { quote: "quote-99" }, 'quote="quote-99" does not hold'],
  ];

  it.each(wrong.map(([name, change, text]) => ({ name, change, text })))(
    "$name is refused",
    ({ change, text }) => {
      const rig = rigWith(100);
      const before = rig.encoded();
      expect(() => commitTrade(rig.world, { ...request, ...change })).toThrow(text);
      expect(rig.encoded()).toBe(before);
    },
  );
});
