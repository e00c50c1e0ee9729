import { SkyTurnSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import type { ActorContext } from "../../runtime/index.ts";
import { trendOf } from "./chances.ts";
import { addFront, type FrontEffect } from "./fronts.ts";
import { cellX, cellY, gridOf, type RegionUnder, type Sky } from "./grid.ts";
import { intensityOf, radiusOf } from "./storms.ts";
import { dryHumidity, frontRain, stormAdds, sum, sumsPerRegion } from "./sums.ts";
import { type Exposure, surfaceChannels, weatherSurface } from "./surface.ts";
import { tellRegion } from "./telling.ts";

/** Frames that a pass over all rows takes at least, and one over all regions. */
const rowFrames = 32;
const regionFrames = 16;

/** A region's outlook looks at each storm: so many times in a frame at most. */
const looksPerFrameMax = 512;

/** Begins a pass, if there is time that none has stood for and none is under way. */
export function beginPass(sky: Sky, ctx: Pick<ActorContext, "schedule">): void {
  if (sky.passMinutes > 0) {
    // A turn that threw has not asked for the next one.
    if (sky.timer === 0) sky.timer = ctx.schedule(0, SkyTurnSchema, {});
    return;
  }
  if (sky.owedMinutes < 1) return;
  sky.passMinutes = sky.owedMinutes;
  sky.owedMinutes = 0;
  sky.passRow = 0;
  sky.passRegion = 0;
  sky.sums.fill(0);
  sky.timer = ctx.schedule(0, SkyTurnSchema, {});
}

/** Goes on with a pass: a share of the rows, and then of the regions, in each frame. */
export function goOn(sky: Sky, ctx: Pick<ActorContext, "schedule" | "publish" | "send">): void {
  sky.timer = 0;
  if (sky.passMinutes === 0) return;
  if (sky.passRow < sky.cellsY) {
    const rows = Math.ceil(sky.cellsY / rowFrames);
    const end = Math.min(sky.cellsY, sky.passRow + rows);
    for (; sky.passRow < end; sky.passRow += 1) passRow(sky, sky.passRow);
  } else {
    const end = Math.min(sky.regions.length, sky.passRegion + regionsPerFrame(sky));
    const trend = trendOf(sky);
    for (; sky.passRegion < end; sky.passRegion += 1) tellRegion(sky, sky.passRegion, trend, ctx);
  }
  if (sky.passRegion < sky.regions.length) {
    sky.timer = ctx.schedule(0, SkyTurnSchema, {});
    return;
  }
  sky.passMinutes = 0;
  beginPass(sky, ctx);
}

function regionsPerFrame(sky: Sky): number {
  const budgeted = Math.floor(looksPerFrameMax / (sky.storms.length + 1));
  return Math.min(Math.ceil(sky.regions.length / regionFrames), budgeted);
}

/** Lets the ground of a row lie in its weather, and adds up what is over its regions. */
function passRow(sky: Sky, row: number): void {
  const { regions, surface } = gridOf(sky);
  const y = cellY(sky, row);
  const storms = stormsOver(sky, y);
  const effect: FrontEffect = { band: 0, windMps: 0, temperatureC: 0, pressureHpa: 0 };
  const weather: Exposure = {
    ...{ temperatureC: 0, windMps: 0, humidity: 0, sun: 0, rain: 0, snow: 0, dust: 0 },
  };
  for (let column = 0; column < sky.cellsX; column += 1) {
    const cell = row * sky.cellsX + column;
    const number = regions[cell] as number;
    const region = sky.regions[number] as RegionUnder;
    const storm = storms[column] as number;
    effect.band = 0;
    effect.windMps = 0;
    effect.temperatureC = 0;
    effect.pressureHpa = 0;
    for (const front of sky.fronts) addFront(effect, front, cellX(sky, column), y);
    expose(weather, sky, region, storm, effect);
    if (region.air !== undefined) weatherSurface(surface, cell, weather, sky.passMinutes);
    addUp(sky, number, cell, storm, effect, surface);
  }
}

/** How much of a storm there is over each cell of a row whose middle is at `y`. */
function stormsOver(sky: Sky, y: number): Float64Array {
  const over = new Float64Array(sky.cellsX);
  // A storm that is smaller than a cell would slip through between the middles of cells.
  const radiusMin = 0.6 * Math.hypot(sky.widthM / sky.cellsX, sky.heightM / sky.cellsY);
  for (const storm of sky.storms) {
    const radius = Math.max(radiusMin, radiusOf(storm));
    const dy = y - storm.y;
    if (Math.abs(dy) >= radius) continue;
    const intensity = intensityOf(storm);
    for (let column = 0; column < sky.cellsX; column += 1) {
      const dx = cellX(sky, column) - storm.x;
      const share = 1 - (dx * dx + dy * dy) / (radius * radius);
      if (share <= 0) continue;
      // As strong as in the middle over half of its area.
      over[column] = Math.max(over[column] as number, intensity * Math.min(1, 2 * share));
    }
  }
  return over;
}

/** The weather of a cell: its region's own, and what the sky adds to it. */
function expose(
  weather: Exposure,
  sky: Sky,
  { air }: RegionUnder,
  storm: number,
  front: FrontEffect,
): void {
  if (air === undefined) return;
  weather.temperatureC = air.temperatureC + front.temperatureC + stormAdds.temperatureC * storm;
  weather.windMps = air.windMps + front.windMps + stormAdds.windMps * storm;
  weather.humidity = air.humidity;
  const cloud = 1 - (1 - air.cloud) * (1 - storm) * (1 - front.band);
  weather.sun = sky.daylight * (1 - cloud);
  const more = 1 - (1 - storm) * (1 - frontRain * front.band);
  const falls = more + Math.max(air.rain, air.snow) * (1 - more);
  const frost = weather.temperatureC <= 0 ? 1 : 0;
  const isDry = air.humidity < dryHumidity;
  weather.rain = isDry ? air.rain : falls * (1 - frost);
  weather.snow = isDry ? air.snow : falls * frost;
  weather.dust = isDry ? 1 - (1 - air.dust) * (1 - more) : air.dust;
}

function addUp(
  sky: Sky,
  region: number,
  cell: number,
  storm: number,
  front: FrontEffect,
  surface: Float32Array,
): void {
  const { sums } = sky;
  const start = region * sumsPerRegion;
  const add = (index: number, value: number): void => {
    sums[start + index] = (sums[start + index] as number) + value;
  };
  add(sum.storm, storm);
  sums[start + sum.stormMost] = Math.max(sums[start + sum.stormMost] as number, storm);
  add(sum.front, front.band);
  add(sum.windMps, front.windMps);
  add(sum.temperatureC, front.temperatureC);
  add(sum.pressureHpa, front.pressureHpa);
  for (let i = 0; i < surfaceChannels; i += 1) {
    add(sum.surface + i, surface[cell * surfaceChannels + i] as number);
  }
}
