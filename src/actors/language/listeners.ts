import type { Listener as ListenerMessage } from "../../gen/tellurion/v1/language_pb.ts";
import type { Plain } from "../common/plain.ts";
import type { State } from "./compiled.ts";

export type Listener = Plain<ListenerMessage>;

/** Players that a language notes. Who has learned nothing gives way, the one who acted longest ago first. */
export const listenersMax = 2_000;
/** Who has not acted for so long, a day of 24 hours, is not taken to be anywhere. */
export const presenceMs = 86_400_000n;

const knownBit = 0x8000;
export const pointsMax = 0x7fff;

/** Listeners by name. Made anew when it is missing. */
const byPlayer = new WeakMap<State, Map<string, Listener>>();

/** What is known of a player. Undefined for one who was not heard of. */
export function findListener(state: State, player: string): Listener | undefined {
  return state.listeners.find((listener) => listener.player === player);
}

/** The player's place in the list, made if need be. Undefined when the list is full of those who have learned something. */
export function listenerOf(state: State, player: string): Listener | undefined {
  const index = indexOf(state);
  const found = index.get(player);
  if (found !== undefined) return found;
  if (state.listeners.length >= listenersMax && !dropIdlest(state, index)) {
    state.turnedAway = Math.min(state.turnedAway + 1, 0xffff_ffff);
    return undefined;
  }
  const listener: Listener = {
    player,
    region: "",
    actedMs: 0n,
    points: new Uint8Array(),
    known: 0,
  };
  state.listeners.push(listener);
  index.set(player, listener);
  return listener;
}

/** Those who are in a region, in the order of the list. */
export function listenersIn(state: State, region: string, gameMs: bigint): Listener[] {
  return state.listeners.filter(
    (listener) => listener.region === region && gameMs - listener.actedMs <= presenceMs,
  );
}

export function pointsOf({ points }: Listener, concept: number): number {
  return wordAt(points, concept) & pointsMax;
}

export function knowsConcept({ points }: Listener, concept: number): boolean {
  return (wordAt(points, concept) & knownBit) !== 0;
}

export function setPoints(
  listener: Listener,
  concept: number,
  concepts: number,
  points: number,
  known: boolean,
): void {
  if (listener.points.length < concepts * 2) {
    const grown = new Uint8Array(concepts * 2);
    grown.set(listener.points);
    listener.points = grown;
  }
  const word = Math.min(points, pointsMax) | (known ? knownBit : 0);
  listener.points[concept * 2] = word & 0xff;
  listener.points[concept * 2 + 1] = word >>> 8;
}

/** Takes listeners over to another list of concepts: of those that are in both, they know what they knew. */
export function moveConcepts(state: State, concepts: readonly string[]): void {
  const from = state.concepts;
  const to = new Map(concepts.map((concept, i) => [concept, i]));
  for (const listener of state.listeners) {
    const before = { ...listener };
    listener.points = new Uint8Array();
    listener.known = 0;
    for (const [i, concept] of from.entries()) {
      const place = to.get(concept);
      const points = pointsOf(before, i);
      if (place === undefined || points === 0) continue;
      const known = knowsConcept(before, i);
      setPoints(listener, place, concepts.length, points, known);
      if (known) listener.known += 1;
    }
  }
  state.concepts = [...concepts];
}

function wordAt(points: Uint8Array, concept: number): number {
  return (points[concept * 2] ?? 0) | ((points[concept * 2 + 1] ?? 0) << 8);
}

function indexOf(state: State): Map<string, Listener> {
  let index = byPlayer.get(state);
  if (index === undefined) {
    index = new Map(state.listeners.map((listener) => [listener.player, listener]));
    byPlayer.set(state, index);
  }
  return index;
}

function dropIdlest(state: State, index: Map<string, Listener>): boolean {
  let idlest = -1;
  for (const [i, { known, actedMs }] of state.listeners.entries()) {
    if (known > 0) continue;
    const least = state.listeners[idlest]?.actedMs;
    if (least === undefined || actedMs < least) idlest = i;
  }
  const [dropped] = idlest < 0 ? [] : state.listeners.splice(idlest, 1);
  return dropped !== undefined && index.delete(dropped.player);
}
