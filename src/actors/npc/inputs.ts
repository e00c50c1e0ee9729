import { NpcActivity } from "../../gen/tellurion/v1/npc_pb.ts";
import { inputsCount, needsCount } from "./columns.ts";
import { directiveOf } from "./directives.ts";
import { canBuyFood, foodOf, surplusOf } from "./economy.ts";
import { flag } from "./flags.ts";
import { type Slot, slotAt } from "./schedule.ts";
import { attractionOf, dangerAt, guestsOf, isLocalDanger } from "./surroundings.ts";
import type { Turn } from "./turn.ts";

/**
 * What a decision is made from, in a byte each, kept until the next one: so the decision can be
 * explained afterwards exactly as it was made. The needs come first.
 */
export const input = {
  slot: 5,
  weather: 6,
  danger: 7,
  festivity: 8,
  activity: 9,
  minutes: 10,
  directed: 11,
  food: 12,
  trust: 13,
  fear: 14,
  flags: 15,
} as const;

/** What there would be to eat if nobody counted it. */
const plenty = 255;

/** Notes what an NPC who stands at a place (or goes there) has to decide from. */
export function noteInputs(turn: Turn, npc: number, gameMinute: number): void {
  const { shard, columns } = turn;
  const { inputs } = columns;
  const first = npc * inputsCount;
  const place = columns.wayTo[npc] as number;
  for (let i = 0; i < needsCount; i += 1) {
    inputs[first + i] = byteOf(columns.needs[npc * needsCount + i] as number);
  }
  const role = columns.role[npc] as number;
  const guests = shard.guests.length === 0 ? nobodyHere : guestsOf(turn, npc, place);
  const isAny = shard.occurrences.length > 0;
  const slot = slotAt(shard, role, gameMinute);
  const minutes = turn.minute - (columns.beganMinute[npc] as number);
  inputs[first + input.slot] = slot?.activity ?? NpcActivity.IDLE;
  inputs[first + input.weather] = shard.severe ? plenty : byteOf(shard.weatherBadness);
  inputs[first + input.danger] = isAny ? byteOf(dangerAhead(turn, npc, slot)) : 0;
  inputs[first + input.festivity] = isAny ? byteOf(attractionOf(shard)?.intensity ?? 0) : 0;
  inputs[first + input.activity] = columns.activity[npc] as number;
  inputs[first + input.minutes] = Math.min(minutes, 255);
  inputs[first + input.directed] = directiveOf(turn, npc)?.activity ?? 0;
  const food = shard.foods.length === 0 ? plenty : Math.min(foodOf(turn, npc), plenty);
  inputs[first + input.food] = food;
  inputs[first + input.trust] = byteOf(guests.trust);
  inputs[first + input.fear] = byteOf(guests.fear);
  inputs[first + input.flags] = flagsOf(turn, npc, role, place, isAny);
}

/** The danger where an NPC is or, a little less, where its schedule would have it go. */
function dangerAhead(turn: Turn, npc: number, slot: Slot | undefined): number {
  const { shard, columns } = turn;
  const here = dangerAt(shard, columns.wayTo[npc] as number);
  if (slot === undefined || slot.placeKind === "") return here;
  const there = turn.nearest(slot.placeKind, columns.home[npc] as number);
  return Math.max(here, aheadShare * dangerAt(shard, there));
}

const aheadShare = 0.8;

const nobodyHere = { trust: 0, fear: 0 };

function flagsOf(turn: Turn, npc: number, role: number, place: number, isAny: boolean): number {
  const { shard } = turn;
  let flags = turn.flagsOfRole(role);
  if (surplusOf(turn, npc)) flags |= flag.surplus;
  if (canBuyFood(turn, npc)) flags |= flag.canBuyFood;
  if (isAny && isLocalDanger(shard, place)) flags |= flag.dangerIsLocal;
  return flags;
}

function byteOf(share: number): number {
  return share <= 0 ? 0 : share >= 1 ? 255 : Math.round(share * 255);
}
