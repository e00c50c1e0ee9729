import {
  type CalendarDate,
  type Calendar as CalendarMessage,
  type CalendarTime,
  DayPhase,
} from "../../gen/tellurion/v1/clock_pb.ts";
import { checkBigint, checkCount, checkInteger, checkNames, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax, minuteMs } from "../common/units.ts";

export type Calendar = Plain<CalendarMessage>;

const secondMs = 1_000;

const hoursPerDayMax = 1_000;
const minutesPerHourMax = 1_000;
const minutesPerDayMin = 24;
const minutesPerDayMax = 100_000;
const monthsMax = 100;
const daysPerMonthMax = 1_000;
const daysPerWeekMax = 100;
const seasonsMax = 16;
const moonsMax = 16;

/**
 * Throws a Rejection that names the first thing wrong with a calendar; `path` is where it stands.
 */
export function checkCalendar(calendar: Calendar, path: string): void {
  checkInteger(`${path}.hours_per_day`, calendar.hoursPerDay, 1, hoursPerDayMax);
  checkInteger(`${path}.minutes_per_hour`, calendar.minutesPerHour, 1, minutesPerHourMax);
  const minutes = minutesPerDay(calendar);
  if (minutes < minutesPerDayMin || minutes > minutesPerDayMax) {
    const valid = `are hours_per_day × minutes_per_hour from ${minutesPerDayMin} to`;
    refuse(`${path}.minutes_per_hour`, calendar.minutesPerHour, `${valid} ${minutesPerDayMax}`);
  }
  checkInteger(`${path}.days_per_week`, calendar.daysPerWeek, 1, daysPerWeekMax);
  checkCount(`${path}.months`, calendar.months.length, 1, monthsMax);
  checkNames(`${path}.months`, calendar.months);
  calendar.months.forEach((month, i) => {
    checkInteger(`${path}.months[${i}].days`, month.days, 1, daysPerMonthMax);
  });
  checkPhases(calendar, path);
  checkSeasons(calendar, path);
  checkMoons(calendar, path);
}

function checkPhases(calendar: Calendar, path: string): void {
  const starts = [
    ["dawn_minute", calendar.dawnMinute],
    ["day_minute", calendar.dayMinute],
    ["dusk_minute", calendar.duskMinute],
    ["night_minute", calendar.nightMinute],
  ] as const;
  const last = minutesPerDay(calendar) - 1;
  let min = 0;
  for (const [name, minute] of starts) {
    checkInteger(`${path}.${name}`, minute, min, last);
    min = minute + 1;
  }
}

function checkSeasons(calendar: Calendar, path: string): void {
  checkCount(`${path}.seasons`, calendar.seasons.length, 1, seasonsMax);
  checkNames(`${path}.seasons`, calendar.seasons);
  let min = 0;
  calendar.seasons.forEach((season, i) => {
    checkInteger(
      `${path}.seasons[${i}].first_day`,
      season.firstDay,
      min,
      daysPerYear(calendar) - 1,
    );
    min = season.firstDay + 1;
  });
}

function checkMoons(calendar: Calendar, path: string): void {
  checkCount(`${path}.moons`, calendar.moons.length, 0, moonsMax);
  checkNames(`${path}.moons`, calendar.moons);
  calendar.moons.forEach((moon, i) => {
    checkBigint(`${path}.moons[${i}].period_ms`, moon.periodMs, BigInt(minuteMs), gameMsMax);
    checkBigint(`${path}.moons[${i}].new_moon_ms`, moon.newMoonMs, -gameMsMax, gameMsMax);
  });
}

function minutesPerDay(calendar: Calendar): number {
  return calendar.hoursPerDay * calendar.minutesPerHour;
}

export function dayMsOf(calendar: Calendar): number {
  return minutesPerDay(calendar) * minuteMs;
}

export function daysPerYear(calendar: Calendar): number {
  return calendar.months.reduce((sum, month) => sum + month.days, 0);
}

/** Says a game time in the words of a calendar. `gameMs` is an integer from 0 to `gameMsMax`. */
export function calendarAt(calendar: Calendar, gameMs: number): Plain<CalendarTime> {
  const dayMs = dayMsOf(calendar);
  const days = Math.floor(gameMs / dayMs);
  const yearDays = daysPerYear(calendar);
  const dayOfYear = days % yearDays;
  const secondOfDay = Math.floor((gameMs - days * dayMs) / secondMs);
  const minuteOfDay = Math.floor(secondOfDay / 60);
  let month = 0;
  let day = dayOfYear;
  for (let days = monthDays(calendar, month); day >= days; days = monthDays(calendar, month)) {
    day -= days;
    month += 1;
  }
  return {
    year: BigInt(Math.floor(days / yearDays)),
    month: month + 1,
    day: day + 1,
    hour: Math.floor(minuteOfDay / calendar.minutesPerHour),
    minute: minuteOfDay % calendar.minutesPerHour,
    second: secondOfDay % 60,
    dayOfYear,
    dayOfWeek: days % calendar.daysPerWeek,
    phase: phaseAt(calendar, gameMs),
    season: seasonAt(calendar, gameMs),
    moonPhases: calendar.moons.map((moon) => {
      const since = (BigInt(gameMs) - moon.newMoonMs) % moon.periodMs;
      return Number(since < 0n ? since + moon.periodMs : since) / Number(moon.periodMs);
    }),
  };
}

function monthDays(calendar: Calendar, month: number): number {
  return calendar.months[month]?.days ?? Number.POSITIVE_INFINITY;
}

/**
 * The game time at which a date begins. Throws a Rejection that names the first part that no such
 * date has.
 */
export function gameMsOf(calendar: Calendar, date: Plain<CalendarDate>, path: string): bigint {
  checkInteger(`${path}.month`, date.month, 1, calendar.months.length);
  checkInteger(`${path}.day`, date.day, 1, monthDays(calendar, date.month - 1));
  checkInteger(`${path}.hour`, date.hour, 0, calendar.hoursPerDay - 1);
  checkInteger(`${path}.minute`, date.minute, 0, calendar.minutesPerHour - 1);
  checkInteger(`${path}.second`, date.second, 0, 59);
  const yearMs = daysPerYear(calendar) * dayMsOf(calendar);
  // The last year may be cut short by the end of game time: the one before it is the last to be
  // named.
  const yearMax = Math.floor(Number(gameMsMax) / yearMs) - 1;
  checkInteger(`${path}.year`, date.year, 0, yearMax);
  const monthsBefore = calendar.months.slice(0, date.month - 1);
  const dayOfYear = monthsBefore.reduce((sum, month) => sum + month.days, 0) + date.day - 1;
  const minutes = date.hour * calendar.minutesPerHour + date.minute;
  const ms = dayOfYear * dayMsOf(calendar) + minutes * minuteMs + date.second * secondMs;
  return BigInt(date.year * yearMs + ms);
}

export function dayAt(calendar: Calendar, gameMs: number): number {
  return Math.floor(gameMs / dayMsOf(calendar));
}

export function seasonAt(calendar: Calendar, gameMs: number): string {
  const dayOfYear = dayAt(calendar, gameMs) % daysPerYear(calendar);
  const last = calendar.seasons.length - 1;
  const current = calendar.seasons.findLastIndex((season) => season.firstDay <= dayOfYear);
  return calendar.seasons[current < 0 ? last : current]?.name ?? "";
}

export function phaseAt(calendar: Calendar, gameMs: number): DayPhase {
  const minute = Math.floor((gameMs % dayMsOf(calendar)) / minuteMs);
  if (minute < calendar.dawnMinute || minute >= calendar.nightMinute) return DayPhase.NIGHT;
  if (minute < calendar.dayMinute) return DayPhase.DAWN;
  if (minute < calendar.duskMinute) return DayPhase.DAY;
  return DayPhase.DUSK;
}

/**
 * When the phase at `gameMs` began and when it ends. A first night may have begun before game time
 * did.
 */
export function phaseSpan(calendar: Calendar, gameMs: number): { from: number; until: number } {
  const dayMs = dayMsOf(calendar);
  const minute = Math.floor((gameMs % dayMs) / minuteMs);
  const midnight = gameMs - (gameMs % dayMs);
  const starts = phaseStarts(calendar);
  const next = starts.findIndex((start) => start > minute);
  const at = (index: number) =>
    midnight + Math.floor(index / 4) * dayMs + (starts.at(index % 4) ?? 0) * minuteMs;
  if (next < 0) return { from: at(3), until: at(4) };
  if (next === 0) return { from: at(3) - dayMs, until: at(0) };
  return { from: at(next - 1), until: at(next) };
}

/** The first midnight or beginning of a phase after `gameMs`. */
export function boundaryAfter(calendar: Calendar, gameMs: number): number {
  const dayMs = dayMsOf(calendar);
  const minute = Math.floor((gameMs % dayMs) / minuteMs);
  const midnight = gameMs - (gameMs % dayMs);
  const next = phaseStarts(calendar).find((start) => start > minute);
  return next === undefined ? midnight + dayMs : midnight + next * minuteMs;
}

function phaseStarts(calendar: Calendar): readonly number[] {
  return [calendar.dawnMinute, calendar.dayMinute, calendar.duskMinute, calendar.nightMinute];
}
