import { NpcActivity, NpcReason } from "../../gen/tellurion/v1/npc_pb.ts";
import { seeToAffairs } from "./affairs.ts";
import { inputsCount } from "./columns.ts";
import { begin } from "./decide.ts";
import { directiveOf } from "./directives.ts";
import { foodOf, hasErrand, stillHunger, takeMeal, trade } from "./economy.ts";
import { input } from "./inputs.ts";
import { liveTo } from "./live.ts";
import { badFrom, nextChange, type Slot, slotAt } from "./schedule.ts";
import { dangerAt } from "./surroundings.ts";
import type { Outlet, Turn } from "./turn.ts";

const minuteMs = 60_000;

/** Pieces into which a schedule cuts the time of a pass at most. */
const piecesMax = 64;

/** Hunger from which somebody eats though it is not the time for it. */
const hungerMost = 0.75;

/**
 * Brings all NPCs of a shard up to its time as their schedules would have it: needs drift in closed
 * form from one slot to the next, and what a day brings in goods and coins is settled in between.
 */
export function passAll(turn: Turn, out: Outlet): void {
  const { shard, columns } = turn;
  for (let npc = 0; npc < shard.count; npc += 1) {
    const minutes = (shard.livedMs - (columns.updatedMs[npc] as number)) / minuteMs;
    if (minutes <= 0) continue;
    passTime(turn, npc);
    seeToAffairs(turn, npc, minutes, out);
  }
}

/** Brings one NPC up to the shard's time as its schedule would have it. */
export function passTime(turn: Turn, npc: number): void {
  const { shard, columns } = turn;
  const toMs = shard.livedMs;
  // What it decided before explains nothing any more.
  columns.inputs[npc * inputsCount + input.slot] = NpcActivity.UNSPECIFIED;
  const role = columns.role[npc] as number;
  const aheadMs = Number(shard.gameMs) - toMs;
  let fromMs = columns.updatedMs[npc] as number;
  for (let piece = 0; piece < piecesMax && fromMs < toMs; piece += 1) {
    const gameMinute = Math.floor((fromMs + aheadMs) / minuteMs);
    const changeMs = nextChange(shard, role, gameMinute) * minuteMs - aheadMs;
    const untilMs = piece === piecesMax - 1 || changeMs > toMs ? toMs : changeMs;
    follow(turn, npc, fromMs, slotAt(shard, role, gameMinute));
    liveTo(turn, npc, untilMs);
    fromMs = untilMs;
  }
  follow(turn, npc, toMs, slotAt(shard, role, Math.floor((toMs + aheadMs) / minuteMs)));
  settle(turn, npc);
}

/** What somebody does when nobody decides: as scheduled, unless weather or danger keep it in. */
function follow(turn: Turn, npc: number, atMs: number, slot: Slot | undefined): void {
  const { shard, columns } = turn;
  const order = directiveOf(turn, npc);
  if (order !== undefined) {
    begin(turn, npc, order.activity, NpcReason.DIRECTIVE, atMs, slot);
    return;
  }
  const role = columns.role[npc] as number;
  if (shard.roles[role]?.weatherproof !== true && slot?.activity !== NpcActivity.SLEEP) {
    if (shard.severe) {
      begin(turn, npc, NpcActivity.SHELTER, NpcReason.WEATHER, atMs, slot);
      return;
    }
  }
  if (shard.occurrences.length > 0 && slot?.activity !== NpcActivity.GUARD) {
    const danger = dangerAt(shard, columns.wayTo[npc] as number);
    if (danger >= badFrom) {
      begin(turn, npc, NpcActivity.SHELTER, NpcReason.DANGER, atMs, slot);
      return;
    }
  }
  const activity = slot?.activity ?? NpcActivity.IDLE;
  const isHungryMeal = activity === NpcActivity.EAT && !findFood(turn, npc);
  const does = isHungryMeal ? NpcActivity.IDLE : activity;
  begin(turn, npc, does, NpcReason.SCHEDULE, atMs, slot);
}

/** Whether somebody has something to eat for a meal, from the market if need be. */
function findFood(turn: Turn, npc: number): boolean {
  const { shard, columns } = turn;
  if (shard.foods.length === 0 || columns.activity[npc] === NpcActivity.EAT) return true;
  if (foodOf(turn, npc) === 0 && turn.hasMarket) trade(turn, npc);
  return foodOf(turn, npc) > 0;
}

/** Errands that fell into the time: a walk to the market and back, and a bite when hunger asked for it. */
function settle(turn: Turn, npc: number): void {
  if (hasErrand(turn, npc)) trade(turn, npc);
  const hunger = turn.columns.needs[npc * 5] as number;
  if (hunger >= hungerMost && takeMeal(turn, npc)) stillHunger(turn, npc);
}
