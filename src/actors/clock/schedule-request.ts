import {
  PastPolicy,
  type ScheduleRequest as ScheduleRequestMessage,
} from "../../gen/tellurion/v1/clock_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkBigint, checkId, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { type Calendar, gameMsOf } from "./calendar.ts";
import { type Entry, filterSchedules, type Schedules } from "./schedules.ts";

export type ScheduleRequest = Plain<ScheduleRequestMessage>;

const payloadBytesMax = 4_096;

/** What a request asks for, checked. Its time is a game time, or one after the time it is asked. */
export interface Wish {
  readonly asked: Asked;
  readonly entry: Omit<Entry, "dueGameMs" | "asked">;
}

type Asked = Exclude<Entry["asked"], { case: undefined }>;

/**
 * Throws a Rejection for a request that could not be granted at any time; `path` is where it
 * stands.
 */
export function wishOf(calendar: Calendar, request: ScheduleRequest, path: string): Wish {
  const { id, everyMs, payload, past } = request;
  checkId(`${path}id`, id);
  const asked = askedOf(calendar, request, path);
  checkBigint(`${path}every_ms`, everyMs, 0n, gameMsMax);
  if (payload.length > payloadBytesMax) {
    refuse(`${path}payload (bytes)`, payload.length, `are up to ${payloadBytesMax} bytes`);
  }
  if (!Object.values<number>(PastPolicy).includes(past)) {
    refuse(`${path}past`, past, "are PAST_POLICY_FIRE and PAST_POLICY_REJECT");
  }
  return { asked, entry: { id, everyMs, payload, past, fired: 0n } };
}

function askedOf(calendar: Calendar, { due }: ScheduleRequest, path: string): Asked {
  switch (due.case) {
    case "atDate":
      return { case: "atGameMs", value: gameMsOf(calendar, due.value, `${path}at_date`) };
    case "atGameMs":
      checkBigint(`${path}at_game_ms`, due.value, 0n, gameMsMax);
      return { case: due.case, value: due.value };
    case "afterMs":
      checkBigint(`${path}after_ms`, due.value, 0n, gameMsMax);
      return { case: due.case, value: due.value };
    default:
      return refuse(
        `${path}due`,
        "",
        "are at_game_ms, at_date or after_ms, one of which is needed",
      );
  }
}

/**
 * The schedule that is wished for at game time `now`. Throws a Rejection where its time cannot be.
 */
export function entryFor({ asked, entry }: Wish, now: bigint, path: string): Entry {
  const dueGameMs = asked.case === "atGameMs" ? asked.value : now + asked.value;
  if (dueGameMs > gameMsMax) {
    const valid = `are integers up to ${gameMsMax - now} at this game time`;
    refuse(`${path}after_ms`, asked.value, valid);
  }
  if (dueGameMs < now && entry.past === PastPolicy.REJECT) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `${path}at_game_ms=${dueGameMs} is past and past=PAST_POLICY_REJECT; ` +
        `valid are times from ${now} on`,
    );
  }
  return { ...entry, asked, dueGameMs };
}

/** Whether a wish is for what is there already. */
export function isFor({ asked, entry: wished }: Wish, entry: Entry): boolean {
  return (
    asked.case === entry.asked.case &&
    asked.value === entry.asked.value &&
    wished.everyMs === entry.everyMs &&
    wished.past === entry.past &&
    wished.payload.length === entry.payload.length &&
    wished.payload.every((byte, i) => byte === entry.payload[i])
  );
}

/** The first time of a repeating schedule after `now`, counted from its due time. */
export function nextAfter(entry: Entry, now: bigint): bigint {
  if (entry.dueGameMs > now) return entry.dueGameMs;
  return entry.dueGameMs + ((now - entry.dueGameMs) / entry.everyMs + 1n) * entry.everyMs;
}

/** Does to the schedules that a jump from `now` to `to` passes over what their PastPolicy says. */
export function passOver(state: Schedules, now: bigint, to: bigint): void {
  const first = state.schedules[0];
  if (first === undefined || first.dueGameMs > to) return;
  filterSchedules(state, (entry) => {
    if (entry.dueGameMs <= now || entry.dueGameMs > to) return true;
    const repeats = entry.everyMs > 0n;
    const next = repeats ? nextAfter(entry, to) : entry.dueGameMs;
    // What is left due before now fires once, in its turn.
    if (entry.past !== PastPolicy.REJECT) {
      if (repeats) entry.dueGameMs = next - entry.everyMs;
      return true;
    }
    entry.dueGameMs = next;
    return repeats && next <= gameMsMax;
  });
}
