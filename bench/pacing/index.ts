import { ask } from "../child.ts";
import { type Case, check, type Effort, type Table } from "../table.ts";
import type { LoopRequest } from "./game-loop.ts";
import { loads, percentiles } from "./loads.ts";
import { measureWorldPacing } from "./tellurion.ts";

const ticksFull = 600;
const warmTicks = 60;
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
  program: string,
  load: number,
  { scale }: Effort,
): Promise<readonly number[]> {
  const ticks = Math.max(10, Math.ceil(ticksFull * scale));
  const request: LoopRequest = { load, ticks, warmTicks: Math.ceil(warmTicks * scale) };
  const lateness = await ask<number[]>(new URL(program, import.meta.url), request);
  check(lateness.length === ticks, `${lateness.length} of ${ticks} ticks were counted`);
  return percentiles(lateness);
}

export const pacing: Table = {
  name: "pacing",
  about: "how late a frame begins after it should, at 60 frames a second",
  cases: loads.flatMap((load) => [
    pacingCase("tellurion", load, (effort) => measureWorldPacing(load, effort)),
    pacingCase("setinterval", load, (effort) => measureLoop("./interval-process.ts", load, effort)),
    {
      ...pacingCase("colyseus", load, (effort) =>
        measureLoop("../peers/colyseus-loop.mjs", load, effort),
      ),
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
