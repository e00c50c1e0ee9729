import type { WorldAgendaEntry } from "../../gen/tellurion/v1/world_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { nextNumber, type World } from "./world-state.ts";

export type AgendaEntry = Plain<WorldAgendaEntry>;
export type AgendaItem = AgendaEntry["what"];

/** What waits for its time at most: players, encounters, occurrences and consequences together. */
export const agendaMax = 16_384;

export function checkAgenda(world: World): void {
  if (world.agenda.length < agendaMax) return;
  throw new Rejection(
    "RESOURCE_EXHAUSTED",
    `the world waits for ${world.agenda.length} things; valid are at most ${agendaMax}`,
  );
}

/** Whoever calls has checked that there is room. */
export function addToAgenda(world: World, dueGameMs: bigint, what: AgendaItem): void {
  world.agenda.push({ dueGameMs, number: nextNumber(world), what });
  rise(world.agenda, world.agenda.length - 1);
}

/** Takes out the soonest entry, if it is due. */
export function takeDue(world: World, untilMs: bigint): AgendaEntry | undefined {
  const first = world.agenda[0];
  if (first === undefined || first.dueGameMs > untilMs) return undefined;
  removeAt(world.agenda, 0);
  return first;
}

/** Takes out the entry of one player, encounter, occurrence or consequence. */
export function dropFromAgenda(world: World, kind: AgendaItem["case"], id: string): void {
  const at = world.agenda.findIndex(({ what }) => what.case === kind && idOf(what) === id);
  if (at >= 0) removeAt(world.agenda, at);
}

/** Time was set: what lasts goes on for as long as it had left. Consequences keep their time. */
export function shiftAgenda(world: World, distanceMs: bigint): void {
  for (const entry of world.agenda) {
    if (entry.what.case !== "consequence") entry.dueGameMs += distanceMs;
  }
  for (let at = (world.agenda.length >> 1) - 1; at >= 0; at -= 1) sink(world.agenda, at);
}

export function idOf(what: AgendaItem): string {
  if (what.case === undefined) return "";
  return what.case === "consequence" ? what.value.id : what.value;
}

export function comesBefore(a: AgendaEntry, b: AgendaEntry): boolean {
  return a.dueGameMs < b.dueGameMs || (a.dueGameMs === b.dueGameMs && a.number < b.number);
}

function removeAt(heap: AgendaEntry[], at: number): void {
  const last = heap.pop();
  if (last === undefined || at === heap.length) return;
  heap[at] = last;
  rise(heap, at);
  sink(heap, at);
}

function rise(heap: AgendaEntry[], from: number): void {
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!swapIfBefore(heap, at, parent)) return;
    at = parent;
  }
}

function sink(heap: AgendaEntry[], from: number): void {
  let at = from;
  for (;;) {
    const left = 2 * at + 1;
    const [a, b] = [heap[left], heap[left + 1]];
    const child = a && b && comesBefore(b, a) ? left + 1 : left;
    if (!swapIfBefore(heap, child, at)) return;
    at = child;
  }
}

function swapIfBefore(heap: AgendaEntry[], at: number, above: number): boolean {
  const [entry, other] = [heap[at], heap[above]];
  if (entry === undefined || other === undefined || !comesBefore(entry, other)) return false;
  heap[at] = other;
  heap[above] = entry;
  return true;
}
