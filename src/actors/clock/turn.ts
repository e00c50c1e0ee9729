import { ClockTickSchema, TimeEventSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import { type ActorContext, Rejection } from "../../runtime/index.ts";
import { minuteMs } from "../common/units.ts";
import { announce, type Publisher } from "./announce.ts";
import { type Calendar, dayMsOf } from "./calendar.ts";
import {
  anchorAt,
  type Clock,
  frameOf,
  gameMsAt,
  readingAt,
  scaleMax,
  stepOf,
} from "./game-time.ts";
import type { Rational } from "./rational.ts";
import { soonest } from "./schedules.ts";

/** A clock at the frame in which it is asked something. */
export interface Turn {
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly frame: number;
  /** Milliseconds of world time in a frame. */
  readonly step: Rational;
  /** Game time at the frame. */
  readonly now: bigint;
  readonly out: Publisher;
}

/**
 * The clock wakes after this many frames at the latest: timers of the runtime are not for eternity.
 */
const wakeFramesMax = 1_000_000;

const silent: Publisher = { publish: () => {} };

export function turnOf(
  clock: Clock,
  ctx: Pick<ActorContext, "frame" | "tickHz"> & Partial<Publisher>,
): Turn {
  const { calendar } = clock;
  if (!clock.configured || calendar === undefined) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      "the clock has not been configured: the world has no calendar yet",
    );
  }
  const step = stepOf(ctx.tickHz);
  const now = gameMsAt(clock, ctx.frame, step);
  const out = ctx.publish ? (ctx as Publisher) : silent;
  return { clock, calendar, frame: ctx.frame, step, now, out };
}

/** What the clock does when it wakes: announces what game time passed, and tells the time. */
export function passTime(turn: Turn): void {
  const { clock, calendar, frame, step, now, out } = turn;
  const glideEnded = clock.glideUntilFrame > 0n && clock.glideUntilFrame <= BigInt(frame);
  if (glideEnded) anchorAt(clock, frame, step);
  announce(clock, calendar, now, BigInt(spanMsMax(calendar, step)), out);
  if (glideEnded || minuteOf(clock.announcedMs) > minuteOf(clock.toldMs)) tellTime(turn, false);
}

/** Publishes the time as it is after all that was done to the clock. */
export function tellTime(turn: Turn, jumped: boolean): void {
  const { clock, calendar, frame, step, out } = turn;
  out.publish(TimeEventSchema, {
    reading: readingAt(clock, calendar, frame, step),
    previousGameMs: clock.toldMs,
    jumped,
    settledGameMs: clock.announcedMs,
  });
  clock.toldMs = clock.announcedMs;
}

/** Sets the timer for the next frame in which there is something to announce. */
export function arm(turn: Turn, ctx: Pick<ActorContext, "schedule" | "cancel" | "stepMs">): void {
  const { clock } = turn;
  if (clock.timer !== 0) ctx.cancel(clock.timer);
  const frames = framesToWake(turn);
  // A quarter of a frame early: rounding up to whole frames then hits the frame, whatever the
  // step's fraction.
  const wake = frames === undefined ? undefined : Math.min(frames, wakeFramesMax) - 0.25;
  clock.timer = wake === undefined ? 0 : ctx.schedule(wake * ctx.stepMs, ClockTickSchema, {});
}

/** Frames until there is something to announce; undefined if there never is. */
function framesToWake({ clock, frame, step }: Turn): number | undefined {
  if (clock.announcedMs < gameMsAt(clock, frame, step)) return 1;
  const minute = (minuteOf(clock.announcedMs) + 1n) * BigInt(minuteMs);
  const due = soonest(clock)?.dueGameMs ?? minute;
  const next = frameOf(clock, due < minute ? due : minute, step) ?? Number.POSITIVE_INFINITY;
  const glideEnd = clock.glideUntilFrame > 0n ? Number(clock.glideUntilFrame) : next;
  const wake = Math.min(next, glideEnd);
  return wake === Number.POSITIVE_INFINITY ? undefined : Math.max(1, wake - frame);
}

/**
 * Game time that is announced in a frame at most: a day, or twice what passes at the highest scale,
 * so that the clock catches up at any scale.
 */
function spanMsMax(calendar: Calendar, step: Rational): number {
  const stepMs = Number(step.numerator) / Number(step.denominator);
  return Math.max(dayMsOf(calendar), Math.ceil(2 * scaleMax * stepMs));
}

function minuteOf(gameMs: bigint): bigint {
  return gameMs / BigInt(minuteMs);
}
