import { seasonAt } from "../../actors/clock/calendar.ts";
import { startOf } from "../../actors/clock/configuration.ts";
import type { Calendar } from "../../gen/tellurion/v1/clock_pb.ts";
import type { Pack } from "./pack.ts";

/** The season and the game time that a world begins with. */
export function beginningOf({ plan }: Pack): { season: string; gameMs: bigint } {
  const calendar = plan.clock.calendar as Calendar;
  const gameMs = startOf(plan.clock, calendar, "clock.");
  return { season: seasonAt(calendar, Number(gameMs)), gameMs };
}
