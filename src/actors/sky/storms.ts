import type { Storm as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import type { Random } from "../../runtime/index.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import { extentOf, gridOf, type RegionUnder, regionAt, type Sky } from "./grid.ts";

export type Storm = Plain<Message>;

/** Storms at a time. While there are so many, none is born. */
export const stormsMax = 64;

/** A storm is full-grown after this share of its life, and decays from that one on. */
const grownAt = 0.25;
const decaysAt = 0.65;

/** What is left of its radius when there is hardly any storm. */
const radiusShare = 0.4;

export const lifeMinutesMin = 60;
export const lifeMinutesMax = 300;

/** Radii that storms are born with, as shares of the map. */
export const radiusShareMin = 0.05;
export const radiusShareMax = 0.14;
const radiusMinM = 100;
const radiusMaxM = 40_000;

/** Share of the wind at which a storm drifts, and minutes in which it takes to another wind. */
export const driftShare = 0.7;
const driftMinutes = 60;

/** No storm crosses the map faster: a small map would see it for minutes only. */
const crossingSecondsMin = 5_400;

/** How far a storm's heading strays in the square root of a minute, in radians. */
export const strayRadians = 0.03;

/** How much of a storm there is at its age, 0 to 1: it grows, is mature, and decays. */
export function levelOf({ ageMinutes, lifeMinutes }: Storm): number {
  const share = ageMinutes / lifeMinutes;
  if (share >= 1) return 0;
  if (share < grownAt) return smooth(share / grownAt);
  return share < decaysAt ? 1 : smooth((1 - share) / (1 - decaysAt));
}

export function intensityOf(storm: Storm): number {
  return storm.intensity * levelOf(storm);
}

export function radiusOf(storm: Storm): number {
  return storm.radiusM * (radiusShare + (1 - radiusShare) * levelOf(storm));
}

/** Where the wind blows to, in metres a second, eastwards and northwards. */
export function windVector(mps: number, fromDeg: number): { x: number; y: number } {
  const radians = (fromDeg * Math.PI) / 180;
  return { x: -Math.sin(radians) * mps, y: -Math.cos(radians) * mps };
}

/** Moves a storm some minutes on, with the wind of the region that it is over. */
export function moveStorm(sky: Sky, storm: Storm, minutes: number, random: Random): void {
  const { air } = regionAt(sky, storm.x, storm.y);
  if (air !== undefined) {
    const drift = driftOf(sky, air.windMps, air.windDirectionDeg);
    const kept = Math.exp(-minutes / driftMinutes);
    storm.velocityX = drift.x + (storm.velocityX - drift.x) * kept;
    storm.velocityY = drift.y + (storm.velocityY - drift.y) * kept;
  }
  const turn = strayRadians * Math.sqrt(minutes) * random.normal();
  const { velocityX: x, velocityY: y } = storm;
  storm.velocityX = x * Math.cos(turn) - y * Math.sin(turn);
  storm.velocityY = x * Math.sin(turn) + y * Math.cos(turn);
  storm.x += storm.velocityX * minutes * 60;
  storm.y += storm.velocityY * minutes * 60;
  storm.ageMinutes += minutes;
}

export function isOver(sky: Sky, storm: Storm): boolean {
  const { minX, minY, widthM, heightM } = sky;
  const { x, y, radiusM } = storm;
  return (
    storm.ageMinutes >= storm.lifeMinutes ||
    x < minX - radiusM ||
    y < minY - radiusM ||
    x > minX + widthM + radiusM ||
    y > minY + heightM + radiusM
  );
}

/** A storm that is born over a region, somewhere in its cells. */
export function bornOver(sky: Sky, region: number, random: Random): Storm {
  const cells = gridOf(sky).cells[region] as readonly number[];
  const cell = cells[random.integer(cells.length)] as number;
  const x = sky.minX + (((cell % sky.cellsX) + random.next()) / sky.cellsX) * sky.widthM;
  const row = Math.floor(cell / sky.cellsX);
  const y = sky.minY + ((row + random.next()) / sky.cellsY) * sky.heightM;
  const share = radiusShareMin + (radiusShareMax - radiusShareMin) * random.next();
  const strength = random.next();
  return addStorm(sky, {
    x,
    y,
    radiusM: clamp(share * extentOf(sky), radiusMinM, radiusMaxM),
    intensity: 0.35 + 0.65 * strength * strength,
    lifeMinutes: lifeMinutesMin + (lifeMinutesMax - lifeMinutesMin) * random.next(),
  });
}

/** Adds a storm that begins now. It drifts with the wind from the start. */
export function addStorm(
  sky: Sky,
  born: Pick<Storm, "x" | "y" | "radiusM" | "intensity" | "lifeMinutes">,
): Storm {
  const { name, air } = regionAt(sky, born.x, born.y);
  const drift = driftOf(sky, air?.windMps ?? 0, air?.windDirectionDeg ?? 0);
  sky.stormsBorn += 1;
  const storm = {
    ...born,
    number: sky.stormsBorn,
    velocityX: drift.x,
    velocityY: drift.y,
    ageMinutes: 0,
    region: name,
    toldMinutes: 0,
  };
  sky.storms.push(storm);
  return storm;
}

/** Storms that are born over a region in a minute. `daylight`: most of them by day. */
export function birthRate(sky: Sky, region: RegionUnder, daylight: number): number {
  if (region.air === undefined || region.cells === 0) return 0;
  const perDay = region.stormsPerDay * region.air.stormTendency;
  return (perDay * (0.4 + 1.2 * daylight) * (1 + 3 * frontOver(sky, region))) / 1_440;
}

/** How near a front's line is to the middle of a region: storms are born along it. */
function frontOver(sky: Sky, { x, y }: RegionUnder): number {
  let most = 0;
  for (const front of sky.fronts) {
    const s = (x * front.headingX + y * front.headingY - front.positionM) / front.widthM;
    most = Math.max(most, front.strength * Math.max(0, 1 - s * s));
  }
  return most;
}

function driftOf(sky: Sky, windMps: number, fromDeg: number): { x: number; y: number } {
  return windVector(Math.min(windMps * driftShare, speedMax(sky)), fromDeg);
}

export function speedMax(sky: Sky): number {
  return extentOf(sky) / crossingSecondsMin;
}

function smooth(share: number): number {
  return share * share * (3 - 2 * share);
}
