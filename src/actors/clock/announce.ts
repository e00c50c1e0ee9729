import {
  DayPhase,
  SeasonEventSchema,
  TimeDayEventSchema,
  TimePhaseEventSchema,
  TimerFiredEventSchema,
} from "../../gen/tellurion/v1/clock_pb.ts";
import type { ActorContext } from "../../runtime/index.ts";
import { gameMsMax } from "../common/units.ts";
import {
  boundaryAfter,
  type Calendar,
  dayAt,
  dayMsOf,
  phaseAt,
  phaseSpan,
  seasonAt,
} from "./calendar.ts";
import type { Clock } from "./game-time.ts";
import { type Entry, postponeSoonest, removeSchedule, soonest } from "./schedules.ts";

/** Where announcements go: the context, or a test's list. */
export type Publisher = Pick<ActorContext, "publish">;

/**
 * Schedules that fire in a frame at most. The others fire in the next frames, in the order they
 * fell due.
 */
export const firingsPerFrameMax = 4_096;

/**
 * Announces what game time passed on its way to `now`: days, seasons and phases that began,
 * schedules that fell due, in the order of their times. It goes `spanMs` far at most and fires
 * `firingsPerFrameMax` schedules at most; what is left is announced by the next call.
 */
export function announce(
  clock: Clock,
  calendar: Calendar,
  now: bigint,
  spanMs: bigint,
  out: Publisher,
): void {
  const reach = clock.announcedMs + spanMs;
  const end = now < reach ? now : reach;
  let boundary = BigInt(boundaryAfter(calendar, Number(clock.announcedMs)));
  for (let firings = 0; ; ) {
    const entry = soonest(clock);
    if (entry && entry.dueGameMs <= end && entry.dueGameMs < boundary) {
      if (firings === firingsPerFrameMax) return;
      if (entry.dueGameMs > clock.announcedMs) clock.announcedMs = entry.dueGameMs;
      fire(clock, entry, end, out);
      firings += 1;
    } else if (boundary <= end) {
      clock.announcedMs = boundary;
      announceBoundary(calendar, Number(boundary), out);
      boundary = BigInt(boundaryAfter(calendar, Number(boundary)));
    } else {
      clock.announcedMs = end;
      return;
    }
  }
}

/**
 * Announces the day, season and phase that a jump led into, where they differ from those before it.
 */
export function announceJump(calendar: Calendar, from: number, to: number, out: Publisher): void {
  if (dayAt(calendar, from) !== dayAt(calendar, to)) publishDay(calendar, to, true, out);
  const season = seasonAt(calendar, from);
  if (season !== seasonAt(calendar, to)) publishSeason(calendar, season, to, true, out);
  const phase = phaseAt(calendar, from);
  if (phase !== phaseAt(calendar, to)) publishPhase(calendar, phase, to, true, out);
}

/** Announces the day, season and phase that a world begins in. */
export function announceStart(calendar: Calendar, at: number, out: Publisher): void {
  publishDay(calendar, at, true, out);
  publishSeason(calendar, "", at, true, out);
  publishPhase(calendar, DayPhase.UNSPECIFIED, at, true, out);
}

export function publishFired(entry: Entry, times: bigint, out: Publisher): void {
  const { id, dueGameMs, payload } = entry;
  out.publish(TimerFiredEventSchema, { id, dueGameMs, payload, times });
}

function fire(clock: Clock, entry: Entry, end: bigint, out: Publisher): void {
  const times = entry.everyMs > 0n ? 1n + (end - entry.dueGameMs) / entry.everyMs : 1n;
  publishFired(entry, times, out);
  entry.fired += times;
  const next = entry.dueGameMs + times * entry.everyMs;
  if (entry.everyMs > 0n && next <= gameMsMax) postponeSoonest(clock, next);
  else removeSchedule(clock, entry.id);
}

function announceBoundary(calendar: Calendar, at: number, out: Publisher): void {
  if (at % dayMsOf(calendar) === 0) publishDay(calendar, at, false, out);
  const season = seasonAt(calendar, at - 1);
  if (season !== seasonAt(calendar, at)) publishSeason(calendar, season, at, false, out);
  const phase = phaseAt(calendar, at - 1);
  if (phase !== phaseAt(calendar, at)) publishPhase(calendar, phase, at, false, out);
}

function publishDay(calendar: Calendar, at: number, jumped: boolean, out: Publisher): void {
  const day = dayAt(calendar, at);
  const gameMs = BigInt(day * dayMsOf(calendar));
  out.publish(TimeDayEventSchema, { day: BigInt(day), gameMs, jumped });
}

function publishSeason(
  calendar: Calendar,
  oldSeason: string,
  at: number,
  jumped: boolean,
  out: Publisher,
): void {
  const newSeason = seasonAt(calendar, at);
  out.publish(SeasonEventSchema, { oldSeason, newSeason, gameMs: BigInt(at), jumped });
}

function publishPhase(
  calendar: Calendar,
  oldPhase: DayPhase,
  at: number,
  jumped: boolean,
  out: Publisher,
): void {
  const { from, until } = phaseSpan(calendar, at);
  out.publish(TimePhaseEventSchema, {
    oldPhase,
    newPhase: phaseAt(calendar, at),
    gameMs: BigInt(from),
    untilGameMs: BigInt(until),
    dayMs: BigInt(dayMsOf(calendar)),
    jumped,
  });
}
