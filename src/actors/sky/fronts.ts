import type { Front as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import type { Random } from "../../runtime/index.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";
import type { RegionUnder, Sky } from "./grid.ts";
import { windVector } from "./storms.ts";

export type Front = Plain<Message>;

/** Fronts at a time. While there are so many, none comes. */
export const frontsMax = 4;

const frontsPerDay = 0.6;

/** A front reaches so many widths ahead of its line with falling pressure, and behind it. */
const reachWidths = 4;

const bandWindMps = 8;
const pressureHpa = 12;

/** What a front does at a point. */
export interface FrontEffect {
  band: number;
  windMps: number;
  temperatureC: number;
  pressureHpa: number;
}

/** Fronts that come in a minute. */
export function frontRate(sky: Sky): number {
  return sky.regions.some(({ air }) => air !== undefined) ? frontsPerDay / 1_440 : 0;
}

/** A front that comes in over the edge of the map, with the wind of one of its regions. */
export function comingFront(sky: Sky, random: Random): Front {
  const known = sky.regions.filter(({ air }) => air !== undefined);
  const { air } = known[random.integer(known.length)] as RegionUnder;
  const stray = 0.4 * random.normal();
  const wind = windVector(1, (air?.windDirectionDeg ?? 0) + (stray * 180) / Math.PI);
  const [near, far] = spanOf(sky, wind.x, wind.y);
  const widthM = (far - near) * (0.12 + 0.13 * random.next());
  const hours = 4 + 8 * random.next();
  const strength = 0.3 + 0.7 * random.next();
  const isCold = random.next() < 0.6;
  const temperature = isCold ? -2 - 6 * random.next() : 1 + 4 * random.next();
  sky.frontsBorn += 1;
  return {
    number: sky.frontsBorn,
    headingX: wind.x,
    headingY: wind.y,
    positionM: near - widthM * reachWidths,
    speedMps: (far - near) / (hours * 3_600),
    widthM,
    strength,
    temperatureC: temperature * strength,
  };
}

export function moveFront(front: Front, minutes: number): void {
  front.positionM += front.speedMps * minutes * 60;
}

/** It has left the map, and nothing behind it is on it any more. */
export function hasPassed(sky: Sky, front: Front): boolean {
  const [, far] = spanOf(sky, front.headingX, front.headingY);
  return front.positionM - reachWidths * front.widthM > far;
}

/** Adds what a front does at a point to what others do. */
export function addFront(effect: FrontEffect, front: Front, x: number, y: number): void {
  const s = (x * front.headingX + y * front.headingY - front.positionM) / front.widthM;
  if (s >= reachWidths || s <= -reachWidths) return;
  const band = front.strength * Math.max(0, 1 - s * s);
  effect.band = Math.max(effect.band, band);
  effect.windMps += bandWindMps * band;
  effect.pressureHpa -= pressureHpa * front.strength * (1 - Math.abs(s) / reachWidths);
  if (s < 0) effect.temperatureC += front.temperatureC * Math.min(-s, 1) * fading(s);
}

/** Behind the line the other air is there in full at first, and fades into what was before. */
function fading(s: number): number {
  return clamp((s + reachWidths) / (reachWidths - 1), 0, 1);
}

/** How far the map reaches in a direction: from, and to. */
function spanOf(sky: Sky, headingX: number, headingY: number): [number, number] {
  const { minX, minY, widthM, heightM } = sky;
  const start = minX * headingX + minY * headingY;
  const along = [widthM * headingX, heightM * headingY];
  const near = start + along.reduce((sum, part) => sum + Math.min(part, 0), 0);
  const far = start + along.reduce((sum, part) => sum + Math.max(part, 0), 0);
  return [near, far];
}
