import type { GoodAmount, World } from "./world-state.ts";

/** Kinds of goods that one holder has at most, and how many of each. */
export const stockKindsMax = 64;
export const amountMax = 1_000_000;
export const coinsMax = 1_000_000_000;

/** The name under which the ledger counts coins. */
export const coins = "";

export function amountIn(stock: readonly GoodAmount[], good: string): number {
  return stock.find((held) => held.good === good)?.amount ?? 0;
}

/** Whether a holder has room for so many more. */
export function hasRoom(stock: readonly GoodAmount[], good: string, amount: number): boolean {
  const held = stock.find((item) => item.good === good);
  if (held === undefined) return stock.length < stockKindsMax && amount <= amountMax;
  return held.amount + amount <= amountMax;
}

/** Changes what a holder has; whoever calls has checked that it is there, or that there is room. */
export function changeStock(stock: GoodAmount[], good: string, by: number): void {
  const at = stock.findIndex((held) => held.good === good);
  const held = stock[at];
  if (held === undefined) {
    if (by > 0) stock.push({ good, amount: by });
    return;
  }
  held.amount += by;
  if (held.amount === 0) stock.splice(at, 1);
}

/**
 * Notes that goods, or coins, came into the world or went out of it: all that is held is what was
 * made less what was used. Items that the pack does not define are no goods, and are not counted.
 */
export function noteMade(world: World, good: string, amount: number): void {
  const entry = entryOf(world, good);
  if (entry !== undefined) entry.made += BigInt(amount);
}

export function noteUsed(world: World, good: string, amount: number): void {
  const entry = entryOf(world, good);
  if (entry !== undefined) entry.used += BigInt(amount);
}

function entryOf(world: World, good: string): World["ledger"][number] | undefined {
  return world.ledger.find((entry) => entry.good === good);
}
