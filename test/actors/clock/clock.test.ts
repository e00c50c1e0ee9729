import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { firingsPerFrameMax } from "../../../src/actors/clock/announce.ts";
import {
  ClockService,
  ClockStateSchema,
  ConfigureClockSchema,
  DayPhase,
  PastPolicy,
  SeasonEventSchema,
  TimeDayEventSchema,
  TimeEventSchema,
  TimePhaseEventSchema,
  TimerFiredEventSchema,
} from "../../../src/gen/tellurion/v1/clock_pb.ts";
import type { TestWorld } from "../../../src/runtime/testkit/index.ts";
import { calendar, day, hour, minute, worldWith } from "../fixtures.ts";

const { method } = ClockService;

function stateOf(world: TestWorld) {
  return world.stateOf("clock/main", ClockStateSchema);
}

function firings(world: TestWorld): string[] {
  return world.eventsOf(TimerFiredEventSchema).map(({ id, times }) => `${id}×${times}`);
}

function answerOf<Value>(
  outcome: { ok: true; value: Value } | { ok: false; message: string },
): Value {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

const at = (gameMs: number) => ({ case: "atGameMs", value: BigInt(gameMs) }) as const;
const later = (ms: number) => ({ case: "afterMs", value: BigInt(ms) }) as const;
const to = (gameMs: number) => ({ case: "gameMs", value: BigInt(gameMs) }) as const;

describe("clock", () => {
  it("tells time, day, season and phase as soon as it has a calendar", () => {
    const world = worldWith({
      start: { case: "startDate", value: { year: 1, month: 2, day: 3, hour: 6 } as never },
    });
    world.step();
    const start = 120 * day + 32 * day + 6 * hour;
    expect(world.eventsOf(TimeEventSchema)).toMatchObject([
      {
        jumped: true,
        settledGameMs: BigInt(start),
        reading: {
          gameMs: BigInt(start),
          atFrame: 1n,
          scale: { numerator: 60n, denominator: 1n },
          calendar: { year: 1n, month: 2, day: 3, hour: 6, phase: DayPhase.DAWN, season: "summer" },
        },
      },
    ]);
    expect(world.eventsOf(TimeDayEventSchema)).toMatchObject([{ day: 152n, jumped: true }]);
    expect(world.eventsOf(SeasonEventSchema)).toMatchObject([
      { oldSeason: "", newSeason: "summer", jumped: true },
    ]);
    expect(world.eventsOf(TimePhaseEventSchema)).toMatchObject([
      { oldPhase: 0, newPhase: DayPhase.DAWN, dayMs: BigInt(day), jumped: true },
    ]);
  });

  it.each([
    [0.25, 1],
    [1, 1],
    [60, 4],
    [3_600, 60],
  ])("is without drift after 24 game hours at scale %d in a world", (scale, tickHz) => {
    const world = worldWith({ scale }, { tickHz });
    world.step(1 + (day / scale / 1_000) * tickHz);
    const told = world.eventsOf(TimeEventSchema);
    for (const { reading } of told) {
      const frames = Number(reading?.atFrame) - 1;
      expect(Number(reading?.gameMs)).toBe(Math.floor((frames * 1_000 * scale) / tickHz));
    }
    expect(told).toHaveLength(1 + 1_440);
    expect(told.at(-1)?.reading?.gameMs).toBe(BigInt(day));
  });

  it("has the same history with 1, 2 and 4 workers, and on a second run", () => {
    const hashes = [1, 2, 4, 1].map((workers) => {
      const schedules = [{ id: "bell", due: later(minute), everyMs: BigInt(hour) }] as never;
      const world = worldWith({ scale: 3_600, schedules }, { workers, regions: ["a", "b", "c"] });
      world.step(300);
      world.call(method.setScale, { scale: 1 / 3 });
      world.call(method.advance, { durationMs: BigInt(3 * day) });
      world.step(100);
      return world.hash();
    });
    expect(new Set(hashes).size).toBe(1);
  });

  it("refuses everything until it has a calendar, and a second calendar", () => {
    const world = worldWith({ scale: 0 });
    const before = world.call(method.getClock, {});
    expect(before).toMatchObject({ ok: false, code: "FAILED_PRECONDITION" });
    expect(world.log.map(({ text }) => text)).toEqual([
      "clock/main refused tellurion.v1.ConfigureClock: INVALID_ARGUMENT: " +
        "scale=0 is not valid; valid are numbers from 1e-9 to 1000000",
    ]);
    world.send("clock/main", ConfigureClockSchema, { calendar, scale: 1 });
    expect(world.call(method.getClock, {}).ok).toBe(true);
    world.send("clock/main", ConfigureClockSchema, { calendar, scale: 2 });
    world.step();
    expect(world.log.at(-1)?.text).toMatch(/refused .*: the clock has a configuration already/);
    expect(answerOf(world.call(method.getClock, {})).reading?.scale?.numerator).toBe(1n);
  });

  it("pauses and resumes, and says so once", () => {
    const world = worldWith({ scale: 1_000 });
    world.step();
    const { reading } = answerOf(world.call(method.pause, {}));
    expect(reading?.gameMs).toBe(16_666n);
    world.call(method.pause, {});
    world.step(1_000);
    expect(answerOf(world.call(method.getClock, {})).reading?.gameMs).toBe(reading?.gameMs);
    world.call(method.resume, {});
    world.step(60);
    const paused = world.eventsOf(TimeEventSchema).map((event) => event.reading?.paused);
    expect(paused.slice(0, 3)).toEqual([false, true, false]);
    expect(paused.slice(3)).not.toContain(true);
    expect(answerOf(world.call(method.getClock, {})).reading?.gameMs).toBe(1_033_333n);
  });

  it("jumps: tells what it leads into and nothing of what lies between", () => {
    const world = worldWith({});
    world.step();
    world.call(method.setTime, { to: to(40 * day + 8 * hour) });
    expect(world.eventsOf(TimeEventSchema).at(-1)).toMatchObject({
      jumped: true,
      settledGameMs: BigInt(40 * day + 8 * hour),
    });
    expect(world.eventsOf(TimeDayEventSchema).slice(1)).toMatchObject([{ day: 40n, jumped: true }]);
    expect(world.eventsOf(TimePhaseEventSchema).slice(1)).toMatchObject([
      { oldPhase: DayPhase.NIGHT, newPhase: DayPhase.DAY, gameMs: BigInt(40 * day + 7 * hour) },
    ]);
    expect(world.eventsOf(SeasonEventSchema).slice(1)).toMatchObject([
      { oldSeason: "spring", newSeason: "summer", jumped: true },
    ]);
    const date = { year: 0, month: 1, day: 1, hour: 23, minute: 59, second: 59 };
    const { reading } = answerOf(world.call(method.setTime, { to: { case: "date", value: date } }));
    expect(reading?.gameMs).toBe(BigInt(day - 1_000));
  });
});

describe("schedules of the clock", () => {
  it("fire at their times, once or again and again", () => {
    const world = worldWith({ scale: 3_600 });
    world.step();
    world.call(method.schedule, {
      id: "once",
      due: later(10 * minute),
      payload: new Uint8Array([7]),
    });
    world.call(method.schedule, { id: "often", due: at(5 * minute), everyMs: BigInt(5 * minute) });
    world.step(20);
    const fired = world.eventsOf(TimerFiredEventSchema);
    expect(fired.map((e) => [e.id, Number(e.dueGameMs) / minute])).toEqual([
      ["often", 5],
      ["often", 10],
      ["once", 11],
      ["often", 15],
      ["often", 20],
    ]);
    expect(fired[2]?.payload).toEqual(new Uint8Array([7]));
    const { schedules, total } = answerOf(world.call(method.listSchedules, {}));
    expect(total).toBe(1);
    expect(schedules).toMatchObject([{ id: "often", fired: 4n }]);
  });

  it("fold the times that fall due in one frame into one event", () => {
    const world = worldWith({ scale: 3_600 });
    world.call(method.schedule, { id: "fast", due: at(1), everyMs: 1n });
    world.step(2);
    expect(firings(world)).toEqual(["fast×60000", "fast×60000"]);
  });

  it("are the same when asked for twice, and refused with other content", () => {
    const world = worldWith({});
    const request = { id: "bell", due: later(hour), payload: new Uint8Array([1, 2]) };
    const first = answerOf(world.call(method.schedule, request));
    world.step(100);
    const second = answerOf(world.call(method.schedule, request));
    expect(first.existed).toBe(false);
    expect(second).toEqual({ ...first, existed: true });
    const before = stateOf(world);
    for (const other of [
      { due: later(2 * hour) },
      { due: at(hour) },
      { everyMs: 1n },
      { payload: new Uint8Array([1, 3]) },
      { past: PastPolicy.REJECT },
    ]) {
      const outcome = world.call(method.schedule, { ...request, ...other });
      expect(outcome).toMatchObject({ ok: false, code: "ALREADY_EXISTS" });
    }
    expect(stateOf(world)).toEqual(before);
  });

  it("can be cancelled, and then their ids are free", () => {
    const world = worldWith({});
    world.call(method.schedule, { id: "bell", due: later(minute) });
    expect(answerOf(world.call(method.cancelSchedule, { id: "bell" })).cancelled).toBe(true);
    expect(answerOf(world.call(method.cancelSchedule, { id: "bell" })).cancelled).toBe(false);
    const again = answerOf(world.call(method.schedule, { id: "bell", due: later(hour) }));
    expect(again.existed).toBe(false);
    world.step(100);
    expect(firings(world)).toEqual([]);
  });

  it("of the past fire once at once, or are refused", () => {
    const world = worldWith({ start: to10() });
    const late = { id: "late", due: at(9 * day) };
    expect(answerOf(world.call(method.schedule, late)).schedule?.fired).toBe(1n);
    const every = { id: "daily", due: at(2 * day + hour), everyMs: BigInt(day) };
    expect(answerOf(world.call(method.schedule, every)).schedule?.dueGameMs).toBe(
      BigInt(10 * day + hour),
    );
    expect(firings(world)).toEqual(["late×1", "daily×1"]);
    expect(world.call(method.schedule, { ...late, past: PastPolicy.REJECT })).toMatchObject({
      ok: false,
      code: "FAILED_PRECONDITION",
      message: expect.stringMatching(/^at_game_ms=777600000 is past and past=PAST_POLICY_REJECT/),
    });
  });

  it("that a jump passes over do as their policy says", () => {
    const world = worldWith({});
    const policies = { fire: PastPolicy.FIRE, skip: PastPolicy.REJECT };
    for (const [name, past] of Object.entries(policies)) {
      world.call(method.schedule, { id: `${name}.once`, due: at(3 * day), past });
      world.call(method.schedule, {
        id: `${name}.daily`,
        due: at(day),
        everyMs: BigInt(day),
        past,
      });
    }
    world.call(method.setTime, { to: to(10 * day + hour) });
    world.step(10);
    expect(firings(world)).toEqual(["fire.once×1", "fire.daily×1"]);
    const { schedules } = answerOf(world.call(method.listSchedules, {}));
    expect(schedules.map((e) => [e.id, Number(e.dueGameMs) / day])).toEqual([
      ["fire.daily", 11],
      ["skip.daily", 11],
    ]);
  });

  it("all fire when time is advanced, in the order they fall due", () => {
    const world = worldWith({ scale: 1 });
    world.call(method.pause, {});
    const days = [5, 1, 9, 3, 3];
    days.forEach((d, i) => {
      world.call(method.schedule, { id: `t${i}`, due: at(d * day) });
    });
    world.call(method.advance, { durationMs: BigInt(20 * day) });
    world.step(30);
    expect(firings(world)).toEqual(["t1×1", "t3×1", "t4×1", "t0×1", "t2×1"]);
  });

  it("fire in due order, 100,000 of them, so many in a frame and the others in the next", () => {
    const count = 100_000;
    const schedules = Array.from({ length: count }, (_, i) => ({
      id: `t${i}`,
      due: at(minute + ((i * 7_919) % 1_000)),
    }));
    const world = worldWith({ scale: 60, schedules: schedules as never });
    const frames = Math.ceil(count / firingsPerFrameMax);
    world.step(1 + 60 + 1 + frames);
    const fired = world.events.filter(({ type }) => type === TimerFiredEventSchema);
    expect(fired).toHaveLength(count);
    const perFrame = Map.groupBy(fired, ({ frame }) => frame);
    expect(Math.max(...[...perFrame.values()].map((list) => list.length))).toBe(firingsPerFrameMax);
    const dues = world.eventsOf(TimerFiredEventSchema).map(({ dueGameMs }) => Number(dueGameMs));
    expect(dues).toEqual(dues.toSorted((a, b) => a - b));
    expect(stateOf(world)?.schedules).toEqual([]);
  });
});

function to10() {
  return { case: "startGameMs", value: BigInt(10 * day) } as const;
}

type Inputs = {
  [Name in keyof typeof method]: MessageInitShape<(typeof method)[Name]["input"]>;
};
type Case = {
  [Name in keyof Inputs]: readonly [Name, Inputs[Name], string, string];
}[keyof Inputs];

const wrong: Case[] = [
  [
    "setScale",
    { scale: 0 },
    "INVALID_ARGUMENT",
    "scale=0 is not valid; valid are numbers from 1e-9 to 1000000",
  ],
  ["setScale", { scale: -1 }, "INVALID_ARGUMENT", "scale=-1 is not valid"],
  ["setScale", { scale: Number.NaN }, "INVALID_ARGUMENT", "scale=NaN is not valid"],
  [
    "setScale",
    { scale: Number.POSITIVE_INFINITY },
    "INVALID_ARGUMENT",
    "scale=Infinity is not valid",
  ],
  ["setScale", { scale: 1_000_001 }, "INVALID_ARGUMENT", "scale=1000001 is not valid"],
  ["setTime", {}, "INVALID_ARGUMENT", 'to="" is not valid; valid are game_ms or date'],
  [
    "setTime",
    { to: to(-1) },
    "INVALID_ARGUMENT",
    "game_ms=-1 is not valid; valid are integers from 0 to 9007199254740991",
  ],
  [
    "setTime",
    { to: { case: "gameMs", value: 2n ** 53n } },
    "INVALID_ARGUMENT",
    "game_ms=9007199254740992 is not valid",
  ],
  [
    "setTime",
    { to: date({ hour: 24 }) },
    "INVALID_ARGUMENT",
    "date.hour=24 is not valid; valid are integers from 0 to 23",
  ],
  [
    "setTime",
    { to: date({ minute: 60 }) },
    "INVALID_ARGUMENT",
    "date.minute=60 is not valid; valid are integers from 0 to 59",
  ],
  [
    "setTime",
    { to: date({ month: 5 }) },
    "INVALID_ARGUMENT",
    "date.month=5 is not valid; valid are integers from 1 to 4",
  ],
  [
    "setTime",
    { to: date({ day: 31 }) },
    "INVALID_ARGUMENT",
    "date.day=31 is not valid; valid are integers from 1 to 30",
  ],
  [
    "setTime",
    { to: date({ year: 4_000_000_000 }) },
    "INVALID_ARGUMENT",
    "date.year=4000000000 is not valid; valid are integers from 0 to 868748",
  ],
  [
    "setTime",
    { to: to(day), glideSeconds: 86_401 },
    "INVALID_ARGUMENT",
    "glide_seconds=86401 is not valid; valid are integers from 0 to 86400",
  ],
  [
    "setTime",
    { to: to(day), glideSeconds: 9 },
    "INVALID_ARGUMENT",
    "game_ms=86400000 is not valid; valid are times after 8640000",
  ],
  [
    "setTime",
    { to: to(100_000 * day), glideSeconds: 60 },
    "INVALID_ARGUMENT",
    "glide_seconds=60 is not valid; valid are integers from 8640 on",
  ],
  [
    "setTime",
    { to: to(100_000_000 * day), glideSeconds: 60 },
    "INVALID_ARGUMENT",
    "game_ms=8640000000000000 is not valid; valid are times up to",
  ],
  [
    "advance",
    { durationMs: 0n },
    "INVALID_ARGUMENT",
    "duration_ms=0 is not valid; valid are integers from 1 to 10368000000",
  ],
  [
    "advance",
    { durationMs: BigInt(121 * day) },
    "INVALID_ARGUMENT",
    "duration_ms=10454400000 is not valid",
  ],
  [
    "schedule",
    { id: "", due: later(1) },
    "INVALID_ARGUMENT",
    'id="" is not valid; valid are 1 to 64 of a-z, 0-9, _ . : and -',
  ],
  ["schedule", { id: "A", due: later(1) }, "INVALID_ARGUMENT", 'id="A" is not valid'],
  [
    "schedule",
    { id: "x".repeat(65), due: later(1) },
    "INVALID_ARGUMENT",
    "is not valid; valid are 1 to 64",
  ],
  [
    "schedule",
    { id: "a" },
    "INVALID_ARGUMENT",
    'due="" is not valid; valid are at_game_ms, at_date or after_ms',
  ],
  ["schedule", { id: "a", due: later(-1) }, "INVALID_ARGUMENT", "after_ms=-1 is not valid"],
  ["schedule", { id: "a", due: at(-1) }, "INVALID_ARGUMENT", "at_game_ms=-1 is not valid"],
  [
    "schedule",
    { id: "a", due: later(Number.MAX_SAFE_INTEGER) },
    "INVALID_ARGUMENT",
    "after_ms=9007199254740991 is not valid; valid are integers up to 90071983",
  ],
  [
    "schedule",
    { id: "a", due: later(1), everyMs: -5n },
    "INVALID_ARGUMENT",
    "every_ms=-5 is not valid",
  ],
  [
    "schedule",
    { id: "a", due: later(1), payload: new Uint8Array(4_097) },
    "INVALID_ARGUMENT",
    "payload (bytes)=4097 is not valid; valid are up to 4096 bytes",
  ],
  [
    "schedule",
    { id: "a", due: later(1), past: 9 as never },
    "INVALID_ARGUMENT",
    "past=9 is not valid; valid are PAST_POLICY_FIRE and PAST_POLICY_REJECT",
  ],
  ["cancelSchedule", { id: "?" }, "INVALID_ARGUMENT", 'id="?" is not valid'],
  [
    "listSchedules",
    { limit: 1_001 },
    "INVALID_ARGUMENT",
    "limit=1001 is not valid; valid are integers from 0 to 1000",
  ],
];

function date(part: { [name: string]: number }) {
  const value = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, ...part };
  return { case: "date", value } as const;
}

describe("the clock refuses", () => {
  it.each(wrong.map(([name, request, code, text]) => ({ name, request, code, text })))(
    "$name: $text",
    ({ name, request, code, text }) => {
      const world = worldWith({ scale: 1, start: to10() });
      world.step(2);
      const before = stateOf(world);
      const outcome = world.call(method[name] as typeof method.setTime, request as never);
      expect(outcome).toMatchObject({ ok: false, code });
      expect(outcome.ok ? "" : outcome.message).toContain(text);
      expect(stateOf(world)).toEqual(before);
    },
  );

  it("a glide while it is paused", () => {
    const world = worldWith({});
    world.call(method.pause, {});
    expect(world.call(method.setTime, { to: to(day), glideSeconds: 5 })).toMatchObject({
      ok: false,
      code: "FAILED_PRECONDITION",
      message: "glide_seconds=5 is not valid while time is paused; valid is 0, which jumps",
    });
  });

  it("an advance of more than a year beyond what has been announced", () => {
    const world = worldWith({ scale: 1 });
    world.call(method.pause, {});
    expect(world.call(method.advance, { durationMs: BigInt(100 * day) }).ok).toBe(true);
    expect(world.call(method.advance, { durationMs: BigInt(100 * day) })).toMatchObject({
      ok: false,
      code: "RESOURCE_EXHAUSTED",
    });
    world.step(100);
    expect(world.call(method.advance, { durationMs: BigInt(100 * day) }).ok).toBe(true);
  });
});
