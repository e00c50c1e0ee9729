import { minuteMs } from "../common/units.ts";
import { runsOf } from "./chain.ts";
import { conditionNames } from "./climate.ts";
import { certain, Law } from "./law.ts";
import { climateOf, dawnWindowOf, type Region, seasonOf } from "./region.ts";

const minutesPerHour = 60;

/**
 * The chances of each condition 1, 2, … `hours` hours from now, as far as anybody can know them:
 * the chain's own law from its present condition, with the dawns in between. A glide that is on its
 * way is awaited, and so is the end of a lease.
 */
export function forecastOf(region: Region, hours: number): number[][] {
  const { stepMinutes } = climateOf(region);
  const law = new Law(climateOf(region), seasonOf(region));
  const window = dawnWindowOf(region);
  const now = Math.floor(Number(region.gameMs) / minuteMs);
  const lent = lentMinute(region);
  const own = lent > now ? lent + climateOf(region).blendMinutes : 0;
  const blendUntil = Math.max(own, Math.ceil(Number(region.blendUntilMs) / minuteMs));
  const stepMs = stepMinutes * minuteMs;
  const forecast: number[][] = [];
  const present = certain(law.size, region.nextCondition);
  let shares = lent > now ? certain(law.size, ownCondition(region)) : present;
  let minute = nextDraw(Math.max(now, blendUntil - 1), stepMinutes);
  for (let hour = 1; hour <= hours; hour += 1) {
    const end = now + hour * minutesPerHour;
    const draws = minute > end ? 0 : Math.floor((end - minute) / stepMinutes) + 1;
    shares = law.after(shares, runsOf(window, minute * minuteMs, stepMs, draws));
    minute += draws * stepMinutes;
    forecast.push([...(end < lent ? present : shares)]);
  }
  return forecast;
}

/** The first draw after a minute: the chain draws at the minutes that the step divides. */
function nextDraw(minute: number, stepMinutes: number): number {
  return (Math.floor(minute / stepMinutes) + 1) * stepMinutes;
}

/** The minute in which lent weather is given back. 0: it is not lent. */
function lentMinute({ lease }: Region): number {
  return lease === undefined ? 0 : Math.ceil(Number(lease.untilMs) / minuteMs);
}

/** The condition that lent weather goes back to. */
function ownCondition(region: Region): number {
  const own = conditionNames(climateOf(region)).indexOf(region.lease?.backTo ?? "");
  return own < 0 ? region.nextCondition : own;
}
