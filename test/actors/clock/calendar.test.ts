import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  boundaryAfter,
  type Calendar,
  calendarAt,
  checkCalendar,
  dayMsOf,
  daysPerYear,
  gameMsOf,
  phaseAt,
  phaseSpan,
  seasonAt,
} from "../../../src/actors/clock/calendar.ts";
import { gameMsMax } from "../../../src/actors/common/units.ts";
import { DayPhase } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { Rejection } from "../../../src/runtime/index.ts";
import { calendar, day, hour, minute } from "../fixtures.ts";

const calendars: fc.Arbitrary<Calendar> = fc
  .record({
    hoursPerDay: fc.integer({ min: 1, max: 40 }),
    minutesPerHour: fc.integer({ min: 24, max: 100 }),
    daysPerWeek: fc.integer({ min: 1, max: 12 }),
    days: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 14 }),
    seasonDays: fc.uniqueArray(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 6 }),
    phases: fc.uniqueArray(fc.integer({ min: 0, max: 4_000 }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ days, seasonDays, phases, ...rest }) => {
    const minutes = rest.hoursPerDay * rest.minutesPerHour;
    const year = days.reduce((sum, count) => sum + count, 0);
    const starts = spread(phases, minutes);
    const firstDays = [...new Set(seasonDays.map((first) => first % year))].sort((a, b) => a - b);
    const [dawnMinute = 0, dayMinute = 0, duskMinute = 0, nightMinute = 0] = starts;
    return {
      ...rest,
      months: days.map((count, i) => ({ name: `m${i}`, days: count })),
      seasons: firstDays.map((firstDay, i) => ({ name: `s${i}`, firstDay })),
      moons: [],
      dawnMinute,
      dayMinute,
      duskMinute,
      nightMinute,
    };
  });

/** Four different minutes of a day, ascending. */
function spread(numbers: readonly number[], minutes: number): number[] {
  const sorted = numbers.map((n) => n % (minutes - 3)).sort((a, b) => a - b);
  return sorted.map((n, i) => n + i);
}

const times = fc.integer({ min: 0, max: 1_000_000 * day });

describe("calendar", () => {
  it("accepts every calendar that is built by its rules", () => {
    fc.assert(fc.property(calendars, (any) => checkCalendar(any, "calendar")));
  });

  it("says every game time in words that lead back to it", () => {
    fc.assert(
      fc.property(calendars, times, (any, time) => {
        const { year, ...words } = calendarAt(any, time);
        const back = gameMsOf(any, { ...words, year: Number(year) }, "date");
        expect(Number(back)).toBe(time - (time % 1_000));
      }),
    );
  });

  it("keeps every word within its bounds", () => {
    fc.assert(
      fc.property(calendars, times, (any, time) => {
        const words = calendarAt(any, time);
        expect(words.hour).toBeLessThan(any.hoursPerDay);
        expect(words.minute).toBeLessThan(any.minutesPerHour);
        expect(words.month).toBeLessThanOrEqual(any.months.length);
        expect(words.day).toBeLessThanOrEqual(any.months[words.month - 1]?.days ?? 0);
        expect(words.dayOfYear).toBeLessThan(daysPerYear(any));
        expect(words.dayOfWeek).toBeLessThan(any.daysPerWeek);
      }),
    );
  });

  it("changes phase, day and season at boundaries and nowhere else", () => {
    fc.assert(
      fc.property(calendars, times, fc.nat(), (any, time, offset) => {
        const next = boundaryAfter(any, time);
        expect(next).toBeGreaterThan(time);
        const before = time + (offset % (next - time));
        expect(phaseAt(any, before)).toBe(phaseAt(any, time));
        expect(seasonAt(any, before)).toBe(seasonAt(any, time));
        const newDay = next % dayMsOf(any) === 0;
        expect(newDay || phaseAt(any, next) !== phaseAt(any, next - 1)).toBe(true);
      }),
    );
  });

  it("knows from when until when a phase lasts", () => {
    fc.assert(
      fc.property(calendars, times, (any, time) => {
        const { from, until } = phaseSpan(any, time);
        expect(from).toBeLessThanOrEqual(time);
        expect(until).toBeGreaterThan(time);
        expect(phaseAt(any, until)).not.toBe(phaseAt(any, time));
        expect(phaseAt(any, until - 1)).toBe(phaseAt(any, time));
        if (from > 0) expect(phaseAt(any, from - 1)).not.toBe(phaseAt(any, time));
      }),
    );
  });

  it("lets the last season last into the new year", () => {
    const shifted = {
      ...calendar,
      seasons: [
        { name: "wet", firstDay: 10 },
        { name: "dry", firstDay: 70 },
      ],
    };
    expect(seasonAt(shifted, 0)).toBe("dry");
    expect(seasonAt(shifted, 10 * day)).toBe("wet");
    expect(seasonAt(shifted, 119 * day)).toBe("dry");
    expect(seasonAt(shifted, 120 * day)).toBe("dry");
  });

  it("shows a moon new at its new moon and full half a period later", () => {
    expect(calendarAt(calendar, 0).moonPhases).toEqual([0]);
    expect(calendarAt(calendar, 5 * day).moonPhases).toEqual([0.5]);
    const late = { ...calendar, moons: [{ name: "m", periodMs: 100_000n, newMoonMs: 30_000n }] };
    expect(calendarAt(late, 5_000).moonPhases).toEqual([0.75]);
  });

  it("begins the phases at their minutes", () => {
    expect(phaseAt(calendar, 0)).toBe(DayPhase.NIGHT);
    expect(phaseAt(calendar, 5 * hour)).toBe(DayPhase.DAWN);
    expect(phaseAt(calendar, 7 * hour)).toBe(DayPhase.DAY);
    expect(phaseAt(calendar, 19 * hour)).toBe(DayPhase.DUSK);
    expect(phaseAt(calendar, 21 * hour)).toBe(DayPhase.NIGHT);
  });

  it("works at the end of game time", () => {
    const end = Number(gameMsMax);
    expect(calendarAt(calendar, end).second).toBe(Math.floor((end % minute) / 1_000));
  });
});

describe("checkCalendar", () => {
  const season = { name: "s", firstDay: 0 };
  const wrong: [Partial<Calendar>, string][] = [
    [
      { hoursPerDay: 0 },
      "calendar.hours_per_day=0 is not valid; valid are integers from 1 to 1000",
    ],
    [
      { hoursPerDay: 1, minutesPerHour: 10 },
      "calendar.minutes_per_hour=10 is not valid; " +
        "valid are hours_per_day × minutes_per_hour from 24 to 100000",
    ],
    [{ daysPerWeek: 0 }, "calendar.days_per_week=0 is not valid; valid are integers from 1 to 100"],
    [{ months: [] }, "calendar.months (length)=0 is not valid; valid are 1 to 100 items"],
    [
      { months: [{ name: "a", days: 0 }] },
      "calendar.months[0].days=0 is not valid; valid are integers from 1 to 1000",
    ],
    [
      { months: [{ name: "A b", days: 1 }] },
      'calendar.months[0].name="A b" is not valid; valid are 1 to 64 of a-z, 0-9, _ . : and -',
    ],
    [
      { months: ["a", "b", "a"].map((name) => ({ name, days: 1 })) },
      'calendar.months[2].name="a" is not valid; valid are names that no other item has',
    ],
    [
      { dayMinute: 300 },
      "calendar.day_minute=300 is not valid; valid are integers from 301 to 1439",
    ],
    [
      { nightMinute: 1_440 },
      "calendar.night_minute=1440 is not valid; valid are integers from 1141 to 1439",
    ],
    [{ seasons: [] }, "calendar.seasons (length)=0 is not valid; valid are 1 to 16 items"],
    [
      { seasons: [season, { name: "t", firstDay: 120 }] },
      "calendar.seasons[1].first_day=120 is not valid; valid are integers from 1 to 119",
    ],
    [
      { moons: [{ name: "m", periodMs: 0n, newMoonMs: 0n }] },
      "calendar.moons[0].period_ms=0 is not valid; " +
        "valid are integers from 60000 to 9007199254740991",
    ],
  ];

  it.each(wrong.map(([change, text]) => ({ change, text })))("says $text", ({ change, text }) => {
    const check = () => checkCalendar({ ...calendar, ...change }, "calendar");
    expect(check).toThrow(new Rejection("INVALID_ARGUMENT", text));
  });
});
