import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { check, type Effort, type Table } from "../table.ts";
import type { IdleAnswer, IdleRequest } from "./server.ts";

const start = fileURLToPath(new URL("./start.ts", import.meta.url));

/** Percent of a processor, MB, and ms from the start of the process to the end of its world's first frame. */
async function measureIdle(effort: Effort): Promise<readonly number[]> {
  const startedMs = performance.now();
  const child = fork(start, { execArgv: [] });
  const exited = once(child, "exit");
  const failed = exited.then(([code]) => {
    throw new Error(`the server ended with ${code}`);
  });
  failed.catch(() => {});
  const next = async (): Promise<IdleAnswer> =>
    (await Promise.race([once(child, "message"), failed]))[0] as IdleAnswer;
  const first = await next();
  const firstFrameMs = performance.now() - startedMs;
  check(first.what === "first-frame", "the server told of no first frame");
  const request: IdleRequest = { settleMs: effort.warmMs, watchMs: effort.measureMs * 3 };
  child.send(request);
  const idle = await next();
  check(idle.what === "idle", "the server told nothing of its idleness");
  await exited;
  return [idle.cpuPercent, idle.memoryMb, firstFrameMs];
}

export const idle: Table = {
  name: "idle",
  about: "the server with an empty world at 60 frames a second",
  cases: [
    {
      rows: [
        { row: "cpu", unit: "%" },
        { row: "memory", unit: "MB" },
        { row: "first-frame", unit: "ms" },
      ],
      run: measureIdle,
    },
  ],
  bars: [
    { what: "cpu", value: (median) => median("cpu"), most: 3 },
    { what: "memory", value: (median) => median("memory"), most: 150 },
    { what: "first-frame", value: (median) => median("first-frame"), most: 1_000 },
  ],
};
