import type { ConfigureClock as ConfigureClockMessage } from "../../gen/tellurion/v1/clock_pb.ts";
import { checkBigint, checkCount, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { type Calendar, checkCalendar, gameMsOf } from "./calendar.ts";
import { scaleOf } from "./game-time.ts";
import { entryFor, wishOf } from "./schedule-request.ts";
import { schedulesMax } from "./schedules.ts";

export type ConfigureClock = Plain<ConfigureClockMessage>;

/** Throws a Rejection that names the first thing wrong with a clock's configuration. */
export function checkConfiguration(configuration: ConfigureClock, path = ""): void {
  const { calendar, scale, schedules } = configuration;
  if (calendar === undefined) refuse(`${path}calendar`, "", "is a calendar: it is needed");
  checkCalendar(calendar, `${path}calendar`);
  const start = startOf(configuration, calendar, path);
  scaleOf(scale, `${path}scale`);
  checkCount(`${path}schedules`, schedules.length, 0, schedulesMax);
  const seen = new Set<string>();
  schedules.forEach((request, i) => {
    const place = `${path}schedules[${i}].`;
    const wish = wishOf(calendar, request, place);
    if (seen.has(request.id))
      refuse(`${place}id`, request.id, "are ids that no other schedule has");
    seen.add(request.id);
    entryFor(wish, start, place);
  });
}

/**
 * Game time at which a world begins. Throws a Rejection for one that its calendar does not have.
 */
export function startOf(configuration: ConfigureClock, calendar: Calendar, path = ""): bigint {
  const { start } = configuration;
  if (start.case === undefined) return 0n;
  if (start.case === "startDate") return gameMsOf(calendar, start.value, `${path}start_date`);
  checkBigint(`${path}start_game_ms`, start.value, 0n, gameMsMax);
  return start.value;
}
