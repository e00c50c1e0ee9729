import { NpcActivity } from "../../gen/tellurion/v1/npc_pb.ts";
import { isWork, work } from "./economy.ts";
import { driftNeeds } from "./needs.ts";
import { dangerAt } from "./surroundings.ts";
import type { Turn } from "./turn.ts";
import { arrivalMs } from "./walk.ts";

const minuteMs = 60_000;

/**
 * Lets an NPC go on with what it does up to a lived time: it walks, then it is there and does it.
 * The same for all levels of detail: they differ in how often somebody decides.
 */
export function liveTo(turn: Turn, npc: number, toMs: number): void {
  const { columns, shard } = turn;
  const fromMs = columns.updatedMs[npc] as number;
  if (toMs <= fromMs) return;
  columns.updatedMs[npc] = toMs;
  const arrivedMs = arrivalMs(turn, npc);
  const activity = columns.activity[npc] as number;
  const untilMs = arrivedMs < toMs ? Math.max(arrivedMs, fromMs) : toMs;
  if (untilMs > fromMs) {
    driftNeeds(columns, npc, NpcActivity.TRAVEL, (untilMs - fromMs) / minuteMs, 0);
  }
  if (toMs <= untilMs) return;
  const minutes = (toMs - untilMs) / minuteMs;
  const place = columns.wayTo[npc] as number;
  const danger = shard.occurrences.length === 0 ? 0 : dangerAt(shard, place);
  const isIndoors = activity === NpcActivity.SHELTER || activity === NpcActivity.SLEEP;
  driftNeeds(columns, npc, activity, minutes, isIndoors ? danger / 2 : danger);
  if (isWork(turn, npc, activity)) work(turn, npc, minutes);
}
