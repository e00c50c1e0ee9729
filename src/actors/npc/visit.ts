import { seeToAffairs } from "./affairs.ts";
import { decide } from "./decide.ts";
import { liveTo } from "./live.ts";
import { passTime } from "./statistics.ts";
import type { Outlet, Turn } from "./turn.ts";

const minuteMs = 60_000;

/** Minutes after which somebody did not just go on with what it did, but followed its schedule. */
const lagMost = 20;

/** Brings an NPC up to the shard's time: it lives until then, sees to its affairs and decides anew. */
export function visit(turn: Turn, npc: number, out: Outlet): void {
  const { shard, columns } = turn;
  const toMs = shard.livedMs;
  const minutes = (toMs - (columns.updatedMs[npc] as number)) / minuteMs;
  if (minutes <= 0) return;
  if (minutes > lagMost) passTime(turn, npc);
  else liveTo(turn, npc, toMs);
  seeToAffairs(turn, npc, minutes, out);
  decide(turn, npc, toMs, Number(shard.gameMs) / minuteMs);
}
