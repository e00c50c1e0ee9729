import { distanceMetres, nextHop } from "../common/world-map.ts";
import { nobody } from "./columns.ts";
import type { Turn } from "./turn.ts";

const minuteMs = 60_000;

/** Metres in a game minute: 1.3 m/s. */
export const paceUsual = 80;

export interface Position {
  readonly x: number;
  readonly y: number;
  readonly walking: boolean;
  /** The stretch that it is on, or was on: metres to the east and to the north. */
  readonly east: number;
  readonly north: number;
}

/** Lived ms at which an NPC is where it goes. */
export function arrivalMs({ columns, map }: Turn, npc: number): number {
  const from = columns.wayFrom[npc] as number;
  const to = columns.wayTo[npc] as number;
  const metres = distanceMetres(map, from, to);
  return (columns.departMs[npc] as number) + (metres / (columns.pace[npc] as number)) * minuteMs;
}

/** The place that an NPC is at. `nobody`: it is on its way. */
export function standsAt(turn: Turn, npc: number, atMs: number): number {
  return atMs >= arrivalMs(turn, npc) ? (turn.columns.wayTo[npc] as number) : nobody;
}

/**
 * Sends an NPC to a place. One who is between two places goes on to the next one first. False: no
 * way leads there, and nothing has changed.
 */
export function goTo(turn: Turn, npc: number, place: number, atMs: number): boolean {
  const { columns, map } = turn;
  const to = columns.wayTo[npc] as number;
  if (to === place) return true;
  if (nextHop(map, to, place) === nobody) return false;
  if (atMs >= arrivalMs(turn, npc)) {
    columns.legFrom[npc] = to;
    columns.wayFrom[npc] = to;
    columns.departMs[npc] = atMs;
    columns.pace[npc] = paceOf(turn);
    // It may have been told already where this one was later: standing here.
    if (turn.shard.movesToldMs > atMs) turn.shard.movesToldMs = atMs;
  } else if (atMs > (columns.departMs[npc] as number)) {
    const leg = legAt(turn, npc, atMs);
    columns.legFrom[npc] = leg.from;
    columns.wayFrom[npc] = leg.to;
    columns.departMs[npc] = leg.untilMs;
  }
  columns.wayTo[npc] = place;
  return true;
}

/** Where an NPC is. */
export function positionAt(turn: Turn, npc: number, atMs: number): Position {
  const { columns, map } = turn;
  const from = columns.wayFrom[npc] as number;
  const departMs = columns.departMs[npc] as number;
  if (atMs >= arrivalMs(turn, npc)) return pointOn(turn, columns.wayTo[npc] as number, from, 1);
  if (atMs >= departMs) {
    const leg = legAt(turn, npc, atMs);
    const length = distanceMetres(map, leg.from, leg.to);
    return pointOn(turn, leg.to, leg.from, 1 - leg.metresLeft / length, true);
  }
  const legFrom = columns.legFrom[npc] as number;
  const length = distanceMetres(map, legFrom, from);
  const left = ((departMs - atMs) / minuteMs) * (columns.pace[npc] as number);
  return pointOn(turn, from, legFrom, length > 0 ? 1 - left / length : 1, true);
}

/** The stretch between two places that a walking NPC is on. */
function legAt({ columns, map }: Turn, npc: number, atMs: number) {
  const pace = columns.pace[npc] as number;
  const to = columns.wayTo[npc] as number;
  const departMs = columns.departMs[npc] as number;
  let gone = ((atMs - departMs) / minuteMs) * pace;
  let walked = 0;
  let from = columns.wayFrom[npc] as number;
  // A way passes no place twice.
  for (let hops = 0; hops < map.places.length; hops += 1) {
    const next = nextHop(map, from, to);
    const length = distanceMetres(map, from, next);
    walked += length;
    if (gone < length || next === to) {
      const metresLeft = Math.max(0, length - gone);
      return { from, to: next, metresLeft, untilMs: departMs + (walked / pace) * minuteMs };
    }
    gone -= length;
    from = next;
  }
  return { from, to, metresLeft: 0, untilMs: atMs };
}

function pointOn(turn: Turn, to: number, from: number, share: number, walking = false): Position {
  const a = turn.map.places[from] as { x: number; y: number };
  const b = turn.map.places[to] as { x: number; y: number };
  const part = share > 0 ? (share < 1 ? share : 1) : 0;
  const east = b.x - a.x;
  const north = b.y - a.y;
  return { x: a.x + east * part, y: a.y + north * part, walking, east, north };
}

/** Weather slows those who set out in it. */
function paceOf({ shard }: Turn): number {
  return paceUsual * (1 - 0.4 * shard.weatherBadness);
}
