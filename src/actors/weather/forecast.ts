import { minuteMs } from "../common/units.ts";
import { runsOf } from "./chain.ts";
import { certain, Law } from "./law.ts";
import { climateOf, dawnWindowOf, type Region, seasonOf } from "./region.ts";

const minutesPerHour = 60;

/**
 * The chances of each condition 1, 2, … `hours` hours from now, as far as anybody can know them:
 * the chain's own law from its present condition, with the dawns in between. A glide that is on its
 * way is awaited.
 */
export function forecastOf(region: Region, hours: number): number[][] {
  const { stepMinutes } = climateOf(region);
  const law = new Law(climateOf(region), seasonOf(region));
  const window = dawnWindowOf(region);
  const now = Math.floor(Number(region.gameMs) / minuteMs);
  const blendUntil = Math.ceil(Number(region.blendUntilMs) / minuteMs);
  const stepMs = stepMinutes * minuteMs;
  const forecast: number[][] = [];
  let shares = certain(law.size, region.nextCondition);
  let minute = nextDraw(Math.max(now, blendUntil - 1), stepMinutes);
  for (let hour = 1; hour <= hours; hour += 1) {
    const end = now + hour * minutesPerHour;
    const draws = minute > end ? 0 : Math.floor((end - minute) / stepMinutes) + 1;
    shares = law.after(shares, runsOf(window, minute * minuteMs, stepMs, draws));
    minute += draws * stepMinutes;
    forecast.push([...shares]);
  }
  return forecast;
}

/** The first draw after a minute: the chain draws at the minutes that the step divides. */
function nextDraw(minute: number, stepMinutes: number): number {
  return (Math.floor(minute / stepMinutes) + 1) * stepMinutes;
}
