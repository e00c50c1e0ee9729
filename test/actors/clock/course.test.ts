import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance, setPaused, setScale, setTime } from "../../../src/actors/clock/commands.ts";
import { gameMsAt } from "../../../src/actors/clock/game-time.ts";
import {
  DayPhase,
  SeasonEventSchema,
  TimeDayEventSchema,
  TimeEventSchema,
  TimePhaseEventSchema,
} from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { ClockRig, calendar, day, hour } from "../fixtures.ts";

/** Scales as the fractions they are meant as: the test's own arithmetic, not the clock's. */
const scales = [
  { scale: 0.25, over: [1n, 4n] },
  { scale: 1, over: [1n, 1n] },
  { scale: 60, over: [60n, 1n] },
  { scale: 3_600, over: [3_600n, 1n] },
  { scale: 0.1, over: [1n, 10n] },
  { scale: 1 / 3, over: [1n, 3n] },
  { scale: 59.94, over: [2_997n, 50n] },
] as const;

describe.each(scales)(
  "24 game hours at scale $scale",
  ({ scale, over: [numerator, denominator] }) => {
    it.each([1, 7, 30, 60, 240])("drift by 0 ms at %d frames a second", (tickHz) => {
      const rig = new ClockRig(scale, { tickHz, start: 12_345n });
      const perFrame = 1_000n * numerator;
      const unit = BigInt(tickHz) * denominator;
      const frames = Number((BigInt(day) * unit) / perFrame) + 1;
      rig.runTo(1 + frames);
      const told = rig.eventsOf(TimeEventSchema);
      for (const { reading, settledGameMs } of told) {
        const passed = (((reading?.atFrame ?? 0n) - 1n) * perFrame) / unit;
        expect(reading?.gameMs).toBe(12_345n + passed);
        expect(settledGameMs).toBe(reading?.gameMs);
      }
      const minutesPerFrame = perFrame / unit / 60_000n;
      expect(told.length).toBeGreaterThanOrEqual(minutesPerFrame > 1n ? frames - 1 : 1_440);
      expect(rig.wakes).toBeLessThanOrEqual(1_441);
    });
  },
);

describe("a clock that runs", () => {
  it("tells each phase, day and season at its time and in its order", () => {
    const rig = new ClockRig(3_600);
    rig.runTo(1 + 60 * 24 * 120);
    const phases = rig.eventsOf(TimePhaseEventSchema);
    expect(phases.slice(0, 4)).toMatchObject([
      { oldPhase: DayPhase.NIGHT, newPhase: DayPhase.DAWN, gameMs: BigInt(5 * hour) },
      { newPhase: DayPhase.DAY, gameMs: BigInt(7 * hour), untilGameMs: BigInt(19 * hour) },
      { newPhase: DayPhase.DUSK, gameMs: BigInt(19 * hour) },
      { newPhase: DayPhase.NIGHT, gameMs: BigInt(21 * hour), untilGameMs: BigInt(29 * hour) },
    ]);
    expect(phases).toHaveLength(4 * 120);
    expect(rig.eventsOf(TimeDayEventSchema).map((e) => Number(e.day))).toEqual(
      Array.from({ length: 120 }, (_, i) => i + 1),
    );
    expect(rig.eventsOf(SeasonEventSchema)).toMatchObject([
      { oldSeason: "spring", newSeason: "summer", gameMs: BigInt(30 * day) },
      { newSeason: "autumn", gameMs: BigInt(60 * day) },
      { newSeason: "winter", gameMs: BigInt(90 * day) },
      { newSeason: "spring", gameMs: BigInt(120 * day) },
    ]);
  });

  it("announces everything, in order, at the highest scale and one frame a second", () => {
    const rig = new ClockRig(1e6, { tickHz: 1 });
    rig.runTo(40);
    const days = rig.eventsOf(TimeDayEventSchema).map((e) => Number(e.day));
    expect(days).toEqual(days.map((_, i) => i + 1));
    expect(days.length).toBeGreaterThan(400);
    const told = rig.eventsOf(TimeEventSchema).at(-1);
    expect(told?.settledGameMs).toBe(told?.reading?.gameMs);
  });

  it("stands still at the end of game time", () => {
    const rig = new ClockRig(1e6, { start: BigInt(Number.MAX_SAFE_INTEGER) - 100_000n });
    rig.runTo(1_000);
    expect(rig.turn.now).toBe(BigInt(Number.MAX_SAFE_INTEGER));
    const { wakes } = rig;
    rig.runTo(1_000_000_000);
    expect(rig.wakes).toBe(wakes);
  });

  it("wakes once in a million frames when time hardly moves", () => {
    const rig = new ClockRig(1e-9);
    rig.runTo(1 + 3_600_000_000);
    expect(rig.turn.now).toBe(60n);
    expect(rig.wakes).toBe(3_600);
  });
});

/** A fraction, as the test computes. */
interface Exact {
  n: bigint;
  d: bigint;
}

/** The clock as it is meant to be: time goes on frame by frame, exactly. */
class Model {
  time: Exact = { n: 0n, d: 1n };
  paused = false;
  scale: Exact = { n: 60n, d: 1n };
  glide: { left: bigint; to: bigint } | undefined;

  run(frames: bigint): void {
    if (this.paused || frames === 0n) return;
    if (this.glide && frames >= this.glide.left) {
      const rest = frames - this.glide.left;
      this.time = { n: this.glide.to, d: 1n };
      this.glide = undefined;
      this.run(rest);
    } else if (this.glide) {
      const { left, to } = this.glide;
      const { n, d } = this.time;
      this.time = reduced({ n: n * left + (to * d - n) * frames, d: d * left });
      this.glide = { left: left - frames, to };
    } else {
      const { n, d } = this.scale;
      const add = { n: frames * 1_000n * n, d: 60n * d };
      this.time = reduced({ n: this.time.n * add.d + add.n * this.time.d, d: this.time.d * add.d });
    }
  }
}

function reduced({ n, d }: Exact): Exact {
  let [a, b] = [n, d];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? { n: 0n, d: 1n } : { n: n / a, d: d / a };
}

const operations = fc.oneof(
  fc.record({ does: fc.constant("scale" as const), which: fc.integer({ min: 0, max: 6 }) }),
  fc.record({ does: fc.constant("pause" as const) }),
  fc.record({ does: fc.constant("resume" as const) }),
  fc.record({ does: fc.constant("jump" as const), to: fc.bigInt(0n, BigInt(200 * day)) }),
  fc.record({
    does: fc.constant("glide" as const),
    distance: fc.bigInt(1n, BigInt(3 * day)),
    seconds: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({ does: fc.constant("advance" as const), duration: fc.bigInt(1n, BigInt(2 * day)) }),
);

const courses = fc.array(fc.tuple(fc.integer({ min: 0, max: 9_000 }), operations), {
  maxLength: 12,
});

type Operation = typeof operations extends fc.Arbitrary<infer T> ? T : never;

function apply(rig: ClockRig, model: Model, operation: Operation): void {
  const { turn } = rig;
  if (operation.does === "glide") {
    if (model.paused) return;
    const to = turn.now + operation.distance;
    rig.do((t) =>
      setTime(t, { to: { case: "gameMs", value: to }, glideSeconds: operation.seconds }),
    );
    model.glide = { left: BigInt(operation.seconds * 60), to };
    return;
  }
  if (operation.does === "pause" || operation.does === "resume") {
    const pauses = operation.does === "pause";
    rig.do((t) => setPaused(t, pauses));
    if (pauses) model.glide = undefined;
    model.paused = pauses;
    return;
  }
  model.glide = undefined;
  if (operation.does === "scale") {
    const { scale, over } = scales[operation.which] ?? scales[0];
    rig.do((t) => setScale(t, scale));
    model.scale = { n: over[0], d: over[1] };
  } else if (operation.does === "jump") {
    const to = { case: "gameMs", value: operation.to } as const;
    rig.do((t) => setTime(t, { to, glideSeconds: 0 }));
    model.time = { n: operation.to, d: 1n };
  } else {
    rig.do((t) => advance(t, operation.duration));
    model.time = { n: model.time.n + operation.duration * model.time.d, d: model.time.d };
  }
}

describe("a clock whose course is changed", () => {
  it("is at the millisecond where exact arithmetic puts it, whatever is done to it", () => {
    fc.assert(
      fc.property(courses, (course) => {
        const rig = new ClockRig(60);
        const model = new Model();
        for (const [frames, operation] of course) {
          rig.runTo(rig.frame + frames);
          model.run(BigInt(frames));
          expect(rig.turn.now).toBe(model.time.n / model.time.d);
          apply(rig, model, operation);
          expect(rig.turn.now).toBe(model.time.n / model.time.d);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("tells of phases and seasons without a gap, and of times that join", () => {
    fc.assert(
      fc.property(courses, (course) => {
        const rig = new ClockRig(60);
        for (const [frames, operation] of course) {
          rig.runTo(rig.frame + frames);
          apply(rig, new Model(), rig.clock.paused ? { does: "resume" } : operation);
        }
        rig.runTo(rig.frame + 100);
        let phase: number = DayPhase.NIGHT;
        for (const event of rig.eventsOf(TimePhaseEventSchema)) {
          expect(event.oldPhase).toBe(phase);
          phase = event.newPhase;
        }
        let season = "spring";
        for (const event of rig.eventsOf(SeasonEventSchema)) {
          expect(event.oldSeason).toBe(season);
          season = event.newSeason;
        }
        let settled = 0n;
        for (const event of rig.eventsOf(TimeEventSchema)) {
          expect(event.previousGameMs).toBe(settled);
          settled = event.settledGameMs;
          if (!event.jumped) expect(settled).toBeGreaterThanOrEqual(event.previousGameMs);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("goes back to the old scale exactly when a glide ends", () => {
    const rig = new ClockRig(59.94);
    rig.do((turn) =>
      setTime(turn, { to: { case: "gameMs", value: BigInt(6 * hour) }, glideSeconds: 10 }),
    );
    rig.runTo(1 + 600);
    expect(rig.turn.now).toBe(BigInt(6 * hour));
    rig.runTo(1 + 600 + 50 * 60);
    expect(rig.turn.now).toBe(BigInt(6 * hour) + 2_997_000n);
    const readings = rig.eventsOf(TimeEventSchema).map(({ reading }) => reading?.scale);
    expect(readings[0]).toEqual({ numerator: 2_160n, denominator: 1n });
    expect(readings.at(-1)).toEqual({ numerator: 2_997n, denominator: 50n });
  });

  it("announces an advance at most a day in a frame, and all of it", () => {
    const rig = new ClockRig(60);
    rig.do((turn) => setPaused(turn, true));
    rig.do((turn) => advance(turn, BigInt(100 * day)));
    expect(gameMsAt(rig.clock, rig.frame, rig.turn.step)).toBe(BigInt(100 * day));
    rig.runTo(1 + 99);
    expect(rig.eventsOf(TimeDayEventSchema)).toHaveLength(99);
    rig.runTo(10_000);
    expect(rig.eventsOf(TimeDayEventSchema)).toHaveLength(100);
    expect(rig.eventsOf(TimePhaseEventSchema)).toHaveLength(400);
    expect(rig.eventsOf(SeasonEventSchema)).toHaveLength(3);
    expect(rig.wakes).toBe(100);
    expect(rig.turn.calendar).toBe(calendar);
  });
});
