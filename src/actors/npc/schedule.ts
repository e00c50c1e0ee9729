import type { ScheduleSlot } from "../../gen/tellurion/v1/npc_pb.ts";
import type { Plain } from "../common/plain.ts";
import type { Shard } from "./columns.ts";

export type Slot = Plain<ScheduleSlot>;

/** Weather from here on is bad. */
export const badFrom = 0.4;

/** The slot of a role that holds at a game minute: the latest one that began. */
export function slotAt(shard: Shard, role: number, gameMinute: number): Slot | undefined {
  const { minutesPerDay } = shard;
  const schedule = shard.roles[role]?.schedule ?? [];
  const day = Math.floor(gameMinute / minutesPerDay);
  const minute = gameMinute - day * minutesPerDay;
  for (let i = schedule.length - 1; i >= 0; i -= 1) {
    const slot = schedule[i] as Slot;
    if (slot.fromMinute <= minute && holds(shard, slot, day)) return slot;
  }
  // The last one of the day before lasts into this day.
  for (let i = schedule.length - 1; i >= 0; i -= 1) {
    const slot = schedule[i] as Slot;
    if (holds(shard, slot, day - 1)) return slot;
  }
  return undefined;
}

/** The next game minute at which another slot may begin to hold. */
export function nextChange(shard: Shard, role: number, gameMinute: number): number {
  const { minutesPerDay } = shard;
  const schedule = shard.roles[role]?.schedule ?? [];
  const day = Math.floor(gameMinute / minutesPerDay);
  const minute = gameMinute - day * minutesPerDay;
  for (const { fromMinute } of schedule) {
    if (fromMinute > minute) return day * minutesPerDay + fromMinute;
  }
  return (day + 1) * minutesPerDay + (schedule[0]?.fromMinute ?? 0);
}

function holds(shard: Shard, slot: Slot, day: number): boolean {
  if (slot.days.length > 0) {
    const week = shard.daysPerWeek;
    if (!slot.days.includes(((day % week) + week) % week)) return false;
  }
  if (slot.weather !== "" && slot.weather !== weatherOf(shard)) return false;
  if (slot.occurrence === "") return true;
  return shard.occurrences.some(({ kind }) => kind === slot.occurrence);
}

function weatherOf({ severe, weatherBadness }: Shard): string {
  if (severe) return "severe";
  return weatherBadness >= badFrom ? "bad" : "fair";
}
