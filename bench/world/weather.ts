import { readFile } from "node:fs/promises";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { actors } from "../../src/actors/index.ts";
import { ConfigureClockSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import {
  ClimateSchema,
  ConfigureSkySchema,
  ConfigureWeatherSchema,
  type SkyState,
} from "../../src/gen/tellurion/v1/weather_pb.ts";
import type { Bootstrap } from "../../src/runtime/host.ts";
import { encodeBootstrap } from "../../src/runtime/world/bootstrap.ts";
import { inlineWorldOf, stateAt } from "../inline-world.ts";
import { check, type Table } from "../table.ts";

const tickHz = 60;
const scale = 60;
const cellsPerSide = 64;
const regions = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** Many more storms than any climate has, so that the figure is no lucky day's. */
const stormsPerDay = 1_000;
const stormsLeast = 20;

/** Until the storms are many and everything is compiled: three game hours. */
const warmFrames = 180 * tickHz;
const measuredFrames = 120 * tickHz;
const folder = new URL("../../worlds/sample/", import.meta.url);

export const worldWeather: Table = {
  name: "world-weather",
  about:
    "a frame of clock, sky of 64 x 64 cells and weather of 8 regions; a game minute is 60 frames",
  cases: [
    {
      rows: [
        { row: "frame, mean", unit: "ms" },
        { row: "frame, p99", unit: "ms" },
      ],
      run: ({ scale: effort }) => frameTimes(Math.max(240, Math.ceil(measuredFrames * effort))),
    },
  ],
  bars: [
    { what: "mean", value: (median) => median("frame, mean"), most: 0.3 },
    { what: "p99", value: (median) => median("frame, p99"), most: 0.3 },
  ],
};

/** The mean and the 99th percentile of the time that frames take, in a world in this thread. */
async function frameTimes(frames: number): Promise<readonly number[]> {
  const world = inlineWorldOf(actors);
  const inputs = encodeBootstrap(await bootstrap());
  world.runFrame(inputs);
  for (let i = 0; i < warmFrames; i += 1) world.runFrame([]);
  const times: number[] = [];
  for (let i = 0; i < frames; i += 1) {
    const startedMs = performance.now();
    world.runFrame([]);
    times.push(performance.now() - startedMs);
  }
  const { storms, gameMs } = stateAt(world, "sky/main") as SkyState;
  check(storms.length >= stormsLeast, `there are ${storms.length} storms only`);
  const minutes = Math.floor((frames + warmFrames) / tickHz);
  check(Number(gameMs) >= (minutes - 1) * 60_000, `the sky has come to ${gameMs} ms only`);
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  return [mean, times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] as number];
}

async function bootstrap(): Promise<Bootstrap[]> {
  const read = async (file: string): Promise<JsonValue> => {
    return JSON.parse(await readFile(new URL(file, folder), "utf8")) as JsonValue;
  };
  const { clock } = (await read("world.json")) as { clock: JsonValue };
  const climate = fromJson(ClimateSchema, await read("climates/marsh.json"));
  const { calendar } = fromJson(ConfigureClockSchema, clock);
  if (calendar === undefined) throw new Error("the sample world has no calendar");
  return [
    {
      address: "clock/main",
      type: ConfigureClockSchema,
      message: { calendar, scale, start: { case: "startGameMs", value: 0n } },
    },
    ...regions.map((region): Bootstrap => {
      return { address: `weather/${region}`, type: ConfigureWeatherSchema, message: { climate } };
    }),
    {
      address: "sky/main",
      type: ConfigureSkySchema,
      message: {
        ...{ widthM: 40_000, heightM: 40_000, cellsX: cellsPerSide, cellsY: cellsPerSide },
        regions: regions.map((name) => ({ name, climate: "marsh", stormsPerDay })),
        sites: regions.map((region, i) => ({
          region,
          x: 5_000 + 10_000 * (i % 4),
          y: 10_000 + 20_000 * Math.floor(i / 4),
        })),
      },
    },
  ];
}
