import type { NpcActivity, NpcReason } from "../../gen/tellurion/v1/npc_pb.ts";
import { heardCount, needsCount, nobody, traitsCount } from "./columns.ts";
import { checkNpc, directiveOf, placeNamed } from "./directives.ts";
import { amountOf } from "./economy.ts";
import { explain } from "./explain.ts";
import { memoriesOf } from "./memory.ts";
import { faded, relationsOf } from "./relations.ts";
import type { Turn } from "./turn.ts";
import { options } from "./utility.ts";
import { positionAt, standsAt } from "./walk.ts";

/** What GetNpc answers. */
export function tellNpc(turn: Turn, npc: number) {
  const { shard, columns } = turn;
  checkNpc(shard, npc);
  const traits = columns.traits.subarray(npc * traitsCount, (npc + 1) * traitsCount);
  const directive = directiveOf(turn, npc);
  return {
    npc: readingOf(turn, npc),
    needs: needsFrom((i) => columns.needs[npc * needsCount + i] as number),
    traits: [...traits].map((value) => value / 255),
    coins: columns.coins[npc] as number,
    possessions: shard.goods
      .map((good, i) => ({ good, amount: amountOf(turn, npc, i) }))
      .filter(({ amount }) => amount > 0),
    relations: relationsOf(turn, npc).map((relation) => ({
      other: relation.other,
      ...faded(relation, turn.minute),
    })),
    memories: memoriesOf(turn, npc),
    rumours: rumoursOf(turn, npc),
    options: explain(turn, npc),
    ...(directive && { directive }),
  };
}

/** What ListNpcs answers. */
export function tellNpcs(turn: Turn, placeId: string) {
  const { shard } = turn;
  const place = placeNamed(turn, placeId);
  const npcs: ReturnType<typeof readingOf>[] = [];
  for (let npc = 0; npc < shard.count; npc += 1) {
    if (place !== nobody && standsAt(turn, npc, shard.livedMs) !== place) continue;
    npcs.push(readingOf(turn, npc));
  }
  return { npcs };
}

/** What GetShard answers. */
export function tellShard(turn: Turn) {
  const { shard, columns } = turn;
  const counts = new Uint32Array(options.length + 1);
  let walking = 0;
  for (let npc = 0; npc < shard.count; npc += 1) {
    const activity = columns.activity[npc] as number;
    counts[activity] = (counts[activity] as number) + 1;
    if (standsAt(turn, npc, shard.livedMs) === nobody) walking += 1;
  }
  return {
    region: shard.region,
    count: shard.count,
    detail: shard.detail,
    activities: options
      .map((activity: NpcActivity) => ({ activity, count: counts[activity] as number }))
      .filter(({ count }) => count > 0),
    walking,
    gameMs: shard.gameMs,
    goods: shard.goods.map((good, i) => ({
      good,
      held: heldOf(turn, i),
      made: columns.made[i] as number,
      used: columns.used[i] as number,
      brought: columns.brought[i] as number,
      taken: columns.taken[i] as number,
    })),
    coins: columns.coins.reduce((sum, coins) => sum + coins, shard.till),
    coinsFirst: shard.coinsFirst,
    coinsIn: shard.coinsIn,
    coinsOut: shard.coinsOut,
    meanNeeds: needsFrom((i) => meanNeed(turn, i)),
    rumours: shard.rumours.filter(({ about }) => about !== "").length,
  };
}

function readingOf(turn: Turn, npc: number) {
  const { shard, columns, map } = turn;
  const partner = columns.partner[npc] as number;
  const { x, y, walking } = positionAt(turn, npc, shard.livedMs);
  return {
    id: `${turn.key}.${npc}`,
    name: shard.names[npc] ?? "",
    role: shard.roles[columns.role[npc] as number]?.name ?? "",
    faction: shard.factions[columns.faction[npc] as number] ?? "",
    region: shard.region,
    home: map.places[columns.home[npc] as number]?.id ?? "",
    place: map.places[columns.wayTo[npc] as number]?.id ?? "",
    ...{ walking, x, y },
    activity: columns.activity[npc] as NpcActivity,
    reason: columns.reason[npc] as NpcReason,
    partner: partner === nobody ? "" : `${turn.key}.${partner}`,
  };
}

function rumoursOf({ shard, columns }: Turn, npc: number) {
  const heard: { about: string; concepts: string[]; distortion: number }[] = [];
  for (let i = 0; i < heardCount; i += 1) {
    const at = 2 * (npc * heardCount + i);
    const rumour = shard.rumours[(columns.heard[at] as number) - 1];
    if (rumour === undefined) continue;
    const { about, concepts } = rumour;
    heard.push({ about, concepts, distortion: (columns.heard[at + 1] as number) / 255 });
  }
  return heard;
}

function needsFrom(value: (which: number) => number) {
  return {
    ...{ hunger: value(0), rest: value(1), company: value(2) },
    ...{ safety: value(3), purpose: value(4) },
  };
}

function meanNeed({ shard, columns }: Turn, which: number): number {
  let sum = 0;
  for (let npc = 0; npc < shard.count; npc += 1) {
    sum += columns.needs[npc * needsCount + which] as number;
  }
  return sum / shard.count;
}

function heldOf(turn: Turn, good: number): number {
  let held = turn.columns.stock[good] as number;
  for (let npc = 0; npc < turn.shard.count; npc += 1) held += amountOf(turn, npc, good);
  return held;
}
