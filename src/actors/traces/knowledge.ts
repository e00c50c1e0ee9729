import type { Knowledge, Region } from "./region.ts";
import { traceNumbered } from "./trace-index.ts";

/** Players whose knowledge a region keeps: who found nothing for the longest time is forgotten. */
export const playersMax = 4_096;
/** Traces that one player knows in a region. */
export const knownMax = 4_096;

export function knowledgeOf(region: Region, player: string): Knowledge | undefined {
  return region.players.findLast((knowledge) => knowledge.player === player);
}

export function knows(knowledge: Knowledge | undefined, number: number): boolean {
  if (knowledge === undefined) return false;
  return knowledge.known[placeOf(knowledge.known, number)] === number;
}

/** Notes that a player has found a trace, and comes to know that player as the latest. */
export function learn(region: Region, player: string, number: number): void {
  const at = region.players.findLastIndex((known) => known.player === player);
  const knowledge = region.players[at] ?? { player, known: [] };
  if (at !== region.players.length - 1 || at < 0) {
    if (at >= 0) region.players.splice(at, 1);
    region.players.push(knowledge);
    if (region.players.length > playersMax) region.players.shift();
  }
  const { known } = knowledge;
  if (known.length >= knownMax) forget(region, knowledge);
  knowledge.known.splice(placeOf(knowledge.known, number), 0, number);
}

/** Traces that are gone need not be known any more: their numbers do not come again. */
function forget(region: Region, knowledge: Knowledge): void {
  const alive = knowledge.known.filter((number) => traceNumbered(region, number) !== undefined);
  knowledge.known = alive.length < knownMax ? alive : alive.slice(alive.length - knownMax + 1);
}

/** Place of the first number that is as high or higher. */
function placeOf(known: readonly number[], number: number): number {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
