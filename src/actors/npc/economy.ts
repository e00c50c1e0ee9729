import { NpcActivity } from "../../gen/tellurion/v1/npc_pb.ts";
import { need } from "./columns.ts";
import { stirNeed } from "./needs.ts";
import type { Turn } from "./turn.ts";

/** Coins that each NPC and, for each of them, the market begins with. */
export const coinsEach = 30;

/** What each NPC begins with of each good that can be eaten. */
export const foodFirst = 2;

const workMinutes = 30;
/** Work without what it needs takes this many times as long. */
const makeshift = 3;
/** One who has this many of a good makes no more of it. */
const possessionsMax = 24;
/** Coins that somebody can have to come from the market. */
const wagesMax = 100;
const surplusFrom = 6;
const keptOfOwn = 2;
const foodWanted = 4;
const neededWanted = 2;
/** The market pays this share of the price, and pays wages from the rest. */
const buyingShare = 0.75;

/** Coins on which nobody pays dues, and the share of the others that goes to the market each day. */
const coinsFree = 40;
const duesShare = 0.25;
const hungerLeft = 0.05;

/** What a caravan takes away and brings, by the market's stock. */
const stockMost = 1;
const stockLeast = 0.25;

export function priceOf({ shard }: Turn, good: number): number {
  return shard.prices[good] ?? 1;
}

export function amountOf({ shard, columns }: Turn, npc: number, good: number): number {
  return columns.possessions[npc * shard.goods.length + good] as number;
}

/** What comes to an NPC from outside the shard, and is counted. Returns how much it can hold. */
export function bring(turn: Turn, npc: number, good: number, amount: number): number {
  const { shard, columns } = turn;
  const at = npc * shard.goods.length + good;
  const held = columns.possessions[at] as number;
  const taken = Math.min(amount, 65_535 - held);
  columns.possessions[at] = held + taken;
  columns.brought[good] = (columns.brought[good] as number) + taken;
  return taken;
}

export function foodOf(turn: Turn, npc: number): number {
  let food = 0;
  for (const good of turn.shard.foods) food += amountOf(turn, npc, good);
  return food;
}

/** Eats one of what an NPC has. False: it has nothing to eat. */
export function takeMeal(turn: Turn, npc: number): boolean {
  const { foods } = turn.shard;
  if (foods.length === 0) return true;
  for (let i = 0; i < foods.length; i += 1) {
    const good = foods[(npc + i) % foods.length] as number;
    if (amountOf(turn, npc, good) === 0) continue;
    useUp(turn, npc, good);
    return true;
  }
  return false;
}

/** Whether an NPC has more of what it makes than it keeps. */
export function surplusOf(turn: Turn, npc: number): boolean {
  for (const good of turn.makesOf(npc)) {
    if (amountOf(turn, npc, good) >= surplusFrom && turn.shard.till >= priceOf(turn, good))
      return true;
  }
  return false;
}

export function canBuyFood(turn: Turn, npc: number): boolean {
  const coins = turn.columns.coins[npc] as number;
  for (const good of turn.shard.foods) {
    if ((turn.columns.stock[good] as number) > 0 && coins >= priceOf(turn, good)) return true;
  }
  return false;
}

/** The first of the goods that an NPC's work needs that it has none of. -1: it has them all. */
export function lackOf(turn: Turn, npc: number): number {
  for (const good of turn.needsOf(npc)) if (amountOf(turn, npc, good) === 0) return good;
  return -1;
}

/** What becomes of some minutes of work. */
export function work(turn: Turn, npc: number, minutes: number): void {
  const { progress } = turn.columns;
  const lacks = turn.needsOf(npc).length > 0 && lackOf(turn, npc) !== -1;
  let done = (progress[npc] as number) + (lacks ? minutes / makeshift : minutes);
  const makes = turn.makesOf(npc);
  if (makes.length > 0) {
    while (done >= workMinutes) {
      if (!make(turn, npc, makes)) break;
      done -= workMinutes;
    }
    done = Math.min(done, workMinutes);
  }
  progress[npc] = Math.min(done, wagesMax * workMinutes);
}

/** Makes one of the good that an NPC has least of. False: it has enough of all. */
function make(turn: Turn, npc: number, makes: readonly number[]): boolean {
  const { columns, shard } = turn;
  let least = makes[0] as number;
  for (const good of makes) {
    if (amountOf(turn, npc, good) < amountOf(turn, npc, least)) least = good;
  }
  const at = npc * shard.goods.length + least;
  if ((columns.possessions[at] as number) >= possessionsMax) return false;
  columns.possessions[at] = (columns.possessions[at] as number) + 1;
  columns.made[least] = (columns.made[least] as number) + 1;
  const needs = turn.needsOf(npc);
  for (let i = 0; i < needs.length; i += 1) {
    const needed = needs[((columns.made[least] as number) + i) % needs.length] as number;
    if (amountOf(turn, npc, needed) === 0) continue;
    useUp(turn, npc, needed);
    break;
  }
  return true;
}

/** What an NPC does at the market: it sells, is paid, and buys. */
export function trade(turn: Turn, npc: number): void {
  for (const good of turn.makesOf(npc)) sell(turn, npc, good);
  collectWage(turn, npc);
  const { foods } = turn.shard;
  let food = foodOf(turn, npc);
  for (let i = 0; i < foods.length && food < foodWanted; i += 1) {
    food += buy(turn, npc, foods[(npc + i) % foods.length] as number, foodWanted - food);
  }
  for (const good of turn.needsOf(npc)) {
    buy(turn, npc, good, neededWanted - amountOf(turn, npc, good));
  }
}

/** Whether somebody whose life is only summed up goes to the market on the way. */
export function hasErrand(turn: Turn, npc: number): boolean {
  if (!turn.hasMarket) return false;
  if (surplusOf(turn, npc)) return true;
  if (turn.shard.foods.length > 0 && foodOf(turn, npc) === 0) return true;
  return (turn.columns.progress[npc] as number) > 16 * workMinutes;
}

/** Dues of those who have more than they need. Without them, coins would gather with a few. */
export function collectDues({ shard, columns }: Turn): void {
  for (let npc = 0; npc < shard.count; npc += 1) {
    const coins = columns.coins[npc] as number;
    if (coins <= coinsFree) continue;
    const dues = Math.ceil((coins - coinsFree) * duesShare);
    columns.coins[npc] = coins - dues;
    shard.till += dues;
  }
}

/**
 * A caravan evens out the market: it buys what there is too much of, and brings what is short. What
 * it takes in must come from what it paid, or from what the market has beyond its reserve.
 */
export function receiveCaravan(turn: Turn): void {
  const { shard, columns } = turn;
  const most = Math.ceil(shard.count * stockMost);
  const before = shard.till;
  columns.stock.forEach((stock, good) => {
    if (stock <= most) return;
    const pays = Math.ceil(((stock - most) * priceOf(turn, good)) / 2);
    columns.stock[good] = most;
    columns.taken[good] = (columns.taken[good] as number) + stock - most;
    shard.till += pays;
    shard.coinsIn += pays;
  });
  const reserve = (coinsEach * shard.count) / 2;
  buyFromCaravan(turn, shard.till - before + Math.max(0, (before - reserve) / 2));
}

function buyFromCaravan(turn: Turn, coinsMost: number): void {
  const { shard, columns } = turn;
  const least = Math.ceil(shard.count * stockLeast);
  let coins = coinsMost;
  // Food first: those goods stand first.
  columns.stock.forEach((stock, good) => {
    const price = priceOf(turn, good);
    const amount = Math.min(least - stock, Math.floor(coins / 2 / price));
    if (amount <= 0) return;
    coins -= amount * price;
    columns.stock[good] = stock + amount;
    columns.brought[good] = (columns.brought[good] as number) + amount;
    shard.till -= amount * price;
    shard.coinsOut += amount * price;
  });
}

/** Hunger after a meal that was eaten in passing. */
export function stillHunger(turn: Turn, npc: number): void {
  const hunger = turn.columns.needs[npc * 5 + need.hunger] as number;
  stirNeed(turn.columns, npc, need.hunger, hungerLeft - hunger);
}

/** Whether what an NPC does is its work; for those who make nothing, dealing is. */
export function isWork(turn: Turn, npc: number, activity: number): boolean {
  if (activity === NpcActivity.TRADE) return turn.makesOf(npc).length === 0;
  return activity === NpcActivity.WORK || activity === NpcActivity.GUARD;
}

function sell(turn: Turn, npc: number, good: number): void {
  const { shard, columns } = turn;
  const at = npc * shard.goods.length + good;
  const spare = (columns.possessions[at] as number) - keptOfOwn;
  const pays = Math.max(1, Math.floor(priceOf(turn, good) * buyingShare));
  const amount = Math.min(spare, Math.floor(shard.till / pays));
  if (amount <= 0) return;
  columns.possessions[at] = (columns.possessions[at] as number) - amount;
  columns.stock[good] = (columns.stock[good] as number) + amount;
  shard.till -= amount * pays;
  columns.coins[npc] = (columns.coins[npc] as number) + amount * pays;
}

function buy(turn: Turn, npc: number, good: number, wanted: number): number {
  const { shard, columns } = turn;
  const price = priceOf(turn, good);
  const coins = columns.coins[npc] as number;
  const amount = Math.min(wanted, columns.stock[good] as number, Math.floor(coins / price));
  if (amount <= 0) return 0;
  const at = npc * shard.goods.length + good;
  columns.stock[good] = (columns.stock[good] as number) - amount;
  columns.possessions[at] = (columns.possessions[at] as number) + amount;
  columns.coins[npc] = coins - amount * price;
  shard.till += amount * price;
  return amount;
}

/** Those who make nothing are paid for the hours they worked: a coin for each piece of work. */
function collectWage(turn: Turn, npc: number): void {
  if (turn.makesOf(npc).length > 0) return;
  const { shard, columns } = turn;
  const earned = Math.floor((columns.progress[npc] as number) / workMinutes);
  const paid = Math.min(earned, shard.till);
  columns.progress[npc] = (columns.progress[npc] as number) - paid * workMinutes;
  shard.till -= paid;
  columns.coins[npc] = (columns.coins[npc] as number) + paid;
}

function useUp({ shard, columns }: Turn, npc: number, good: number): void {
  const at = npc * shard.goods.length + good;
  columns.possessions[at] = (columns.possessions[at] as number) - 1;
  columns.used[good] = (columns.used[good] as number) + 1;
}
