import {
  type EnterRequest,
  type PlayerActedEvent,
  PlayerActedEventSchema,
  type PlayerReading,
  Verb,
} from "../../gen/tellurion/v1/world_pb.ts";
import { isKey, Rejection } from "../../runtime/index.ts";
import { checkOneOf, refuse } from "../common/checks.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { checkAgenda, dropFromAgenda } from "./agenda.ts";
import { putEntity, removeEntity } from "./entities.ts";
import { playerType } from "./entity-checks.ts";
import { coinsMax } from "./goods.ts";
import { tellGone, tellWhere } from "./moves.ts";
import { placeOf, placesIn, regionOf } from "./places.ts";
import { definitionOf, type Outlet, type Player, regionNames, type World } from "./world-state.ts";

/** Players that a world knows, here or away. */
export const playersMax = 4_096;
/** With `player:` before it, it is the id of an entity. */
const nameMax = 56;

function verbName(verb: Verb): string {
  return Object.entries(Verb).find(([, value]) => value === verb)?.[0] ?? "";
}

export function knownPlayerOf(world: World, id: string): Player | undefined {
  return world.players.find((player) => player.id === id);
}

/** Throws a Rejection for a player who is not known. */
export function playerOf(world: World, id: string): Player {
  definitionOf(world);
  checkPlayerId(id);
  const player = knownPlayerOf(world, id);
  if (player !== undefined) return player;
  throw new Rejection(
    "NOT_FOUND",
    `player=${JSON.stringify(id)} is not known here; valid are players who entered`,
  );
}

/** Throws a Rejection for a player who is away or has something to do. */
export function freePlayerOf(world: World, id: string): Player {
  const player = playerOf(world, id);
  if (!player.present) {
    throw new Rejection("FAILED_PRECONDITION", `player=${id} is away; valid is to enter before`);
  }
  if (player.busyUntilMs > 0n) {
    const doing = player.unconscious ? "unconscious" : `busy with ${verbName(player.busyWith)}`;
    throw new Rejection(
      "FAILED_PRECONDITION",
      `player=${id} is ${doing} until game_ms=${player.busyUntilMs}; valid is to act from then on`,
    );
  }
  return player;
}

/** What quests and stories that belong to nobody are said to belong to. */
const nobody = "world";

function checkPlayerId(id: string): void {
  if (!isKey(id) || id.length > nameMax) {
    refuse("player", id, `are 1 to ${nameMax} of a-z, 0-9, _ . : and -`);
  }
  if (id === nobody) refuse("player", id, "are other names: it stands for the whole world");
}

/** Lets a player in. One who is here already stays as they are. */
export function enter(world: World, request: Plain<EnterRequest>, out: Outlet): Player {
  definitionOf(world);
  checkPlayerId(request.player);
  const known = knownPlayerOf(world, request.player);
  if (known?.present) return known;
  checkAgenda(world);
  const player = known ?? newPlayer(world, request);
  player.present = true;
  showPlayer(world, player, out);
  tellAct(world, player, { verb: Verb.TRAVEL, success: true }, out);
  return player;
}

function newPlayer(
  world: World,
  { player: id, region, place: placeId }: Plain<EnterRequest>,
): Player {
  const found = placeOf(world, placeId);
  if (placeId !== "" && found === undefined) {
    refuse("place", placeId, "are ids of the map's places, and empty");
  }
  if (found === undefined || region !== "") checkOneOf("region", region, regionNames(world));
  if (found !== undefined && region !== "" && found.region !== region) {
    refuse("place", placeId, `are places in ${region}, and empty`);
  }
  const inside = placesIn(world, region);
  const place = found ?? inside.find(({ sheltered }) => sheltered) ?? inside[0];
  if (place === undefined) refuse("region", region, "are regions that have a place");
  if (world.players.length >= playersMax) forgetPassingPlayer(world);
  if (world.players.length >= playersMax) {
    throw new Rejection("RESOURCE_EXHAUSTED", `the world knows ${playersMax} players, and no more`);
  }
  const player: Player = {
    ...{ id, present: true, place: place.id, health: 1, coins: 0, inventory: [] },
    ...{ busyWith: Verb.UNSPECIFIED, busyUntilMs: 0n, unconscious: false, target: "", amount: 0 },
    ...{ rewards: [], reputations: [], number: 0 },
  };
  world.players.push(player);
  return player;
}

/** Takes a player out of the world; what they were about to do does not happen. */
export function leave(world: World, id: string, out: Outlet): Player {
  const player = playerOf(world, id);
  if (!player.present) return player;
  player.present = false;
  // Whoever is unconscious wakes all the same: to leave is no way out.
  if (!player.unconscious) {
    dropFromAgenda(world, "player", id);
    setFree(player);
  }
  removeEntity(world, entityIdOf(player), out);
  tellGone(world, player, out);
  return player;
}

export function setFree(player: Player): void {
  player.busyWith = Verb.UNSPECIFIED;
  player.busyUntilMs = 0n;
  player.unconscious = false;
  player.target = "";
  player.amount = 0;
}

function entityIdOf({ id }: Player): string {
  return `${playerType}:${id}`;
}

/** Makes the entity of a player what the player is. */
export function showPlayer(world: World, player: Player, out: Outlet): void {
  if (!player.present) return;
  const place = placeOf(world, player.place);
  const doing = player.unconscious ? "unconscious" : verbName(player.busyWith).toLowerCase();
  putEntity(
    world,
    {
      ...{ id: entityIdOf(player), type: playerType, tags: [], container: "", stock: [] },
      ...{ region: place?.region ?? "", place: player.place, x: place?.x ?? 0, y: place?.y ?? 0 },
      properties: [
        { name: "health", value: { case: "number", value: player.health } },
        { name: "doing", value: { case: "text", value: player.busyUntilMs > 0n ? doing : "" } },
      ],
      version: 0n,
    },
    out,
  );
  tellWhere(world, player, out);
}

export type Deed = Partial<Pick<PlayerActedEvent, "target" | "targetKind" | "item" | "amount">> &
  Pick<PlayerActedEvent, "verb" | "success"> & { readonly harm?: number };

/** Tells what a player did, where they are now. */
export function tellAct(
  world: World,
  player: Player,
  deed: Deed,
  out: Outlet,
): Plain<PlayerActedEvent> {
  const { verb, target = "", targetKind = "", item = "", amount = 0, success, harm = 0 } = deed;
  const event: Plain<PlayerActedEvent> = {
    ...{ player: player.id, region: regionOf(world, player.place), place: player.place },
    ...{ verb, target, targetKind, item, amount, success, harm, gameMs: world.gameMs },
  };
  out.publish(PlayerActedEventSchema, event);
  return event;
}

export function changeReputation(player: Player, faction: string, by: number): void {
  let reputation = player.reputations.find((other) => other.faction === faction);
  if (reputation === undefined) {
    reputation = { faction, value: 0 };
    player.reputations.push(reputation);
  }
  reputation.value = clamp(reputation.value + by, -1, 1);
}

/** Coins beyond what anybody can have are not given. */
export function roomForCoins(player: Player, coins: number): number {
  return Math.min(coins, coinsMax - player.coins);
}

export function readingOf(world: World, player: Player): Plain<PlayerReading> {
  const { id, present, place, health, coins, busyWith, busyUntilMs, unconscious } = player;
  return {
    ...{ id, present, region: regionOf(world, place), place, health, coins },
    ...{ busyWith, busyUntilMs, unconscious, gameMs: world.gameMs },
    inventory: player.inventory.map((held) => ({ ...held })),
    reputations: player.reputations.map((reputation) => ({ ...reputation })),
  };
}

/** Makes room by forgetting who came first, is away, and has nothing that would be lost. */
function forgetPassingPlayer(world: World): void {
  const at = world.players.findIndex(
    ({ present, coins, inventory, rewards, reputations }) =>
      !present && coins === 0 && [inventory, rewards, reputations].every((has) => has.length === 0),
  );
  if (at !== -1) world.players.splice(at, 1);
}
