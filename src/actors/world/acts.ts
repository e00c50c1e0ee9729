import {
  type ActRequest as ActRequestMessage,
  type PlayerActedEvent,
  Verb,
} from "../../gen/tellurion/v1/world_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkId, checkInteger, refuse } from "../common/checks.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { addToAgenda, checkAgenda } from "./agenda.ts";
import { fight } from "./fight.ts";
import { gather } from "./gather.ts";
import { amountIn, changeStock, noteUsed } from "./goods.ts";
import { metresBetween, nearestShelter, placeOf, regionOf } from "./places.ts";
import { freePlayerOf, setFree, showPlayer, tellAct } from "./players.ts";
import { npcOf } from "./roster.ts";
import { minutesAfter, type Outlet, type Player, type World } from "./world-state.ts";

export type ActRequest = Plain<ActRequestMessage>;
type Done = Plain<PlayerActedEvent>;

const metresPerMinute = 80;
const minutesMax = 600;
const healthPerMinute = 0.005;
/** A roof over the head makes rest better. */
const shelterFactor = 2;
const wakingHealth = 0.3;

/** Game minutes that keep a player busy. */
const minutesOf = {
  talk: 5,
  gather: 10,
  deliver: 1,
  fight: 5,
  search: 10,
  work: 30,
  rest: 60,
  unconscious: 120,
} as const;

/**
 * Lets a player do something. Talking, gathering, delivering and fighting are done at once, and
 * keep the player busy for a while; the rest is done when its time has passed.
 */
export function act(world: World, request: ActRequest, out: Outlet): Done | undefined {
  const player = freePlayerOf(world, request.player);
  checkAgenda(world);
  switch (request.verb) {
    case Verb.TRAVEL:
      return travel(world, player, request, out);
    case Verb.TALK:
      return keepBusy(world, player, Verb.TALK, minutesOf.talk, out, () =>
        talk(world, player, request, out),
      );
    case Verb.GATHER:
      return keepBusy(world, player, Verb.GATHER, minutesOf.gather, out, () =>
        gather(world, player, request, out),
      );
    case Verb.DELIVER:
      return keepBusy(world, player, Verb.DELIVER, minutesOf.deliver, out, () =>
        deliver(world, player, request, out),
      );
    case Verb.FIGHT:
      return keepBusy(world, player, Verb.FIGHT, minutesOf.fight, out, () =>
        fight(world, player, request, out),
      );
    case Verb.SEARCH:
      return begin(world, player, Verb.SEARCH, minutesOf.search, "", out);
    case Verb.WORK:
      return work(world, player, request, out);
    case Verb.REST:
      return begin(world, player, Verb.REST, lasting(request, minutesOf.rest), "", out);
    default:
      return refuse(
        "verb",
        request.verb,
        "are TRAVEL, TALK, GATHER, DELIVER, FIGHT, SEARCH, WORK, REST",
      );
  }
}

function lasting({ amount }: ActRequest, otherwise: number): number {
  checkInteger("amount", amount, 0, minutesMax);
  return amount || otherwise;
}

/** Does something at once, which checks all before it changes anything. */
function keepBusy(
  world: World,
  player: Player,
  verb: Verb,
  minutes: number,
  out: Outlet,
  run: () => Done,
): Done {
  const done = run();
  if (player.health > 0) begin(world, player, verb, minutes, "", out);
  else fallUnconscious(world, player, out);
  return done;
}

function begin(
  world: World,
  player: Player,
  verb: Verb,
  minutes: number,
  target: string,
  out: Outlet,
): undefined {
  player.busyWith = verb;
  player.busyUntilMs = minutesAfter(world, minutes);
  player.target = target;
  player.amount = minutes;
  addToAgenda(world, player.busyUntilMs, { case: "player", value: player.id });
  showPlayer(world, player, out);
}

function fallUnconscious(world: World, player: Player, out: Outlet): void {
  player.unconscious = true;
  begin(world, player, Verb.UNSPECIFIED, minutesOf.unconscious, "", out);
}

function travel(world: World, player: Player, { target }: ActRequest, out: Outlet): undefined {
  if (placeOf(world, target) === undefined) {
    refuse("target", target, "are ids of the map's places");
  }
  if (target === player.place) refuse("target", target, "are other places: the player is here");
  const metres = metresBetween(world, player.place, target);
  if (metres === undefined) {
    refuse("target", target, `are places to which a road leads from ${player.place}`);
  }
  const minutes = Math.max(1, Math.ceil(metres / metresPerMinute));
  begin(world, player, Verb.TRAVEL, minutes, target, out);
}

/** On what has happened in the region or, without a target, on whatever there is to mend. */
function work(world: World, player: Player, request: ActRequest, out: Outlet): undefined {
  const { target } = request;
  const minutes = lasting(request, minutesOf.work);
  const region = regionOf(world, player.place);
  const here = world.occurrences.filter((occurrence) => occurrence.region === region);
  if (target !== "" && !here.some(({ id }) => id === target)) {
    refuse("target", target, `are occurrences that last in ${region}, and empty`);
  }
  begin(world, player, Verb.WORK, minutes, target, out);
}

/** What has ended meanwhile was not helped. */
function finishWork(
  world: World,
  player: Player,
  target: string,
  amount: number,
  out: Outlet,
): void {
  const targetKind = world.occurrences.find(({ id }) => id === target)?.kind ?? "";
  const success = target === "" || targetKind !== "";
  tellAct(world, player, { verb: Verb.WORK, target, targetKind, amount, success }, out);
}

function talk(world: World, player: Player, { target }: ActRequest, out: Outlet): Done {
  const { role } = npcNear(world, player, target);
  const deed = { verb: Verb.TALK, target, targetKind: role, success: true };
  return tellAct(world, player, deed, out);
}

/** The NPC of that id. Throws a Rejection where there is none, or not in the player's region. */
function npcNear(world: World, player: Player, id: string) {
  const npc = npcOf(world, id);
  if (npc === undefined) {
    throw new Rejection("NOT_FOUND", `target=${JSON.stringify(id)} is nobody; valid are NPCs`);
  }
  const region = regionOf(world, player.place);
  if (npc.region !== region) refuse("target", id, `are NPCs of the player's region, ${region}`);
  return npc;
}

function deliver(world: World, player: Player, request: ActRequest, out: Outlet): Done {
  const { target, item } = request;
  const amount = request.amount || 1;
  const place = placeOf(world, target);
  const npc = place === undefined ? npcNear(world, player, target) : undefined;
  if (place !== undefined && target !== player.place) {
    refuse("target", target, `are NPCs, and the place where the player is, ${player.place}`);
  }
  checkId("item", item);
  const has = amountIn(player.inventory, item);
  if (has === 0) refuse("item", item, `are what ${player.id} has`);
  checkInteger("amount", amount, 1, has);
  changeStock(player.inventory, item, -amount);
  noteUsed(world, item, amount);
  const to = npc === undefined ? {} : { target, targetKind: npc.role };
  return tellAct(world, player, { verb: Verb.DELIVER, ...to, item, amount, success: true }, out);
}

/** What a player did has taken its time. */
export function finishAct(world: World, id: string, out: Outlet): void {
  const player = world.players.find((other) => other.id === id);
  if (player === undefined) return;
  const { busyWith: verb, unconscious, target, amount } = player;
  setFree(player);
  if (unconscious) wake(world, player, out);
  else if (verb === Verb.TRAVEL) {
    player.place = target;
    tellAct(world, player, { verb, success: true }, out);
  } else if (verb === Verb.REST) {
    rest(world, player, amount);
    tellAct(world, player, { verb, amount, success: true }, out);
  } else if (verb === Verb.WORK) finishWork(world, player, target, amount, out);
  else if (verb === Verb.SEARCH) tellAct(world, player, { verb, amount, success: true }, out);
  showPlayer(world, player, out);
}

function rest(world: World, player: Player, minutes: number): void {
  const factor = placeOf(world, player.place)?.sheltered ? shelterFactor : 1;
  player.health = clamp(player.health + minutes * healthPerMinute * factor, 0, 1);
}

/** Somebody carried them to the nearest roof; they lost time, and nothing else. */
function wake(world: World, player: Player, out: Outlet): void {
  player.place = nearestShelter(world, player.place);
  player.health = wakingHealth;
  if (!player.present) return;
  const deed = { verb: Verb.REST, amount: minutesOf.unconscious, success: true };
  tellAct(world, player, deed, out);
}
