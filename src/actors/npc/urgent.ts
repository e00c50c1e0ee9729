import { NpcNeedEventSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import { need, needsCount, trait, traitsCount } from "./columns.ts";
import { canBuyFood, foodOf, lackOf } from "./economy.ts";
import { dangerAt } from "./surroundings.ts";
import type { Outlet, Turn } from "./turn.ts";

/** Need events that a shard publishes in a lived hour at most. */
export const needsPerHourMax = 2;

/** Lived minutes for which an NPC that has cried for help keeps quiet. */
const quietMinutes = 1_440;

const hungerFrom = 0.8;
const safetyFrom = 0.7;
const companyFrom = 0.85;
/** How urgent it is that work goes slowly. */
const goodsUrgency = 0.5;
/** Chances in a minute that somebody asks for what its work needs, or for news. */
const askingChance = 0.000_1;
const newsChance = 0.000_05;

interface Want {
  readonly need: string;
  readonly good: number;
  readonly urgency: number;
}

/** Publishes what an NPC needs most and cannot get by itself, if there is such a thing. */
export function tellNeed(turn: Turn, npc: number, minutes: number, out: Outlet): void {
  const { shard, columns, minute } = turn;
  const told = columns.needMinute[npc] as number;
  if (told !== 0 && minute + 1 - told < quietMinutes) return;
  const hour = Math.floor(minute / 60);
  if (shard.needsHour === hour && shard.needsTold >= needsPerHourMax) return;
  const want = wantOf(turn, npc, minutes, out);
  if (want === undefined) return;
  publishNeed(turn, npc, want, out);
}

/** Somebody's house suffered in a storm that is over. */
export function tellDamage(turn: Turn, intensity: number, out: Outlet): void {
  const npc = out.random.integer(turn.shard.count);
  publishNeed(turn, npc, { need: "repair", good: -1, urgency: intensity }, out);
}

function publishNeed(turn: Turn, npc: number, want: Want, out: Outlet): void {
  const { shard, columns, minute } = turn;
  const hour = Math.floor(minute / 60);
  if (shard.needsHour !== hour) {
    shard.needsHour = hour;
    shard.needsTold = 0;
  }
  if (shard.needsTold >= needsPerHourMax) return;
  shard.needsTold += 1;
  columns.needMinute[npc] = minute + 1;
  out.publish(NpcNeedEventSchema, {
    npc: `${turn.key}.${npc}`,
    region: shard.region,
    place: turn.map.places[columns.home[npc] as number]?.id ?? "",
    role: shard.roles[columns.role[npc] as number]?.name ?? "",
    need: want.need,
    good: want.good === -1 ? "" : (shard.goods[want.good] ?? ""),
    urgency: want.urgency,
    gameMs: shard.gameMs,
  });
}

function wantOf(turn: Turn, npc: number, minutes: number, out: Outlet): Want | undefined {
  const { shard, columns } = turn;
  const first = npc * needsCount;
  const hunger = columns.needs[first + need.hunger] as number;
  if (hunger >= hungerFrom && shard.foods.length > 0) {
    if (foodOf(turn, npc) === 0 && !canBuyFood(turn, npc)) {
      return { need: "food", good: shard.foods[npc % shard.foods.length] ?? -1, urgency: hunger };
    }
  }
  const safety = columns.needs[first + need.safety] as number;
  if (safety >= safetyFrom && dangerAt(shard, columns.wayTo[npc] as number) > 0) {
    return { need: "safety", good: -1, urgency: safety };
  }
  const company = columns.needs[first + need.company] as number;
  if (company >= companyFrom) return { need: "company", good: -1, urgency: company };
  const good = lackOf(turn, npc);
  if (good !== -1 && out.random.next() < askingChance * minutes) {
    return (columns.stock[good] as number) === 0
      ? { need: "goods", good, urgency: goodsUrgency }
      : undefined;
  }
  const curiosity = (columns.traits[npc * traitsCount + trait.curiosity] as number) / 255;
  if (out.random.next() < newsChance * curiosity * minutes) {
    return { need: "news", good: -1, urgency: curiosity / 2 };
  }
  return undefined;
}
