import type { ClockReading, ClockState } from "../../gen/tellurion/v1/clock_pb.ts";
import { checkNumber } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { type Calendar, calendarAt } from "./calendar.ts";
import { add, floor, multiply, type Rational, rational, simpleRational } from "./rational.ts";

/**
 * Game time is a function of the frame: an anchor, and what has passed since at the clock's scale.
 * Nothing is added up from frame to frame, so nothing drifts. All of it is exact: fractions of
 * integers.
 */
export type Clock = Plain<ClockState>;

export const scaleMin = 1e-9;
export const scaleMax = 1e6;

/**
 * The fraction of a millisecond at the anchor is kept exactly up to this denominator, and cut to
 * 2^-40 beyond.
 */
const restUnitMax = 2n ** 62n;
const restUnitCut = 2n ** 40n;

const never = { numerator: 0n, denominator: 1n };

/** Milliseconds of world time in a frame. */
export function stepOf(tickHz: number): Rational {
  const { numerator, denominator } = simpleRational(tickHz);
  return rational(1_000n * denominator, numerator);
}

/** The exact fraction for a scale. Throws a Rejection for one out of range. */
export function scaleOf(scale: number, path: string): Rational {
  checkNumber(path, scale, scaleMin, scaleMax);
  return simpleRational(scale);
}

/** Game time at a frame, in whole milliseconds. */
export function gameMsAt(clock: Clock, frame: number, step: Rational): bigint {
  const ms = floor(exactAt(clock, BigInt(frame), step));
  return ms > gameMsMax ? gameMsMax : ms;
}

/**
 * The first frame from the anchor on at which game time is `gameMs` or later; undefined if it never
 * is.
 */
export function frameOf(clock: Clock, gameMs: bigint, step: Rational): number | undefined {
  if (gameMs > gameMsMax || (clock.paused && gameMs > clock.anchorMs)) return undefined;
  const anchor = anchorOf(clock);
  if (gameMs <= clock.anchorMs) return Number(clock.anchorFrame);
  if (clock.glideUntilFrame === 0n) {
    return Number(clock.anchorFrame + framesTo(anchor, gameMs, perFrame(clock, step)));
  }
  if (gameMs > clock.glideToMs) {
    const end = rational(clock.glideToMs, 1n);
    return Number(clock.glideUntilFrame + framesTo(end, gameMs, perFrame(clock, step)));
  }
  return Number(clock.anchorFrame + framesTo(anchor, gameMs, glidePerFrame(clock)));
}

/** Makes `frame` the anchor and ends a glide. Game time at that frame stays what it is. */
export function anchorAt(clock: Clock, frame: number, step: Rational): void {
  const exact = exactAt(clock, BigInt(frame), step);
  const end = rational(gameMsMax, 1n);
  setAnchor(clock, frame, floor(exact) < gameMsMax ? exact : end);
}

/** Makes game time `gameMs` at `frame`. */
export function anchorTo(clock: Clock, frame: number, gameMs: bigint): void {
  setAnchor(clock, frame, rational(gameMs, 1n));
}

/** What the clock would tell at a frame. */
export function readingAt(
  clock: Clock,
  calendar: Calendar,
  frame: number,
  step: Rational,
): Plain<ClockReading> {
  const gameMs = gameMsAt(clock, frame, step);
  return {
    gameMs,
    atFrame: BigInt(frame),
    scale: { ...scaleAt(clock, frame, step) },
    paused: clock.paused,
    calendar: calendarAt(calendar, Number(gameMs)),
  };
}

/** Game milliseconds that pass in a frame at the clock's own scale. */
function perFrame(clock: Clock, step: Rational): Rational {
  return multiply(step, clock.scale ?? never);
}

function scaleAt(clock: Clock, frame: number, step: Rational): Rational {
  const glides = clock.glideUntilFrame > BigInt(frame);
  if (!glides) return clock.scale ?? never;
  // In whole milliseconds, so that it fits its fields.
  const frames = clock.glideUntilFrame - clock.anchorFrame;
  const distance = rational(clock.glideToMs - clock.anchorMs, frames);
  return multiply(distance, { numerator: step.denominator, denominator: step.numerator });
}

function exactAt(clock: Clock, frame: bigint, step: Rational): Rational {
  const anchor = anchorOf(clock);
  if (clock.paused) return anchor;
  if (clock.glideUntilFrame === 0n) {
    return add(anchor, multiply(perFrame(clock, step), rational(frame - clock.anchorFrame, 1n)));
  }
  if (frame < clock.glideUntilFrame) {
    return add(anchor, multiply(glidePerFrame(clock), rational(frame - clock.anchorFrame, 1n)));
  }
  const after = rational(frame - clock.glideUntilFrame, 1n);
  return add(rational(clock.glideToMs, 1n), multiply(perFrame(clock, step), after));
}

function glidePerFrame(clock: Clock): Rational {
  const anchor = anchorOf(clock);
  const distance = add(rational(clock.glideToMs, 1n), {
    numerator: -anchor.numerator,
    denominator: anchor.denominator,
  });
  const frames = clock.glideUntilFrame - clock.anchorFrame;
  return multiply(distance, { numerator: 1n, denominator: frames });
}

function framesTo(from: Rational, gameMs: bigint, speed: Rational): bigint {
  const distance = add(rational(gameMs, 1n), {
    numerator: -from.numerator,
    denominator: from.denominator,
  });
  const inverse = { numerator: -speed.denominator, denominator: speed.numerator };
  return -floor(multiply(distance, inverse));
}

function anchorOf(clock: Clock): Rational {
  return add(rational(clock.anchorMs, 1n), rational(clock.anchorRest, clock.anchorRestUnit));
}

function setAnchor(clock: Clock, frame: number, exact: Rational): void {
  const ms = floor(exact);
  let rest = exact.numerator - ms * exact.denominator;
  let unit = exact.denominator;
  if (unit > restUnitMax) {
    rest = (rest * restUnitCut) / unit;
    unit = restUnitCut;
  }
  clock.anchorMs = ms;
  clock.anchorRest = rest;
  clock.anchorRestUnit = unit;
  clock.anchorFrame = BigInt(frame);
  clock.glideUntilFrame = 0n;
  clock.glideToMs = 0n;
}
