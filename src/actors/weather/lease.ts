import type { StoryBeatEvent } from "../../gen/tellurion/v1/storyteller_pb.ts";
import type { OverrideWeatherRequest as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import { type ActorContext, Rejection } from "../../runtime/index.ts";
import { checkId, checkInteger, checkNumber, checkOneOf } from "../common/checks.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { minuteMs } from "../common/units.ts";
import { conditionNames } from "./climate.ts";
import { checkLease, checkLock } from "./holder.ts";
import { endLease, type Outlet } from "./live.ts";
import { climateOf, type Region } from "./region.ts";
import { turnBy } from "./turning.ts";

type OverrideWeather = Plain<Message>;
type Beat = Pick<StoryBeatEvent, "beat" | "subject" | "intensity" | "minutes">;

/** A week. */
const leaseMinutesMax = 10_080;

/** How long a story beat has the weather if it does not say so. */
const beatMinutesDefault = 60;

const secondsPerMinute = 60;

/** Lends the weather to whoever asks. It turns to the condition, and goes back by itself. */
export function overrideWeather(region: Region, request: OverrideWeather, out: Outlet): void {
  const { condition, glideSeconds, minutes, owner } = request;
  const names = conditionNames(climateOf(region));
  checkOneOf("condition", condition, names);
  const intensity = request.intensity ?? region.intensity;
  checkNumber("intensity", intensity, 0, 1);
  checkInteger("minutes", minutes, 1, leaseMinutesMax);
  checkInteger("glide_seconds", glideSeconds, 0, minutes * secondsPerMinute);
  checkId("owner", owner);
  checkLock(region, owner);
  checkLease(region, owner);
  lend(region, owner, minutes, false);
  turnBy(region, names.indexOf(condition), intensity, glideSeconds, out);
}

/** Gives lent weather back before its time. */
export function releaseWeather(region: Region, owner: string, out: Outlet): void {
  climateOf(region);
  checkId("owner", owner);
  if (region.lease === undefined) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      `the weather of ${region.region} is not lent to ${JSON.stringify(owner)}, nor to anybody`,
    );
  }
  checkLock(region, owner);
  checkLease(region, owner);
  endLease(region, Number(region.gameMs), out);
}

/**
 * Lends the weather to a story beat. It gives way to whoever holds the weather by a command, and to what the climate
 * does not know.
 */
export function lendToBeat(
  region: Region,
  beat: Beat,
  out: Outlet & Pick<ActorContext, "log">,
): void {
  const climate = climateOf(region);
  const names = conditionNames(climate);
  const owner = `beat:${beat.beat}`;
  const condition = names.indexOf(beat.subject);
  const holder = region.lockedBy || (region.lease?.beat === false ? region.lease.owner : "");
  if (condition < 0 || holder !== "") {
    const why =
      condition < 0
        ? `the climate has no condition ${JSON.stringify(beat.subject)}; valid are ${names.join(", ")}`
        : `${JSON.stringify(holder)} holds the weather`;
    out.log("warn", `${owner} does not get the weather: ${why}`);
    return;
  }
  const minutes = clamp(beat.minutes || beatMinutesDefault, 1, leaseMinutesMax);
  const asked = Number.isFinite(beat.intensity) ? clamp(beat.intensity, 0, 1) : 0;
  const intensity = asked || region.intensity;
  // At least half of the lease is the condition itself.
  const glideSeconds = Math.floor(Math.min(climate.blendMinutes, minutes / 2) * secondsPerMinute);
  lend(region, owner, minutes, true);
  turnBy(region, condition, intensity, glideSeconds, out);
}

/** Notes who has the weather, and what it goes back to: what it was in before anybody had it. */
function lend(region: Region, owner: string, minutes: number, beat: boolean): void {
  const own = conditionNames(climateOf(region))[region.nextCondition] ?? "";
  const untilMs = region.gameMs + BigInt(minutes * minuteMs);
  region.lease = { owner, untilMs, backTo: region.lease?.backTo ?? own, beat };
}
