import { NpcSpeakEventSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import { heardCount, nobody, type Shard, trait, traitsCount } from "./columns.ts";
import type { Outlet, Turn } from "./turn.ts";

/** Rumours that go round in a shard at once; the oldest gives way. Slots are counted in a byte. */
export const rumoursMax = 32;

/** Lived minutes until a rumour is of no interest any more: three days. */
export const rumourMinutes = 4_320;

const bytes = 2;
/** Most that a rumour loses of its truth when it is passed on, of 255. */
const distortionMost = 60;
/** Chance in a minute of company that somebody passes something on. */
const tellingChance = 0.06;
/** Chance that what is passed on is said so loud that others hear it. */
const aloudChance = 0.5;

const directions = ["north", "east", "south", "west"] as const;

/** Begins a rumour. Returns its slot. */
export function beginRumour(turn: Turn, about: string, concepts: readonly string[]): number {
  const { shard, minute } = turn;
  const known = shard.rumours.findIndex((rumour) => rumour.about === about);
  if (known !== -1) return known;
  const rumour = { about, concepts: [...concepts], minute };
  const free = shard.rumours.findIndex((one) => one.about === "");
  if (free === -1 && shard.rumours.length < rumoursMax) return shard.rumours.push(rumour) - 1;
  const slot = free === -1 ? oldestOf(shard) : free;
  forgetRumour(turn, slot);
  shard.rumours[slot] = rumour;
  return slot;
}

/** Drops what nobody talks about any more. */
export function dropOldRumours(turn: Turn): void {
  turn.shard.rumours.forEach((rumour, slot) => {
    if (rumour.about !== "" && turn.minute - rumour.minute >= rumourMinutes) {
      forgetRumour(turn, slot);
      rumour.about = "";
      rumour.concepts = [];
    }
  });
}

/** Lets an NPC know of a rumour, unless it knows something truer. False: it heard nothing new. */
export function hear(turn: Turn, npc: number, slot: number, distortion: number): boolean {
  const { heard } = turn.columns;
  const first = npc * heardCount * bytes;
  const end = first + heardCount * bytes;
  let at = -1;
  for (let i = first; i < end; i += bytes) {
    if (heard[i] === slot + 1) {
      if (distortion < (heard[i + 1] as number)) heard[i + 1] = distortion;
      return false;
    }
    if (at === -1 && heard[i] === 0) at = i;
  }
  if (at === -1) at = stalestOf(turn, first, end);
  heard[at] = slot + 1;
  heard[at + 1] = distortion;
  return true;
}

/** Company in which rumours pass from one NPC to another for some minutes. */
export function gossip(turn: Turn, npc: number, other: number, minutes: number, out: Outlet): void {
  const { columns } = turn;
  const talkative = (columns.traits[npc * traitsCount + trait.sociability] as number) / 255;
  const chance = 1 - (1 - tellingChance * (0.5 + talkative)) ** minutes;
  if (out.random.next() >= chance) return;
  const at = (npc * heardCount + out.random.integer(heardCount)) * bytes;
  const slot = (columns.heard[at] as number) - 1;
  const rumour = turn.shard.rumours[slot];
  if (rumour === undefined || rumour.about === "") return;
  // It fades: what is old is told less often.
  if (out.random.next() * rumourMinutes < turn.minute - rumour.minute) return;
  const added = 1 + out.random.integer(distortionMost);
  const distortion = Math.min(255, (columns.heard[at + 1] as number) + added);
  if (!hear(turn, other, slot, distortion)) return;
  if (out.random.next() >= aloudChance) return;
  const told = (columns.heard[at + 1] as number) / 255;
  const concepts = distorted(rumour.concepts, told, npc + slot);
  say(turn, npc, concepts, { about: rumour.about, distortion: told }, out);
}

/** Says something aloud, unless enough has been said in this turn. */
export function say(
  turn: Turn,
  npc: number,
  concepts: readonly string[],
  more: { readonly about?: string; readonly distortion?: number; readonly player?: string },
  out: Outlet,
): void {
  if (turn.speechesLeft === 0) return;
  turn.speechesLeft -= 1;
  const { shard, map, columns } = turn;
  out.publish(NpcSpeakEventSchema, {
    npc: `${turn.key}.${npc}`,
    region: shard.region,
    place: map.places[columns.wayTo[npc] as number]?.id ?? "",
    language: shard.language,
    concepts: [...concepts],
    player: more.player ?? "",
    about: more.about ?? "",
    distortion: more.distortion ?? 0,
    gameMs: shard.gameMs,
  });
}

/** Concepts as they are told once something of them has got lost: another way, bigger, or a secret. */
export function distorted(concepts: readonly string[], distortion: number, salt: number): string[] {
  const told = concepts.map((concept) => {
    const way = directions.indexOf(concept as (typeof directions)[number]);
    if (way === -1 || distortion < 0.3) return concept;
    return directions[(way + 1 + (salt % 3)) % directions.length] as string;
  });
  if (distortion >= 0.5) told.unshift("big");
  if (distortion >= 0.75) told[1] = "secret";
  return told;
}

/** The direction from the middle of the region to a place. */
export function directionOf({ map }: Turn, place: number): string {
  const { places } = map;
  const there = places[place];
  if (place === nobody || there === undefined) return "home";
  const x = there.x - places.reduce((sum, one) => sum + one.x, 0) / places.length;
  const y = there.y - places.reduce((sum, one) => sum + one.y, 0) / places.length;
  if (Math.abs(x) > Math.abs(y)) return x > 0 ? "east" : "west";
  return y >= 0 ? "north" : "south";
}

function stalestOf({ columns, shard }: Turn, first: number, end: number): number {
  let stalest = first;
  let least = Number.POSITIVE_INFINITY;
  for (let i = first; i < end; i += bytes) {
    const minute = shard.rumours[(columns.heard[i] as number) - 1]?.minute ?? -1;
    if (minute >= least) continue;
    least = minute;
    stalest = i;
  }
  return stalest;
}

function oldestOf({ rumours }: Shard): number {
  let oldest = 0;
  rumours.forEach((rumour, slot) => {
    if (rumour.minute < (rumours[oldest]?.minute ?? 0)) oldest = slot;
  });
  return oldest;
}

function forgetRumour({ columns }: Turn, slot: number): void {
  const { heard } = columns;
  for (let at = 0; at < heard.length; at += bytes) {
    if (heard[at] !== slot + 1) continue;
    heard[at] = 0;
    heard[at + 1] = 0;
  }
}
