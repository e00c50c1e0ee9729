import type { TimeEvent } from "../../gen/tellurion/v1/clock_pb.ts";
import {
  EntitiesLeftEventSchema,
  EntitiesMovedEventSchema,
  EntityTickSchema,
} from "../../gen/tellurion/v1/entities_pb.ts";
import { Verb } from "../../gen/tellurion/v1/world_pb.ts";
import type { ActorContext } from "../../runtime/index.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { minuteMs } from "../common/units.ts";
import { playerType } from "./entity-checks.ts";
import { placeOf } from "./places.ts";
import type { Outlet, Player, World } from "./world-state.ts";

const group = "players";
/** World time between two events that tell where those who travel are. */
const intervalMs = 200;
/** Game time between two events that tell where all are: whoever listens late soon knows everybody. */
const betweenAllMs = 10n * BigInt(minuteMs);
const stepsOfTurn = 256;

/** Takes note of the clock's time: how fast it passes, and whether it is time to tell of all players. */
export function noteClock(
  world: World,
  { reading, previousGameMs, settledGameMs }: Plain<TimeEvent>,
  ctx: Pick<ActorContext, "now" | "publish">,
): void {
  const { paused = true, scale } = reading ?? {};
  const isRunning = !paused && scale !== undefined && scale.denominator > 0n;
  world.timeScale = isRunning ? Number(scale.numerator) / Number(scale.denominator) : 0;
  world.clockedMs = ctx.now;
  if (previousGameMs / betweenAllMs === settledGameMs / betweenAllMs) return;
  const present = world.players.filter(({ present }) => present);
  tell(world, present, 0, true, ctx);
}

/** Tells where a player is who has come, or to stay for a while; who travels is told of again and again. */
export function tellWhere(world: World, player: Player, out: Outlet): void {
  if (!isTravelling(player)) tell(world, [player], 0, false, out);
  else if (world.moveTimer === 0) {
    world.moveTimer = out.schedule(intervalMs, EntityTickSchema, {});
  }
}

/** Tells where those are who travel, as long as there are some. */
export function tellTravellers(world: World, ctx: Pick<ActorContext, "now"> & Outlet): void {
  const travelling = world.players.filter(isTravelling);
  world.moveTimer = 0;
  if (travelling.length === 0) return;
  const sinceMs = clamp((ctx.now - world.clockedMs) * world.timeScale, 0, minuteMs);
  tell(world, travelling, sinceMs, false, ctx);
  world.moveTimer = ctx.schedule(intervalMs, EntityTickSchema, {});
}

/** Tells that a player is not in the world any more. */
export function tellGone(world: World, player: Player, out: Pick<Outlet, "publish">): void {
  out.publish(EntitiesLeftEventSchema, { group, numbers: [numberOf(world, player)] });
}

function isTravelling({ present, busyWith, busyUntilMs }: Player): boolean {
  return present && busyWith === Verb.TRAVEL && busyUntilMs > 0n;
}

function tell(
  world: World,
  players: readonly Player[],
  sinceMs: number,
  complete: boolean,
  out: Pick<Outlet, "publish">,
): void {
  const where = players.map((player) => whereIs(world, player, sinceMs));
  out.publish(EntitiesMovedEventSchema, {
    ...{ group, kind: playerType, complete },
    numbers: players.map((player) => numberOf(world, player)),
    x: where.map(({ x }) => Math.round(100 * x)),
    y: where.map(({ y }) => Math.round(100 * y)),
    headings: Uint8Array.from(where, ({ turned }) => Math.round(stepsOfTurn * turned)),
    ids: players.map(({ id }) => `${playerType}:${id}`),
  });
}

/** Who travels is between the two places, as far as the time that it takes has passed. */
function whereIs(world: World, player: Player, sinceMs: number) {
  const { x = 0, y = 0 } = placeOf(world, player.place) ?? {};
  const target = isTravelling(player) ? placeOf(world, player.target) : undefined;
  if (target === undefined) return { x, y, turned: 0 };
  const leftMs = Number(player.busyUntilMs - world.gameMs) - sinceMs;
  const share = clamp(1 - leftMs / (player.amount * minuteMs), 0, 1);
  const [east, north] = [target.x - x, target.y - y];
  const turned = Math.atan2(east, north) / (2 * Math.PI);
  return { x: x + share * east, y: y + share * north, turned };
}

/** The number that stands for a player among entities: the lowest that is free, from 1. */
function numberOf(world: World, player: Player): number {
  if (player.number === 0) {
    const taken = new Set(world.players.map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number += 1;
    player.number = number;
  }
  return player.number;
}
