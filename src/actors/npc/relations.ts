import { type NpcRelation, NpcRelationEventSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import type { Outlet, Turn } from "./turn.ts";

export type Relation = Plain<NpcRelation>;

/** How much a deed changes what an NPC thinks of whoever did it. */
export interface Change {
  readonly trust: number;
  readonly fear: number;
  readonly respect: number;
}

/** Those that one NPC has an opinion of; the faintest opinion gives way. */
export const relationsMax = 8;

/** Minutes in which most of an opinion fades. Trust and respect outlast fear. */
const trustMinutes = 40_000;
const fearMinutes = 10_000;

/** A change that is worth an event, and an opinion that is worth keeping. */
const noticeable = 0.1;
const faint = 0.02;

/** What an NPC thinks of somebody now. Undefined: nothing. */
export function relationOf(turn: Turn, npc: number, other: string): Change | undefined {
  const relation = turn.shard.relations[indexOf(turn, npc, other)];
  return relation === undefined ? undefined : faded(relation, turn.minute);
}

export function relationsOf(turn: Turn, npc: number): readonly Relation[] {
  const { relations } = turn.shard;
  const first = firstOf(relations, npc);
  let end = first;
  while (relations[end]?.npc === npc) end += 1;
  return relations.slice(first, end);
}

/** What is left of an opinion. */
export function faded(relation: Relation, minute: number): Change {
  const minutes = Math.max(0, minute - relation.minute);
  const lasting = Math.exp(-minutes / trustMinutes);
  return {
    trust: relation.trust * lasting,
    fear: relation.fear * Math.exp(-minutes / fearMinutes),
    respect: relation.respect * lasting,
  };
}

/** Changes what an NPC thinks of somebody, and says so when it is noticeable. */
export function changeRelation(
  turn: Turn,
  npc: number,
  other: string,
  change: Change,
  reason: string,
  out: Outlet,
): void {
  const { shard, minute } = turn;
  const relation = shard.relations[indexOf(turn, npc, other)] ?? addRelation(turn, npc, other);
  const now = faded(relation, minute);
  relation.trust = clamp(now.trust + change.trust, -1, 1);
  relation.fear = clamp(now.fear + change.fear, -1, 1);
  relation.respect = clamp(now.respect + change.respect, -1, 1);
  relation.minute = minute;
  const { trust, fear, respect, toldTrust, toldFear, toldRespect } = relation;
  const most = Math.max(
    Math.abs(trust - toldTrust),
    Math.abs(fear - toldFear),
    Math.abs(respect - toldRespect),
  );
  if (most < noticeable) return;
  relation.toldTrust = trust;
  relation.toldFear = fear;
  relation.toldRespect = respect;
  out.publish(NpcRelationEventSchema, {
    ...{ npc: `${turn.key}.${npc}`, region: shard.region, other, trust, fear, respect, reason },
    gameMs: shard.gameMs,
  });
}

/** Forgets what has all but faded. */
export function dropFaint({ shard, minute }: Turn): void {
  const kept = shard.relations.filter((relation) => weightOf(relation, minute) >= faint);
  if (kept.length < shard.relations.length) shard.relations = kept;
}

function addRelation(turn: Turn, npc: number, other: string): Relation {
  const { shard, minute } = turn;
  const own = relationsOf(turn, npc);
  if (own.length >= relationsMax) {
    const faintest = own.reduce((a, b) => (weightOf(b, minute) < weightOf(a, minute) ? b : a));
    shard.relations.splice(shard.relations.indexOf(faintest), 1);
  }
  const relation: Relation = {
    ...{ npc, other, trust: 0, fear: 0, respect: 0, minute },
    ...{ toldTrust: 0, toldFear: 0, toldRespect: 0 },
  };
  shard.relations.splice(firstOf(shard.relations, npc + 1), 0, relation);
  return relation;
}

function weightOf(relation: Relation, minute: number): number {
  const { trust, fear, respect } = faded(relation, minute);
  return Math.abs(trust) + Math.abs(fear) + Math.abs(respect);
}

function indexOf({ shard }: Turn, npc: number, other: string): number {
  const { relations } = shard;
  for (let i = firstOf(relations, npc); relations[i]?.npc === npc; i += 1) {
    if (relations[i]?.other === other) return i;
  }
  return -1;
}

/** Relations stand in the order of the NPCs' numbers: the index of the first one of an NPC, or of later ones. */
function firstOf(relations: readonly Relation[], npc: number): number {
  let low = 0;
  let high = relations.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((relations[middle] as Relation).npc < npc) low = middle + 1;
    else high = middle;
  }
  return low;
}
