import { clamp } from "../common/clamp.ts";
import { extentOf, type RegionUnder, type Sky } from "./grid.ts";
import {
  birthRate,
  driftShare,
  lifeMinutesMax,
  lifeMinutesMin,
  radiusShareMax,
  radiusShareMin,
  type Storm,
  speedMax,
  strayRadians,
} from "./storms.ts";

/** Hours ahead for which the tracks of storms say more than what is usual. */
export const chanceHours = 12;

/** Minutes of each hour at which it is asked where a storm will be. */
const askedMinutes = [10, 30, 50] as const;

/** How far off a storm's place may be, as a share of its radius at once, and of its way later on. */
const spreadAtOnce = 0.15;
const spreadOfWay = 0.15;

/** A chance below this needs no normal law: a storm so many deviations away does not come. */
const deviationsMax = 5;

const meanLifeMinutes = (lifeMinutesMin + lifeMinutesMax) / 2;
const meanRadiusShare = (radiusShareMin + radiusShareMax) / 2;

/** A storm's radius over its life, on average, as a share of the full-grown one. */
const meanLevelShare = 0.8;

/** Minutes of an hour in which a storm must be born to be noticed in it: a young one is none yet. */
const noticedPerHour = 30;

/** The daylight of a day, on average: what births are reckoned with beyond the tracks. */
const meanDaylight = 0.5;

/** What is to be expected of storms over a region. */
export interface Outlook {
  /** Chance that one is over it at some time in the first, second, … hour. */
  readonly hours: number[];
  /** That chance in an hour of which nothing is known. */
  readonly usual: number;
}

/**
 * The chances of storms over a region, from the tracks of those there are, which grow less certain with each hour, and
 * from how often others are born. `trend`: of the whole sky.
 */
export function outlookOf(sky: Sky, region: RegionUnder, trend: Trend): Outlook {
  const reach = Math.sqrt((region.cells * cellArea(sky)) / Math.PI);
  const expected = expectedStorms(sky, region, reach, trend);
  const stay = stayOf(sky, trend.speedMps);
  const usual = 1 - Math.exp(-expected);
  const hours = Array.from({ length: chanceHours }, (_, hour) => {
    let none = 1;
    for (const storm of sky.storms) none *= 1 - chanceOf(storm, region, reach, hour);
    // Those born in the hour itself, and those that are left of the ones born before it.
    const left = stay * (1 - Math.exp((-hour * 60) / stay));
    const fresh = (noticedPerHour + left) / (noticedPerHour + stay);
    return 1 - none * Math.exp(-expected * fresh);
  });
  return { hours, usual };
}

/** What is usual of storms, on the whole map. */
export interface Trend {
  readonly birthsPerMinute: number;
  readonly speedMps: number;
}

/** How often storms are born, on average over a day, and how fast they drift in the wind that there is. */
export function trendOf(sky: Sky): Trend {
  let births = 0;
  let speeds = 0;
  let known = 0;
  for (const region of sky.regions) {
    births += birthRate(sky, region, meanDaylight);
    if (region.air === undefined) continue;
    speeds += Math.min(region.air.windMps * driftShare, speedMax(sky));
    known += 1;
  }
  return { birthsPerMinute: births, speedMps: speeds / Math.max(1, known) };
}

/** The chance that a storm is over a region at some time in an hour. */
function chanceOf(storm: Storm, region: RegionUnder, reach: number, hour: number): number {
  let most = 0;
  const { velocityX, velocityY } = storm;
  const speed = Math.sqrt(velocityX * velocityX + velocityY * velocityY);
  for (const minute of askedMinutes) {
    const minutes = hour * 60 + minute;
    const lives = survival(storm.ageMinutes, minutes);
    if (lives <= most) continue;
    const seconds = minutes * 60;
    const dx = region.x - storm.x - velocityX * seconds;
    const dy = region.y - storm.y - velocityY * seconds;
    const way = speed * seconds;
    const stray = strayRadians * Math.sqrt(minutes / 3) + spreadOfWay;
    const spread = spreadAtOnce * storm.radiusM + way * stray;
    most = Math.max(
      most,
      lives * chanceWithin(dx, dy, reach + storm.radiusM * meanLevelShare, spread),
    );
  }
  return most;
}

/** How likely a storm of some age is to live for so many minutes more, when its life is any of those there are. */
function survival(ageMinutes: number, minutes: number): number {
  const longest = Math.max(lifeMinutesMax, ageMinutes + 1);
  const left = longest - Math.max(ageMinutes, lifeMinutesMin);
  return clamp((longest - Math.max(ageMinutes + minutes, lifeMinutesMin)) / left, 0, 1);
}

/**
 * The chance that a place that is spread around (dx, dy) is within a radius of 0: for the circle, the square of the same
 * area, of whose two sides the chances are known.
 */
function chanceWithin(dx: number, dy: number, radius: number, spread: number): number {
  const half = (radius * Math.sqrt(Math.PI)) / 2;
  const far = half + deviationsMax * spread;
  if (Math.abs(dx) > far || Math.abs(dy) > far) return 0;
  return within(dx, half, spread) * within(dy, half, spread);
}

function within(offset: number, half: number, spread: number): number {
  return normalLaw((offset + half) / spread) - normalLaw((offset - half) / spread);
}

/** The chance of a value below `x` in the normal distribution: Abramowitz and Stegun, 26.2.17. */
function normalLaw(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}

/** Storms that touch a region in an hour, on average: those that are born over it, and those that come. */
function expectedStorms(sky: Sky, region: RegionUnder, reach: number, trend: Trend): number {
  const { birthsPerMinute, speedMps } = trend;
  const stay = stayOf(sky, speedMps);
  const radius = reach + meanRadiusShare * meanLevelShare * extentOf(sky);
  const share = shareWithin(sky, region, (radius * Math.sqrt(Math.PI)) / 2);
  const touched = share * (stay + noticedPerHour);
  const swept = (share * 2 * speedMps * 3_600 * stay) / (Math.PI * radius);
  return birthsPerMinute * Math.min(touched + swept, stay + noticedPerHour);
}

/** Minutes that a storm is on the map: until its life ends, or it drifts over the edge. */
function stayOf(sky: Sky, speedMps: number): number {
  return 1 / (1 / meanLifeMinutes + (120 * speedMps) / extentOf(sky));
}

/** The share of the map that is in the square around a region's middle. */
function shareWithin(sky: Sky, { x, y }: RegionUnder, half: number): number {
  const { minX, minY, widthM, heightM } = sky;
  const along = Math.min(x + half, minX + widthM) - Math.max(x - half, minX);
  const across = Math.min(y + half, minY + heightM) - Math.max(y - half, minY);
  return (Math.max(0, along) / widthM) * (Math.max(0, across) / heightM);
}

function cellArea({ widthM, heightM, cellsX, cellsY }: Sky): number {
  return (widthM / cellsX) * (heightM / cellsY);
}
