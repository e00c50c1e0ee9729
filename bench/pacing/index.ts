import { ask } from "../child.ts";
import { type Case, check, type Effort, type Table } from "../table.ts";
import type { LoopRequest } from "./game-loop.ts";
import { loads, percentiles } from "./loads.ts";
import { measureWorldPacing } from "./tellurion.ts";

const ticksFull = 600;
const warmTicks = 60;
const intervalProcess = new URL("./interval-process.ts", import.meta.url);
const colyseusLoop = new URL("../peers/colyseus-loop.mjs", import.meta.url);
const percent = (load: number): string => `${load * 100}%`;

function pacingCase(
  name: string,
  load: number,
  run: (effort: Effort) => Promise<readonly number[]>,
): Case {
  const row = `${name}, ${percent(load)} load`;
  return { rows: ["p50", "p99"].map((which) => ({ row: `${row}, ${which}`, unit: "ms" })), run };
}

async function measureLoop(
  program: URL,
  load: number,
  { scale }: Effort,
): Promise<readonly number[]> {
  const ticks = Math.max(10, Math.ceil(ticksFull * scale));
  const request: LoopRequest = { load, ticks, warmTicks: Math.ceil(warmTicks * scale) };
  const lateness = await ask<number[]>(program, request);
  check(lateness.length === ticks, `${lateness.length} of ${ticks} ticks were counted`);
  return percentiles(lateness);
}

export const pacing: Table = {
  name: "pacing",
  about: "how late a frame begins after it should, at 60 frames a second",
  cases: loads.flatMap((load) => [
    pacingCase("tellurion", load, (effort) => measureWorldPacing(load, effort)),
    pacingCase("setinterval", load, (effort) => measureLoop(intervalProcess, load, effort)),
    {
      ...pacingCase("colyseus", load, (effort) => measureLoop(colyseusLoop, load, effort)),
      needsPeers: true,
    },
  ]),
  bars: [
    {
      what: "tellurion / setinterval, 50% load, p99",
      value: (median) => median("tellurion, 50% load, p99") / median("setinterval, 50% load, p99"),
      most: 1,
    },
  ],
};
