import type {
  ScheduleResponse,
  SetTimeRequest as SetTimeRequestMessage,
} from "../../gen/tellurion/v1/clock_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkBigint, checkInteger, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { announceJump, publishFired } from "./announce.ts";
import { type Calendar, dayMsOf, daysPerYear, gameMsOf } from "./calendar.ts";
import { anchorAt, anchorTo, scaleMax, scaleOf } from "./game-time.ts";
import { floor, multiply } from "./rational.ts";
import {
  entryFor,
  isFor,
  nextAfter,
  passOver,
  type ScheduleRequest,
  wishOf,
} from "./schedule-request.ts";
import { addSchedule, findSchedule, schedulesMax } from "./schedules.ts";
import { type Turn, tellTime } from "./turn.ts";

type SetTimeRequest = Plain<SetTimeRequestMessage>;

const glideSecondsMax = 86_400;

/** Jumps or glides, as the request says. */
export function setTime(turn: Turn, request: SetTimeRequest): void {
  const to = targetOf(turn.calendar, request);
  checkInteger("glide_seconds", request.glideSeconds, 0, glideSecondsMax);
  if (request.glideSeconds === 0) jump(turn, to);
  else glide(turn, to, request.glideSeconds);
}

function targetOf(calendar: Calendar, { to }: SetTimeRequest): bigint {
  if (to.case === undefined) refuse("to", "", "are game_ms or date, one of which is needed");
  if (to.case === "date") return gameMsOf(calendar, to.value, "date");
  checkBigint("game_ms", to.value, 0n, gameMsMax);
  return to.value;
}

function jump(turn: Turn, to: bigint): void {
  const { clock, calendar, frame, now, out } = turn;
  const from = clock.announcedMs;
  passOver(clock, now, to);
  anchorTo(clock, frame, to);
  clock.announcedMs = to;
  tellTime(turn, true);
  announceJump(calendar, Number(from), Number(to), out);
}

function glide(turn: Turn, to: bigint, seconds: number): void {
  const { clock, frame, step, now } = turn;
  if (clock.paused) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `glide_seconds=${seconds} is not valid while time is paused; valid is 0, which jumps`,
    );
  }
  if (to <= now) refuse("game_ms", to, `are times after ${now}, for a glide`);
  const secondsMin = (to - now + BigInt(scaleMax * 1_000 - 1)) / BigInt(scaleMax * 1_000);
  if (secondsMin > glideSecondsMax) {
    const farthest = now + BigInt(glideSecondsMax * scaleMax * 1_000);
    refuse("game_ms", to, `are times up to ${farthest}, for a glide`);
  }
  if (BigInt(seconds) < secondsMin) {
    refuse("glide_seconds", seconds, `are integers from ${secondsMin} on, for this distance`);
  }
  anchorAt(clock, frame, step);
  const worldMs = { numerator: BigInt(seconds * 1_000), denominator: 1n };
  const perStep = { numerator: -step.denominator, denominator: step.numerator };
  clock.glideUntilFrame = BigInt(frame) - floor(multiply(worldMs, perStep));
  clock.glideToMs = to;
  tellTime(turn, false);
}

export function setScale(turn: Turn, scale: number): void {
  const exact = scaleOf(scale, "scale");
  anchorAt(turn.clock, turn.frame, turn.step);
  turn.clock.scale = { ...exact };
  tellTime(turn, false);
}

export function setPaused(turn: Turn, paused: boolean): void {
  const { clock, frame, step } = turn;
  if (clock.paused === paused) return;
  anchorAt(clock, frame, step);
  clock.paused = paused;
  tellTime(turn, false);
}

export function advance(turn: Turn, durationMs: bigint): void {
  const { clock, calendar, frame, step, now } = turn;
  const yearMs = BigInt(daysPerYear(calendar) * dayMsOf(calendar));
  checkBigint("duration_ms", durationMs, 1n, yearMs);
  if (now + durationMs > gameMsMax) {
    refuse("duration_ms", durationMs, `are integers up to ${gameMsMax - now} at this game time`);
  }
  if (now + durationMs - clock.announcedMs > yearMs) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `duration_ms=${durationMs} leads more than a year beyond what has been announced; ` +
        `valid are integers up to ${yearMs - (now - clock.announcedMs)} now, and more later`,
    );
  }
  anchorAt(clock, frame, step);
  clock.anchorMs += durationMs;
  tellTime(turn, false);
}

/** Adds a schedule, or finds it there already. */
export function schedule(turn: Turn, request: ScheduleRequest, path = ""): Plain<ScheduleResponse> {
  const { clock, calendar, out } = turn;
  const wish = wishOf(calendar, request, path);
  const known = findSchedule(clock, request.id);
  if (known !== undefined) {
    if (isFor(wish, known)) return { schedule: known, existed: true };
    throw new Rejection(
      "ALREADY_EXISTS",
      `${path}id=${JSON.stringify(request.id)} is a schedule with other content, ` +
        `due at ${known.dueGameMs}; valid are the same content, or another id`,
    );
  }
  const entry = entryFor(wish, turn.now, path);
  if (clock.schedules.length >= schedulesMax) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `schedules=${clock.schedules.length} are as many as a clock holds; ` +
        `valid is up to ${schedulesMax}`,
    );
  }
  if (entry.dueGameMs >= turn.now) {
    addSchedule(clock, entry);
    return { schedule: entry, existed: false };
  }
  publishFired(entry, 1n, out);
  entry.fired = 1n;
  if (entry.everyMs > 0n) {
    entry.dueGameMs = nextAfter(entry, turn.now);
    if (entry.dueGameMs <= gameMsMax) addSchedule(clock, entry);
  }
  return { schedule: entry, existed: false };
}
