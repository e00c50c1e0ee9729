import { StormEventSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import type { ActorContext, Random } from "../../runtime/index.ts";
import { minuteMs } from "../common/units.ts";
import { comingFront, frontRate, frontsMax, hasPassed, moveFront } from "./fronts.ts";
import { regionAt, type Sky } from "./grid.ts";
import { strike } from "./lightning.ts";
import {
  birthRate,
  bornOver,
  intensityOf,
  isOver,
  moveStorm,
  radiusOf,
  type Storm,
  stormsMax,
} from "./storms.ts";

/** What the sky needs to live on: chance, and somewhere to publish. */
export interface Outlet {
  readonly random: Random;
  readonly publish: ActorContext["publish"];
}

/** Game minutes of one step, and those that are lived through on one event at most: a day. */
const stepMinutesMax = 10;
const minutesPerEventMax = 1_440;

/** What the ground still has to catch up with, at most: a week. */
const owedMinutesMax = 10_080;

/** A storm is told of again after so many game minutes. */
const toldEveryMinutes = 5;

/** Lives through the game minutes up to `toMs`. */
export function liveTo(sky: Sky, toMs: bigint, out: Outlet): void {
  if (toMs <= sky.gameMs) return;
  const to = Number(toMs / BigInt(minuteMs));
  const minutes = to - Number(sky.gameMs / BigInt(minuteMs));
  sky.gameMs = toMs;
  sky.owedMinutes = Math.min(owedMinutesMax, sky.owedMinutes + minutes);
  for (let left = Math.min(minutes, minutesPerEventMax); left > 0; ) {
    const step = Math.min(left, stepMinutesMax);
    left -= step;
    liveStep(sky, step, (to - left) * minuteMs, out);
  }
}

/** Goes to another game time as if none had passed. */
export function skipTo(sky: Sky, toMs: bigint): void {
  sky.gameMs = toMs;
}

function liveStep(sky: Sky, minutes: number, nowMs: number, out: Outlet): void {
  for (const front of sky.fronts) moveFront(front, minutes);
  sky.fronts = sky.fronts.filter((front) => !hasPassed(sky, front));
  for (const storm of sky.storms) {
    moveStorm(sky, storm, minutes, out.random);
    if (isOver(sky, storm)) tellStorm(sky, storm, nowMs, out);
    else if (isNews(sky, storm)) tellStorm(sky, storm, nowMs, out);
  }
  sky.storms = sky.storms.filter((storm) => !isOver(sky, storm));
  strike(sky, minutes, nowMs, out);
  bear(sky, minutes, nowMs, out);
}

/** Lets a storm and a front begin when chance has it. */
function bear(sky: Sky, minutes: number, nowMs: number, out: Outlet): void {
  const { random } = out;
  const rates = sky.regions.map((region) => birthRate(sky, region, sky.daylight));
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const stormComes = random.next() < 1 - Math.exp(-total * minutes);
  if (stormComes && sky.storms.length < stormsMax) {
    let rest = random.next() * total;
    const region = rates.findIndex((rate) => {
      rest -= rate;
      return rest < 0;
    });
    tellStorm(
      sky,
      bornOver(sky, region < 0 ? rates.lastIndexOf(Math.max(...rates)) : region, random),
      nowMs,
      out,
    );
  }
  const frontComes = random.next() < 1 - Math.exp(-frontRate(sky) * minutes);
  if (!frontComes || sky.fronts.length >= frontsMax) return;
  sky.fronts.push(comingFront(sky, random));
}

function isNews(sky: Sky, storm: Storm): boolean {
  return (
    storm.ageMinutes - storm.toldMinutes >= toldEveryMinutes ||
    regionAt(sky, storm.x, storm.y).name !== storm.region
  );
}

/** Says where a storm is and where it goes. */
export function tellStorm(
  sky: Sky,
  storm: Storm,
  nowMs: number,
  out: Pick<Outlet, "publish">,
): void {
  storm.region = regionAt(sky, storm.x, storm.y).name;
  storm.toldMinutes = storm.ageMinutes;
  out.publish(StormEventSchema, {
    storm: `storm.${storm.number}`,
    x: storm.x,
    y: storm.y,
    radiusM: radiusOf(storm),
    intensity: intensityOf(storm),
    velocityX: storm.velocityX,
    velocityY: storm.velocityY,
    region: storm.region,
    ended: isOver(sky, storm),
    gameMs: BigInt(nowMs),
  });
}
