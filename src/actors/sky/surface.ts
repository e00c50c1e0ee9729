import type { Surface as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import type { Plain } from "../common/plain.ts";

export type Surface = Plain<Message>;

/** What is kept of a cell's ground, in this order. */
export const surfaceChannels = 5;

/** The weather that a cell's ground lies in. */
export interface Exposure {
  temperatureC: number;
  windMps: number;
  humidity: number;
  /** How much sun reaches the ground, 0 to 1. */
  sun: number;
  rain: number;
  snow: number;
  dust: number;
}

/** Minutes of the heaviest rain that make everything wet, and wash all dust away. */
const wettingMinutes = 20;
const washingMinutes = 15;

/** Minutes of the heaviest dust that cover everything. */
const dustingMinutes = 90;

/** Minutes that wet ground needs to dry by two thirds: in still, damp shade. */
const dryingMinutes = 360;

/** Mud comes from ground that is wetter than this, in so many minutes, and dries slower than what is wet. */
const muddyFrom = 0.5;
const muddyMinutes = 180;
const mudSlowness = 4;

/** Metres of snow in a minute of the heaviest snowfall, and what a degree melts of them in a minute. */
const snowfallM = 0.05 / 60;
const meltM = 0.006 / 60;
const snowMaxM = 2;

/** Metres of snow whose water makes dry ground wet. */
const snowPerWetnessM = 0.03;

/** Minutes in which wet ground freezes at -5 °C, and in which ice melts at 3 °C. */
const freezingMinutes = 60;
const meltingMinutes = 60;

/** What has become less than this is gone: what decays comes to an end. */
const leastKept = 0.001;

/** Lets a cell's ground lie in the weather for some minutes. */
export function weatherSurface(
  surface: Float32Array,
  cell: number,
  weather: Exposure,
  minutes: number,
): void {
  const start = cell * surfaceChannels;
  const { temperatureC, rain, snow, dust } = weather;
  let wetness = (surface[start] as number) + (rain * minutes) / wettingMinutes;
  let snowM = (surface[start + 1] as number) + snow * snowfallM * minutes;
  let ice = surface[start + 2] as number;
  let mud = surface[start + 3] as number;
  let dusty = (surface[start + 4] as number) + (dust * minutes) / dustingMinutes;
  if (temperatureC > 0) {
    const melted = Math.min(snowM, (temperatureC + 4 * rain) * meltM * minutes);
    const thawed = Math.min(ice, (temperatureC / 3) * (minutes / meltingMinutes));
    snowM -= melted;
    ice -= thawed;
    wetness += melted / snowPerWetnessM + thawed;
  } else {
    const frozen =
      Math.min(1, wetness) * Math.min(1, (-temperatureC / 5) * (minutes / freezingMinutes));
    wetness -= frozen;
    ice += frozen;
  }
  wetness = Math.min(1, wetness);
  if (temperatureC > 0 && wetness > muddyFrom) {
    mud += ((wetness - muddyFrom) / (1 - muddyFrom)) * (minutes / muddyMinutes);
  }
  if (wetness > 0 || mud > 0) {
    const drying = dryingRate(weather) * minutes;
    if (rain < 0.05) wetness *= Math.exp(-drying);
    if (wetness <= muddyFrom) mud *= Math.exp(-drying / mudSlowness);
  }
  dusty -= (rain / washingMinutes + weather.windMps / 40_000) * minutes;
  keep(surface, start, wetness, 1);
  keep(surface, start + 1, snowM, snowMaxM);
  keep(surface, start + 2, ice, 1);
  keep(surface, start + 3, mud, 1);
  keep(surface, start + 4, dusty, 1);
}

/** What a minute takes of what is wet: sun, wind and warm, dry air dry, frost hardly does. */
function dryingRate({ temperatureC, windMps, humidity, sun }: Exposure): number {
  const warmth = Math.max(0.1, 0.5 + temperatureC / 20);
  return ((0.3 + 2 * sun + windMps / 10) * warmth * (1.3 - humidity)) / dryingMinutes;
}

function keep(surface: Float32Array, index: number, value: number, most: number): void {
  const isLeaving = value <= (surface[index] as number);
  surface[index] = value < (isLeaving ? leastKept : 0) ? 0 : Math.min(value, most);
}

/** A cell's ground. */
export function surfaceOf(surface: Float32Array, cell: number): Surface {
  const start = cell * surfaceChannels;
  return {
    wetness: surface[start] as number,
    snowDepthM: surface[start + 1] as number,
    ice: surface[start + 2] as number,
    mud: surface[start + 3] as number,
    dust: surface[start + 4] as number,
  };
}

/** Whether two grounds differ by as much as `share` of what there can be, and snow by `snowM`. */
export function differ(a: Surface, b: Surface, share: number, snowM: number): boolean {
  return (
    Math.abs(a.wetness - b.wetness) >= share ||
    Math.abs(a.snowDepthM - b.snowDepthM) >= snowM ||
    Math.abs(a.ice - b.ice) >= share ||
    Math.abs(a.mud - b.mud) >= share ||
    Math.abs(a.dust - b.dust) >= share
  );
}
