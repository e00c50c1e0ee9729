import { NpcDetail } from "../../gen/tellurion/v1/npc_pb.ts";
import type { Shard } from "./columns.ts";

/** Lived minutes after a player's latest deed in which a region is near to a player. */
const fullMinutes = 120;
/** And in which it is not far from one. */
const coarseMinutes = 720;

/** How closely a shard is to be simulated, by where players have been. */
export function detailFor(shard: Shard, minute: number): NpcDetail {
  const { playerHereMinute: here, playerNearMinute: near } = shard;
  if (here >= 0 && minute - here <= fullMinutes) return NpcDetail.FULL;
  const latest = Math.max(here, near);
  return latest >= 0 && minute - latest <= coarseMinutes ? NpcDetail.COARSE : NpcDetail.STATISTICAL;
}
