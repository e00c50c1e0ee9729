import { nobody, type Shard } from "./columns.ts";
import { relationOf } from "./relations.ts";
import type { Turn } from "./turn.ts";

/** Lived minutes in which a player who did something is still about. */
export const guestMinutes = 60;

/** How dangerous a place is, 0 to 1. */
export function dangerAt(shard: Shard, place: number): number {
  let danger = 0;
  for (const occurrence of shard.occurrences) {
    if (!occurrence.dangerous || occurrence.intensity <= danger) continue;
    if (occurrence.place === nobody || occurrence.place === place) danger = occurrence.intensity;
  }
  return danger;
}

/** Whether one can get away from the danger at a place by leaving it. */
export function isLocalDanger(shard: Shard, place: number): boolean {
  return shard.occurrences.some((one) => one.dangerous && one.place === place);
}

/** What draws people most: the occurrence that is most worth going to. */
export function attractionOf(shard: Shard) {
  let most: Shard["occurrences"][number] | undefined;
  for (const occurrence of shard.occurrences) {
    if (!occurrence.attractive) continue;
    if (most === undefined || occurrence.intensity > most.intensity) most = occurrence;
  }
  return most;
}

/** The most that an NPC trusts, and the most that it fears, a player who is at its place. */
export function guestsOf(turn: Turn, npc: number, place: number) {
  const { guests } = turn.shard;
  let trust = 0;
  let fear = 0;
  for (const guest of guests) {
    if (guest.place !== place || turn.minute - guest.minute > guestMinutes) continue;
    const relation = relationOf(turn, npc, guest.player);
    if (relation === undefined) continue;
    trust = Math.max(trust, relation.trust);
    fear = Math.max(fear, relation.fear);
  }
  return { trust, fear };
}
