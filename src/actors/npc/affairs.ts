import { NpcActivity } from "../../gen/tellurion/v1/npc_pb.ts";
import { nobody } from "./columns.ts";
import { noteAction } from "./decide.ts";
import { trade } from "./economy.ts";
import { gossip } from "./rumours.ts";
import type { Outlet, Turn } from "./turn.ts";
import { tellNeed } from "./urgent.ts";
import { standsAt } from "./walk.ts";

/** NPCs that somebody who wants company looks at. */
const glances = 6;

/** What somebody does where it is, once in a while: trade, company, a cry for help. */
export function seeToAffairs(turn: Turn, npc: number, minutes: number, out: Outlet): void {
  const { shard, columns } = turn;
  const activity = columns.activity[npc];
  if (activity === NpcActivity.TRADE) {
    if (standsAt(turn, npc, shard.livedMs) !== nobody) trade(turn, npc);
  } else if (activity === NpcActivity.SOCIALISE || activity === NpcActivity.CELEBRATE) {
    const place = standsAt(turn, npc, shard.livedMs);
    if (place !== nobody) keepCompany(turn, npc, place, minutes, out);
  }
  tellNeed(turn, npc, minutes, out);
}

function keepCompany(turn: Turn, npc: number, place: number, minutes: number, out: Outlet): void {
  const { shard, columns } = turn;
  const first = out.random.integer(shard.count);
  for (let i = 0; i < glances; i += 1) {
    const other = (first + i) % shard.count;
    const activity = columns.activity[other];
    if (other === npc || columns.wayTo[other] !== place) continue;
    if (activity !== NpcActivity.SOCIALISE && activity !== NpcActivity.CELEBRATE) continue;
    if (standsAt(turn, other, shard.livedMs) === nobody) continue;
    const wasAlone = columns.partner[npc] === nobody;
    columns.partner[npc] = other;
    if (wasAlone) noteAction(turn, npc);
    gossip(turn, npc, other, minutes, out);
    return;
  }
}
