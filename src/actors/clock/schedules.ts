import type { ClockState, ScheduleEntry } from "../../gen/tellurion/v1/clock_pb.ts";
import type { Plain } from "../common/plain.ts";

/** A schedule as the clock keeps it. */
export type Entry = Plain<ScheduleEntry>;

/**
 * The schedules of a clock: a binary heap by due time and id, and a hash table from ids to places
 * in the heap (open addressing, linear probing). All of it is state, so that it needs no rebuilding
 * after a restore.
 */
export type Schedules = Pick<Plain<ClockState>, "schedules" | "scheduleIndex" | "scheduleSlots">;

/** Schedules that a clock holds at most. */
export const schedulesMax = 200_000;

const slotsMin = 16;

export function soonest(state: Schedules): Entry | undefined {
  return state.schedules[0];
}

export function findSchedule(state: Schedules, id: string): Entry | undefined {
  const place = placeOf(state, id);
  return place < 0 ? undefined : state.schedules[place];
}

/** Adds a schedule whose id is not in use. */
export function addSchedule(state: Schedules, entry: Entry): void {
  const slots = state.scheduleIndex.length;
  if ((state.schedules.length + 1) * 2 > slots) reindex(state, Math.max(slotsMin, slots * 2));
  const place = state.schedules.length;
  state.schedules.push(entry);
  state.scheduleSlots.push(freeSlot(state, entry.id));
  note(state, place);
  rise(state, place);
}

export function removeSchedule(state: Schedules, id: string): boolean {
  const place = placeOf(state, id);
  if (place < 0) return false;
  freeSlotAt(state, state.scheduleSlots[place] ?? 0);
  const last = state.schedules.pop();
  const slot = state.scheduleSlots.pop();
  if (last === undefined || slot === undefined || place === state.schedules.length) return true;
  state.schedules[place] = last;
  state.scheduleSlots[place] = slot;
  note(state, place);
  settle(state, place);
  return true;
}

/** Gives the soonest schedule a later due time. */
export function postponeSoonest(state: Schedules, due: bigint): void {
  const entry = state.schedules[0];
  if (entry === undefined) return;
  entry.dueGameMs = due;
  sink(state, 0);
}

/** Keeps the schedules that `keep` is true for, whose due time it may change. */
export function filterSchedules(state: Schedules, keep: (entry: Entry) => boolean): void {
  state.schedules = state.schedules.filter(keep);
  state.scheduleSlots = state.schedules.map(() => 0);
  reindex(state, state.scheduleIndex.length);
  for (let place = (state.schedules.length >>> 1) - 1; place >= 0; place -= 1) sink(state, place);
}

/** Payloads and all, a list stays well below the largest message. */
const listedBytesMax = 900_000;
/** What an entry takes beside its payload. */
const entryBytesMax = 256;

/** The soonest schedules, in order. Looks at few more of them than it returns. */
export function listSchedules(state: Schedules, limit: number): Entry[] {
  const listed: Entry[] = [];
  // Places of which all that is before them in the heap has been listed, the soonest last.
  const open = state.schedules.length > 0 ? [0] : [];
  let bytes = 0;
  while (listed.length < limit) {
    const place = open.pop();
    if (place === undefined) return listed;
    const entry = entryAt(state, place);
    bytes += entry.payload.length + entryBytesMax;
    if (bytes > listedBytesMax) return listed;
    listed.push(entry);
    for (const child of [2 * place + 1, 2 * place + 2]) {
      if (child < state.schedules.length) insertPlace(state, open, child);
    }
  }
  return listed;
}

function insertPlace(state: Schedules, open: number[], place: number): void {
  const entry = entryAt(state, place);
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(entry, entryAt(state, open[middle] ?? 0))) low = middle + 1;
    else high = middle;
  }
  open.splice(low, 0, place);
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueGameMs === b.dueGameMs ? a.id < b.id : a.dueGameMs < b.dueGameMs;
}

function entryAt(state: Schedules, place: number): Entry {
  return state.schedules[place] as Entry;
}

function settle(state: Schedules, place: number): void {
  if (!rise(state, place)) sink(state, place);
}

function rise(state: Schedules, from: number): boolean {
  let place = from;
  while (place > 0) {
    const parent = (place - 1) >>> 1;
    if (!isBefore(entryAt(state, place), entryAt(state, parent))) break;
    swap(state, place, parent);
    place = parent;
  }
  return place !== from;
}

function sink(state: Schedules, from: number): void {
  const count = state.schedules.length;
  for (let place = from; ; ) {
    let first = place;
    for (let child = 2 * place + 1; child <= 2 * place + 2 && child < count; child += 1) {
      if (isBefore(entryAt(state, child), entryAt(state, first))) first = child;
    }
    if (first === place) return;
    swap(state, place, first);
    place = first;
  }
}

function swap(state: Schedules, a: number, b: number): void {
  const { schedules, scheduleSlots } = state;
  const entry = entryAt(state, a);
  const slot = scheduleSlots[a] as number;
  schedules[a] = entryAt(state, b);
  scheduleSlots[a] = scheduleSlots[b] as number;
  schedules[b] = entry;
  scheduleSlots[b] = slot;
  note(state, a);
  note(state, b);
}

function note(state: Schedules, place: number): void {
  state.scheduleIndex[state.scheduleSlots[place] as number] = place + 1;
}

function placeOf(state: Schedules, id: string): number {
  const mask = state.scheduleIndex.length - 1;
  if (mask < 0) return -1;
  for (let slot = hashOf(id) & mask; ; slot = (slot + 1) & mask) {
    const place = (state.scheduleIndex[slot] as number) - 1;
    if (place < 0 || entryAt(state, place).id === id) return place;
  }
}

function freeSlot(state: Schedules, id: string): number {
  const mask = state.scheduleIndex.length - 1;
  let slot = hashOf(id) & mask;
  while (state.scheduleIndex[slot] !== 0) slot = (slot + 1) & mask;
  return slot;
}

/**
 * Frees a slot, and moves back those that were pushed beyond it, so that probing finds no hole
 * before them.
 */
function freeSlotAt(state: Schedules, freed: number): void {
  const { scheduleIndex, scheduleSlots } = state;
  const mask = scheduleIndex.length - 1;
  let hole = freed;
  for (let slot = (hole + 1) & mask; scheduleIndex[slot] !== 0; slot = (slot + 1) & mask) {
    const place = (scheduleIndex[slot] as number) - 1;
    const home = hashOf(entryAt(state, place).id) & mask;
    const reachesHole = ((slot - home) & mask) >= ((slot - hole) & mask);
    if (!reachesHole) continue;
    scheduleIndex[hole] = place + 1;
    scheduleSlots[place] = hole;
    hole = slot;
  }
  scheduleIndex[hole] = 0;
}

function reindex(state: Schedules, slots: number): void {
  state.scheduleIndex.length = 0;
  for (let i = 0; i < slots; i += 1) state.scheduleIndex.push(0);
  for (let place = 0; place < state.schedules.length; place += 1) {
    state.scheduleSlots[place] = freeSlot(state, entryAt(state, place).id);
    note(state, place);
  }
}

/** FNV-1a (Fowler, Noll and Vo). */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
