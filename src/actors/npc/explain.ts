import { NpcActivity, type NpcReason } from "../../gen/tellurion/v1/npc_pb.ts";
import { activityName } from "./activities.ts";
import { situationOf } from "./decide.ts";
import { input } from "./inputs.ts";
import { Tally } from "./tally.ts";
import type { Turn } from "./turn.ts";
import { options, weigh } from "./utility.ts";

export interface Explained {
  activity: NpcActivity;
  chosen: boolean;
  score: number;
  parts: { reason: NpcReason; value: number }[];
  lost: string;
}

/**
 * An NPC's latest decision: weighed again from what it was made from, which was kept. The best
 * option comes first; those that could not be done come last.
 */
export function explain(turn: Turn, npc: number): Explained[] {
  const situation = situationOf(turn, npc);
  // No slot: nothing was decided yet.
  if (situation.inputs[situation.at + input.slot] === NpcActivity.UNSPECIFIED) return [];
  const tally = new Tally();
  const all = options.map((activity) => {
    const parts: Explained["parts"] = [];
    tally.begin(parts);
    weigh(activity, situation, tally);
    return { activity, chosen: false, score: tally.score, parts, lost: tally.impossible };
  });
  all.sort((a, b) => rank(b) - rank(a));
  const [best, ...others] = all;
  if (best === undefined) return [];
  best.chosen = true;
  for (const other of others) {
    if (other.lost !== "") continue;
    const margin = (best.score - other.score).toFixed(2);
    other.lost = `${margin} less than ${activityName(best.activity)}`;
  }
  return all;
}

function rank({ lost, score }: Explained): number {
  return lost === "" ? score : Number.NEGATIVE_INFINITY;
}
