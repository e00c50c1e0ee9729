import {
  type TradeRequest as RequestMessage,
  type TradeQuote,
  TradeSide,
  TradeStep,
} from "../../gen/tellurion/v1/world_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkInteger, checkOneOf, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { amountIn, amountMax, changeStock, coinsMax, hasRoom } from "./goods.ts";
import { marketOf, priceOf } from "./market.ts";
import { regionOf } from "./places.ts";
import { freePlayerOf } from "./players.ts";
import {
  definitionOf,
  type Market,
  minutesAfter,
  nextNumber,
  type Player,
  type World,
} from "./world-state.ts";

type Request = Plain<RequestMessage>;
type Quote = Plain<TradeQuote>;
type Deal = Pick<Quote, "side" | "good" | "amount" | "coins">;

const amountPerTradeMax = 1_000;
const quoteMinutes = 10;
/** The oldest ones give way. */
const quotesMax = 1_024;

/** Says what a trade would cost, and holds to it for a while. */
export function quoteTrade(world: World, request: Request): Quote {
  const { player, market } = partiesOf(world, request);
  if (request.quote !== "") refuse("quote", request.quote, "is empty when a quote is asked for");
  const deal = dealOf(world, market, request);
  checkDeal(world, player, market, deal);
  const quote: Quote = {
    ...deal,
    id: `quote-${nextNumber(world)}`,
    player: player.id,
    untilMs: minutesAfter(world, quoteMinutes),
    region: market.region,
  };
  world.quotes = world.quotes.filter(({ untilMs }) => untilMs >= world.gameMs);
  if (world.quotes.length >= quotesMax) world.quotes.shift();
  world.quotes.push(quote);
  return { ...quote };
}

/** Carries a trade out: goods and coins change hands, and none come or go. Returns the coins. */
export function commitTrade(world: World, request: Request): number {
  const { player, market } = partiesOf(world, request);
  const deal =
    request.quote === "" ? dealOf(world, market, request) : quoted(world, request, market);
  checkLimit(request, deal);
  checkDeal(world, player, market, deal);
  world.quotes = world.quotes.filter(({ id }) => id !== request.quote);
  const { side, good, amount, coins } = deal;
  const i = goodNames(world).indexOf(good);
  const sign = side === TradeSide.BUY ? 1 : -1;
  changeStock(player.inventory, good, sign * amount);
  market.stocks[i] = (market.stocks[i] ?? 0) - sign * amount;
  player.coins -= sign * coins;
  market.coins += sign * coins;
  return coins;
}

function partiesOf(world: World, request: Request): { player: Player; market: Market } {
  const player = freePlayerOf(world, request.player);
  const market = marketOf(world, regionOf(world, player.place));
  if (market === undefined) throw new Error("assertion failed: a region without a market");
  if (request.step !== TradeStep.QUOTE && request.step !== TradeStep.COMMIT) {
    refuse("step", request.step, "are TRADE_STEP_QUOTE and TRADE_STEP_COMMIT");
  }
  return { player, market };
}

function dealOf(world: World, market: Market, { side, good, amount }: Request): Deal {
  if (side !== TradeSide.BUY && side !== TradeSide.SELL) {
    refuse("side", side, "are TRADE_SIDE_BUY and TRADE_SIDE_SELL");
  }
  checkOneOf("good", good, goodNames(world));
  checkInteger("amount", amount, 1, amountPerTradeMax);
  const price = priceOf(world, market, goodNames(world).indexOf(good));
  return { side, good, amount, coins: amount * (side === TradeSide.BUY ? price.buy : price.sell) };
}

function goodNames(world: World): string[] {
  return definitionOf(world).goods.map(({ name }) => name);
}

function quoted(world: World, request: Request, market: Market): Deal {
  const quote = world.quotes.find(
    ({ id, player }) => id === request.quote && player === request.player,
  );
  if (quote === undefined || quote.untilMs < world.gameMs) {
    throw new Rejection(
      "NOT_FOUND",
      `quote=${JSON.stringify(request.quote)} does not hold, or not any more; valid are quotes of ` +
        `this player, for ${quoteMinutes} game minutes`,
    );
  }
  if (quote.region !== market.region) {
    refuse("quote", quote.id, `are quotes of the region the player is in, ${market.region}`);
  }
  return quote;
}

function checkLimit({ coinsLimit, quote }: Request, { side, coins }: Deal): void {
  if (coinsLimit === 0) {
    if (quote === "") refuse("coins_limit", 0, "is the most, or least, that the trade may come to");
    return;
  }
  const isWithin = side === TradeSide.BUY ? coins <= coinsLimit : coins >= coinsLimit;
  if (isWithin) return;
  throw new Rejection(
    "FAILED_PRECONDITION",
    `coins_limit=${coinsLimit} does not hold: the trade comes to ${coins} coins`,
  );
}

/** Both sides must have what they give, and room for what they get. */
function checkDeal(world: World, player: Player, market: Market, deal: Deal): void {
  const { side, good, amount, coins } = deal;
  const stock = market.stocks[goodNames(world).indexOf(good)] ?? 0;
  const isBuy = side === TradeSide.BUY;
  const has = isBuy ? stock : amountIn(player.inventory, good);
  const payer = isBuy ? player.coins : market.coins;
  const payee = isBuy ? market.coins : player.coins;
  const [giver, taker] = isBuy ? ["the market", player.id] : [player.id, "the market"];
  if (amount > has) tooMuch("amount", amount, has, `${giver} has`);
  if (coins > payer) tooMuch("coins", coins, payer, `${taker} has`);
  if (payee + coins > coinsMax) tooMuch("coins", coins, coinsMax - payee, `${giver} has room for`);
  const isRoom = isBuy ? hasRoom(player.inventory, good, amount) : stock + amount <= amountMax;
  if (!isRoom) {
    throw new Rejection("RESOURCE_EXHAUSTED", `${taker} has no room for ${amount} ${good} more`);
  }
}

function tooMuch(what: string, value: number, most: number, why: string): never {
  throw new Rejection(
    "FAILED_PRECONDITION",
    `${what}=${value} is too much; valid are at most ${most}, which ${why}`,
  );
}
