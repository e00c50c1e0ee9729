import { type GoodPrice, MarketTickEventSchema } from "../../gen/tellurion/v1/world_pb.ts";
import { checkOneOf } from "../common/checks.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { coins, noteMade, noteUsed } from "./goods.ts";
import { kindOf } from "./occurrences.ts";
import { definitionOf, type Market, type Outlet, regionNames, type World } from "./world-state.ts";

type GoodDefinition = ReturnType<typeof definitionOf>["goods"][number];

/** What a market has when it is left alone. */
export const stockFull = 40;
export const marketCoinsFull = 2_000;

/** What is left to gather of a good at a place that has it, untouched. */
export const placeStockFull = 20;
const regrowthPerHour = 2;

/** A drift comes back by this share in an hour, and is thrown off by so much (deviation). */
const reversion = 0.05;
const noise = 0.1;
/** How far an empty market's drift is drawn up. */
const scarcity = 0.6;
/** Of what is missing or too much in a market, this share comes or goes in an hour. */
const restockShare = 0.05;

const severeFactor = 1.25;
const factorMin = 0.1;
const factorMax = 10;
const sellShare = 0.8;
const priceMax = 1_000_000;

export function marketOf(world: World, region: string): Market | undefined {
  return world.markets.find((market) => market.region === region);
}

/** Lives through an hour: prices wander, stocks and coins come back, what was gathered grows again. */
export function liveMarketHour(world: World, out: Outlet): void {
  const { goods } = definitionOf(world);
  for (const market of world.markets) {
    goods.forEach((good, i) => {
      const stock = market.stocks[i] ?? 0;
      const draw = out.random.normal();
      market.drifts[i] = nextDrift(market.drifts[i] ?? 0, stock, draw);
      const change = restock(stock, stockFull);
      market.stocks[i] = stock + change;
      note(world, good.name, change);
    });
    const change = restock(market.coins, marketCoinsFull);
    market.coins += change;
    note(world, coins, change);
  }
  regrow(world);
}

/** From -1 to 1. It reverts to 0 or, where stock is short or plenty, to a bit above or below. */
export function nextDrift(drift: number, stock: number, draw: number): number {
  const mean = scarcity * clamp((stockFull - stock) / stockFull, -1, 1);
  return clamp(drift + reversion * (mean - drift) + noise * draw, -1, 1);
}

/** In whole numbers, and at least 1 towards what it should be. */
function restock(amount: number, full: number): number {
  const missing = full - amount;
  return Math.sign(missing) * Math.ceil(Math.abs(missing) * restockShare);
}

function note(world: World, good: string, change: number): void {
  if (change > 0) noteMade(world, good, change);
  else if (change < 0) noteUsed(world, good, -change);
}

function regrow(world: World): void {
  for (const stock of world.placeStocks) {
    const more = Math.min(regrowthPerHour, placeStockFull - stock.amount);
    stock.amount += more;
    noteMade(world, stock.good, more);
  }
  world.placeStocks = world.placeStocks.filter(({ amount }) => amount < placeStockFull);
}

/**
 * What the market of a region asks and pays. Between `price / (1 + volatility)` and
 * `price × (1 + volatility)`; what happens in the region, and its weather, comes on top.
 */
export function priceOf(world: World, market: Market, i: number): Plain<GoodPrice> {
  const good = definitionOf(world).goods[i] as GoodDefinition;
  const price = good.price * shareOf(market.drifts[i] ?? 0, good.volatility);
  const buy = clamp(Math.round(price * factorIn(world, market.region)), 1, priceMax);
  const sell = Math.max(1, Math.floor(buy * sellShare));
  return { good: good.name, buy, sell, stock: market.stocks[i] ?? 0 };
}

/** Up as far as down, as a factor: a drift of 1 multiplies by `1 + volatility`, one of -1 divides. */
export function shareOf(drift: number, volatility: number): number {
  return drift >= 0 ? 1 + drift * volatility : 1 / (1 - drift * volatility);
}

function factorIn(world: World, region: string): number {
  let factor = world.severeRegions.includes(region) ? severeFactor : 1;
  for (const occurrence of world.occurrences) {
    if (occurrence.region === region) factor *= kindOf(world, occurrence.kind).priceFactor || 1;
  }
  return clamp(factor, factorMin, factorMax);
}

/** What a caller is told of a region's market. */
export function marketReading(world: World, region: string) {
  definitionOf(world);
  checkOneOf("region", region, regionNames(world));
  const market = marketOf(world, region);
  return {
    prices: market?.stocks.map((_, i) => priceOf(world, market, i)) ?? [],
    coins: market?.coins ?? 0,
  };
}

export function publishMarkets(world: World, out: Outlet): void {
  for (const market of world.markets) {
    out.publish(MarketTickEventSchema, {
      region: market.region,
      prices: market.stocks.map((_, i) => priceOf(world, market, i)),
      gameMs: world.gameMs,
    });
  }
}
