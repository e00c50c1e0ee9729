import { certain, isDawn, propagate } from "./chain.ts";
import { dawnWindowOf, type Region, seasonOf } from "./region.ts";

const minuteMs = 60_000;
const minutesPerHour = 60;

/**
 * The chances of each condition 1, 2, … `hours` hours from now, as far as anybody can know them:
 * the chain's own law from its present condition, with the dawns in between. A glide that is on its
 * way is awaited.
 */
export function forecastOf(region: Region, hours: number): number[][] {
  const season = seasonOf(region);
  const climate = region.climate;
  if (climate === undefined) return [];
  const window = dawnWindowOf(region);
  const now = Math.floor(Number(region.gameMs) / minuteMs);
  const free = Math.ceil(Number(region.blendUntilMs) / minuteMs);
  const forecast: number[][] = [];
  let shares = certain(climate.conditions.length, region.nextCondition);
  let minute = nextDraw(now, climate.stepMinutes);
  for (let hour = 1; hour <= hours; hour += 1) {
    for (const end = now + hour * minutesPerHour; minute <= end; minute += climate.stepMinutes) {
      if (minute < free) continue;
      shares = propagate(climate, season, shares, isDawn(window, minute * minuteMs));
    }
    forecast.push(shares);
  }
  return forecast;
}

/** The chain draws at the minutes of game time that the step divides. */
function nextDraw(minute: number, stepMinutes: number): number {
  return (Math.floor(minute / stepMinutes) + 1) * stepMinutes;
}
