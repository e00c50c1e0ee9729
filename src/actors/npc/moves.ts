import type { ClockReading } from "../../gen/tellurion/v1/clock_pb.ts";
import { EntitiesMovedEventSchema, EntityTickSchema } from "../../gen/tellurion/v1/entities_pb.ts";
import { NpcDetail } from "../../gen/tellurion/v1/npc_pb.ts";
import type { ActorContext } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { staggered } from "./stagger.ts";
import type { Outlet, Turn } from "./turn.ts";
import { arrivalMs, positionAt } from "./walk.ts";

const minuteMs = 60_000;
const stepsOfTurn = 256;

/** Events about some of a shard between two about all of it: whoever listens late soon knows everybody. */
const movesBetweenAll = 50;

type Context = Pick<ActorContext, "publish" | "schedule" | "cancel" | "now" | "stepMs">;

/** Notes how fast game time passes, so that somebody's place is known between two events of the clock. */
export function noteTimeScale(
  { shard }: Turn,
  reading: Plain<ClockReading> | undefined,
  { now }: Pick<Context, "now">,
): void {
  const { paused = true, scale } = reading ?? {};
  const isRunning = !paused && scale !== undefined && scale.denominator > 0n;
  shard.timeScale = isRunning ? Number(scale.numerator) / Number(scale.denominator) : 0;
  shard.clockedMs = now;
}

/** Tells who moved again and again as long as players are near. */
export function keepTelling(turn: Turn, ctx: Context): void {
  const { shard } = turn;
  const isWatched = shard.detail !== NpcDetail.STATISTICAL;
  if (isWatched === (shard.moveTimer !== 0)) return;
  if (!isWatched) {
    ctx.cancel(shard.moveTimer);
    shard.moveTimer = 0;
    return;
  }
  shard.movesUntilAll = 0;
  const steps = Math.max(1, Math.round(shard.moveIntervalMs / ctx.stepMs));
  // Shards take turns, so that no frame has all of them.
  const firstMs = ctx.stepMs * (1 + staggered(turn, steps));
  const everyMs = ctx.stepMs * steps;
  shard.moveTimer = ctx.schedule(firstMs, EntityTickSchema, {}, { everyMs });
}

/** Tells where those are who have walked since it was last told; now and then, where all are. */
export function tellMoves(turn: Turn, ctx: Context): void {
  const { shard } = turn;
  const atMs = livedAt(turn, ctx.now);
  if (shard.movesUntilAll === 0) {
    shard.movesUntilAll = movesBetweenAll;
    tellAll(turn, atMs, ctx);
    return;
  }
  shard.movesUntilAll -= 1;
  const numbers: number[] = [];
  for (let npc = 0; npc < shard.count; npc += 1) {
    if (arrivalMs(turn, npc) > shard.movesToldMs) numbers.push(npc);
  }
  if (numbers.length > 0) publish(turn, numbers, atMs, false, ctx);
  shard.movesToldMs = atMs;
}

/** Tells where everybody of a shard is at a lived time. */
export function tellAll(turn: Turn, atMs: number, out: Pick<Outlet, "publish">): void {
  const numbers = Array.from({ length: turn.shard.count }, (_, npc) => npc);
  publish(turn, numbers, atMs, true, out);
  turn.shard.movesToldMs = atMs;
}

/** The shard's own time goes on a minute or more at once; who walks does so in between. */
function livedAt({ shard }: Turn, now: number): number {
  const sinceMs = (now - shard.clockedMs) * shard.timeScale;
  return shard.livedMs + Math.min(minuteMs, Math.max(0, sinceMs));
}

function publish(
  turn: Turn,
  numbers: number[],
  atMs: number,
  complete: boolean,
  out: Pick<Outlet, "publish">,
): void {
  const x: number[] = [];
  const y: number[] = [];
  const headings = new Uint8Array(numbers.length);
  for (let i = 0; i < numbers.length; i += 1) {
    const position = positionAt(turn, numbers[i] as number, atMs);
    x.push(Math.round(100 * position.x));
    y.push(Math.round(100 * position.y));
    const turned = Math.atan2(position.east, position.north) / (2 * Math.PI);
    headings[i] = Math.round(stepsOfTurn * turned);
  }
  const group = `npc:${turn.key}`;
  out.publish(EntitiesMovedEventSchema, { group, kind: "npc", numbers, x, y, headings, complete });
}
