import { coins } from "./goods.ts";
import { placeStockFull } from "./market.ts";
import { definitionOf, type World } from "./world-state.ts";

/** Opens the ledger of a world that begins, or has other goods now: what is there was made. */
export function openLedger(world: World): void {
  const names = [coins, ...definitionOf(world).goods.map(({ name }) => name)];
  world.ledger = names.map((good) => {
    const used = world.ledger.find((entry) => entry.good === good)?.used ?? 0n;
    return { good, made: used + heldOf(world, good), used };
  });
}

/** What markets, players, entities and places have of a good, or of coins. */
function heldOf(world: World, good: string): bigint {
  const { players, markets, entities, placeStocks } = world;
  if (good === coins) {
    return [...players, ...markets].reduce((sum, holder) => sum + BigInt(holder.coins), 0n);
  }
  const { goods } = definitionOf(world);
  const i = goods.findIndex(({ name }) => name === good);
  const kinds = goods[i]?.gatheredAt ?? [];
  let held = 0;
  for (const { kind } of world.map?.places ?? []) {
    if (kinds.includes(kind)) held += placeStockFull;
  }
  for (const stock of placeStocks) {
    if (stock.good === good) held += stock.amount - placeStockFull;
  }
  for (const market of markets) held += market.stocks[i] ?? 0;
  for (const stock of [...players.map((p) => p.inventory), ...entities.map((e) => e.stock)]) {
    for (const item of stock) if (item.good === good) held += item.amount;
  }
  return BigInt(held);
}
