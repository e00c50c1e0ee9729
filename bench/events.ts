import { WeatherEventSchema } from "../src/gen/tellurion/v1/weather_pb.ts";
import { codecOf } from "../src/runtime/index.ts";

/**
 * The event that all rows carry: a weather event as a world sends it, names from small vocabularies and numbers that
 * vary. The n-th is the same in every row, so that what was handled can be compared with what was sent.
 */
export interface BenchEvent<GameMs = bigint> {
  oldState: string;
  newState: string;
  intensity: number;
  region: string;
  temperatureC: number;
  windMps: number;
  transitionSeconds: number;
  gameMs: GameMs;
}

const regions = [
  "coast",
  "delta",
  "east-fen",
  "high-moor",
  "isles",
  "lake-shire",
  "mid-vale",
  "north-marsh",
  "old-wood",
  "reach",
  "salt-flats",
  "south-downs",
  "steppe",
  "three-hills",
  "vale",
  "west-coast",
] as const;
const states = [
  "clear",
  "cloudy",
  "drizzle",
  "ground-fog",
  "light-rain",
  "overcast",
  "snowfall",
  "thunderstorm",
] as const;

/** Some way into the year 2000. */
const gameMs = 63_104_400_000_000n;

/** Chance of its own for each n: Knuth's multiplicative hash, and a second one. */
function draw(n: number): number {
  return Math.imul(n, 0x9e3779b1) >>> 0;
}

function drawAgain(bits: number): number {
  return Math.imul(bits ^ (bits >>> 15), 0x85ebca6b) >>> 0;
}

/** From 0 to 1, in all the digits that a computed number has. */
function share(bits: number): number {
  return bits / 0xffff_ffff;
}

export function eventAt(n: number): BenchEvent {
  return fieldsAt(n, gameMs);
}

/** The same for formats without 64-bit integers. */
export function plainEventAt(n: number): BenchEvent<number> {
  return fieldsAt(n, Number(gameMs));
}

function fieldsAt<GameMs>(n: number, gameMs: GameMs): BenchEvent<GameMs> {
  const bits = draw(n);
  const more = drawAgain(bits);
  return {
    oldState: states[bits & 7] as string,
    newState: states[(bits >>> 3) & 7] as string,
    intensity: share(more),
    region: regions[(bits >>> 13) & 15] as string,
    temperatureC: share(bits) * 50 - 15,
    windMps: share((bits ^ more) >>> 0) * 25,
    transitionSeconds: 480,
    gameMs,
  };
}

/** Makes an event the n-th, without allocating. */
export function fillEvent(event: BenchEvent, n: number): void {
  const bits = draw(n);
  const more = drawAgain(bits);
  event.oldState = states[bits & 7] as string;
  event.newState = states[(bits >>> 3) & 7] as string;
  event.intensity = share(more);
  event.region = regions[(bits >>> 13) & 15] as string;
  event.temperatureC = share(bits) * 50 - 15;
  event.windMps = share((bits ^ more) >>> 0) * 25;
}

/** The three fields that are read, as every format gives them. */
export interface ReadEvent {
  readonly region: string;
  readonly newState: string;
  readonly intensity: number;
}

/** What an event adds to a checksum: a function of the three fields, whole strings and all. */
export function digest({ region, newState, intensity }: ReadEvent): number {
  const place = region.charCodeAt(0) * 31 + region.charCodeAt(region.length - 1) + region.length;
  const state = newState.charCodeAt(0) * 17 + newState.length;
  // The schema's float has 32 bits; what was not rounded yet is rounded here.
  return Math.imul(place, state) + ((Math.fround(intensity) * 1e6) | 0);
}

/** Mean size of an event's encoding. */
export function meanBytes(): number {
  const codec = codecOf(WeatherEventSchema);
  const count = 4_096;
  let bytes = 0;
  for (let n = 0; n < count; n += 1) bytes += codec.toBytes(eventAt(n)).length;
  return bytes / count;
}
