import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { MoveSchema, SettlementSchema } from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { type BenchEvent, eventAt, plainEventAt } from "../events.ts";
import { moveAt, type Payload } from "../payloads.ts";

/** A type of message that all libraries encode and read. */
export interface Kind extends Omit<Payload, "digest"> {
  /** Looks at every field but 64-bit integers, which libraries read as three different things. */
  readonly weigh: (message: never) => number;
  /** Looks at one field. */
  readonly glance: (message: never) => number;
}

type Weather = Omit<BenchEvent, "gameMs">;
type Move = ReturnType<typeof moveAt>;
type Settlement = ReturnType<typeof settlementAt>;

const residents = 8;
const prices = 16;

/** Messages in a message, a list of them, and lists of numbers: about 450 bytes. */
function settlementAt(n: number) {
  const place = (i: number) => ({ x: moveAt(n + i).x, y: moveAt(n + i).y });
  return {
    name: plainEventAt(n).region,
    place: place(0),
    residents: Array.from({ length: residents }, (_, i) => ({
      name: plainEventAt(n + i).newState,
      place: place(i + 1),
      mood: plainEventAt(n + i).windMps,
      skills: [1 + (i & 3), 100 + ((n + i) & 255), 5 + (n & 7)],
    })),
    prices: Array.from({ length: prices }, (_, i) => 1 + ((n * 31 + i * 7) % 1_000)),
  };
}

/** The schema's floats have 32 bits; what was not rounded yet is rounded here. */
function whole(float: number): number {
  return (Math.fround(float) * 2 ** 16) | 0;
}

function weighWeather(event: Weather): number {
  const { oldState, newState, region, intensity, temperatureC, windMps, transitionSeconds } = event;
  const texts = oldState.length + newState.length + region.length;
  return texts + whole(intensity) + whole(temperatureC) + whole(windMps) + transitionSeconds;
}

function weighSettlement({ name, place, residents, prices }: Settlement): number {
  let sum = name.length + ((place.x + place.y) | 0);
  for (const { name, place, mood, skills } of residents) {
    sum += name.length + ((place.x + place.y + mood) | 0);
    for (const skill of skills) sum += skill;
  }
  for (const price of prices) sum += price;
  return sum;
}

export const kinds = {
  weather: {
    schema: WeatherEventSchema,
    at: eventAt,
    plainAt: plainEventAt,
    weigh: weighWeather,
    glance: ({ newState }: Weather) => newState.length,
  },
  numeric: {
    schema: MoveSchema,
    at: moveAt,
    plainAt: moveAt,
    weigh: ({ entity, x, y, pace }: Move) => entity + ((x + y) | 0) + pace,
    glance: ({ x }: Move) => x | 0,
  },
  nested: {
    schema: SettlementSchema,
    at: settlementAt,
    plainAt: settlementAt,
    weigh: weighSettlement,
    glance: ({ prices }: Settlement) => prices[3] as number,
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
