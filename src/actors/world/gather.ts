import { type ActRequest, type PlayerActedEvent, Verb } from "../../gen/tellurion/v1/world_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkInteger, checkOneOf } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { changeStock, hasRoom } from "./goods.ts";
import { placeStockFull } from "./market.ts";
import { placeOf } from "./places.ts";
import { tellAct } from "./players.ts";
import { definitionOf, type Outlet, type Player, type World } from "./world-state.ts";

/** At once. */
const amountMax = 10;

/** Takes what the player's place has; of what is short, the rest. */
export function gather(
  world: World,
  player: Player,
  request: Plain<ActRequest>,
  out: Outlet,
): Plain<PlayerActedEvent> {
  const { item } = request;
  const wanted = request.amount || 1;
  const place = placeOf(world, player.place);
  const kind = place?.kind ?? "";
  const here = definitionOf(world).goods.filter(({ gatheredAt }) => gatheredAt.includes(kind));
  if (here.length === 0) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `verb=GATHER is not possible at ${player.place}: a ${kind} has nothing to gather`,
    );
  }
  checkOneOf(
    "item",
    item,
    here.map(({ name }) => name),
  );
  checkInteger("amount", wanted, 1, amountMax);
  if (!place?.sheltered && world.severeRegions.includes(place?.region ?? "")) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      "verb=GATHER is not possible in the open in severe weather; valid is to wait until it ends",
    );
  }
  const depleted = world.placeStocks.find(
    (stock) => stock.place === player.place && stock.good === item,
  );
  const left = depleted?.amount ?? placeStockFull;
  const amount = Math.min(wanted, left);
  if (amount === 0) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `item=${item} is used up at ${player.place}; valid is to wait until it has grown again`,
    );
  }
  if (!hasRoom(player.inventory, item, amount)) {
    throw new Rejection("RESOURCE_EXHAUSTED", `player=${player.id} has no room for more ${item}`);
  }
  if (depleted !== undefined) depleted.amount -= amount;
  else world.placeStocks.push({ place: player.place, good: item, amount: left - amount });
  changeStock(player.inventory, item, amount);
  const deed = { verb: Verb.GATHER, item, amount };
  return tellAct(world, player, { ...deed, success: true }, out);
}
