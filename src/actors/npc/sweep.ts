import { NpcDetail, NpcTickSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import type { ActorContext } from "../../runtime/index.ts";
import { tellActions } from "./decide.ts";
import { detailFor } from "./detail.ts";
import { tellAll } from "./moves.ts";
import { staggered } from "./stagger.ts";
import { passAll } from "./statistics.ts";
import type { Turn } from "./turn.ts";
import { visit } from "./visit.ts";

/** NPCs of a shard that are visited in a frame at most: the shard's budget. */
export const visitsPerFrameMax = 8;

/** In a shard of coarse detail, one NPC of so many decides in a game minute. */
export const coarseGroups = 10;

/** Lived minutes between two passes through a shard that nobody is near. */
const passMinutes = 60;

/** Lived minutes in which shards react to what concerns all of them, one after another. */
const reactionMinutes = 5;

type Context = Pick<ActorContext, "random" | "publish" | "schedule" | "cancel" | "stepMs">;

/** Lets game time pass, from `previousMs` to `settledMs`. What lies before the shard's own time has passed already. */
export function passGameTime(
  turn: Turn,
  previousMs: bigint,
  settledMs: bigint,
  jumped: boolean,
  ctx: Context,
): void {
  const { shard } = turn;
  if (jumped || previousMs > shard.gameMs) {
    // A jump did not happen to people; nor did what was before they were here.
    shard.gameMs = jumped ? settledMs : previousMs;
  }
  if (settledMs > shard.gameMs) {
    shard.livedMs += Number(settledMs - shard.gameMs);
    shard.gameMs = settledMs;
  }
  changeDetail(turn, ctx);
  if (shard.detail !== NpcDetail.STATISTICAL) beginSweep(turn, ctx);
  else if (turn.minute >= shard.passMinute) catchUp(turn, ctx);
}

/** Visits the next few NPCs of a sweep. */
export function continueSweep(turn: Turn, ctx: Context): void {
  const { shard } = turn;
  for (let visits = 0; visits < visitsPerFrameMax && shard.cursor < shard.count; visits += 1) {
    visit(turn, shard.cursor, ctx);
    shard.cursor += shard.stride;
  }
  if (shard.cursor >= shard.count) endSweep(turn, ctx);
  tellActions(turn, ctx);
}

/** Changes the level of detail to what the players' whereabouts ask for. */
export function changeDetail(turn: Turn, ctx: Context): void {
  const { shard } = turn;
  const detail = detailFor(shard, turn.minute);
  if (detail === shard.detail) return;
  // Nothing is converted: all levels keep everything in the same columns. A visit makes up what was left out.
  endSweep(turn, ctx);
  shard.detail = detail;
  if (detail === NpcDetail.STATISTICAL) shard.passMinute = nextPass(turn);
}

/** Lets a shard that nobody is near react soon to what has happened, not all shards at once. */
export function reactSoon(turn: Turn): void {
  const minute = turn.minute + 1 + staggered(turn, reactionMinutes);
  turn.shard.passMinute = Math.min(turn.shard.passMinute, minute);
}

function catchUp(turn: Turn, ctx: Context): void {
  const { shard } = turn;
  passAll(turn, ctx);
  tellActions(turn, ctx);
  tellAll(turn, shard.livedMs, ctx);
  shard.passMinute = nextPass(turn);
}

/** The next of a shard's own minutes of the hour: shards take turns, so that no frame has many of them. */
function nextPass(turn: Turn): number {
  const own = staggered(turn, passMinutes);
  return own + passMinutes * (Math.floor((turn.minute - own) / passMinutes) + 1);
}

function beginSweep(turn: Turn, ctx: Context): void {
  const { shard } = turn;
  if (shard.timer !== 0) return;
  const isFull = shard.detail === NpcDetail.FULL;
  shard.group = isFull ? 0 : (shard.group + 1) % coarseGroups;
  shard.cursor = shard.group;
  shard.stride = isFull ? 1 : coarseGroups;
  shard.timer = ctx.schedule(ctx.stepMs, NpcTickSchema, {}, { everyMs: ctx.stepMs });
}

function endSweep(turn: Turn, ctx: Context): void {
  const { shard } = turn;
  if (shard.timer !== 0) ctx.cancel(shard.timer);
  shard.timer = 0;
  shard.cursor = 0;
}
