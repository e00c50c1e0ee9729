import { setTimeout as delay } from "node:timers/promises";
import { serve } from "../../src/server/compose.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { createLog } from "../../src/server/log.ts";

/** How long the process is left alone, and then watched. */
export interface IdleRequest {
  readonly settleMs: number;
  readonly watchMs: number;
}

/** What the process says, in this order. */
export type IdleAnswer =
  | { readonly what: "first-frame" }
  | { readonly what: "idle"; readonly cpuPercent: number; readonly memoryMb: number };

/** The whole server, with the product's actors and a world in which there are none. */
const server = await serve({
  world: {
    name: "empty",
    seed: 1,
    workers: 1,
    tickHz: 60,
    actorsModule: new URL("../../src/actors/index.ts", import.meta.url),
    bootstrap: [],
  },
  host: "127.0.0.1",
  port: 0,
  limits: defaultLimits,
  log: createLog(() => {}),
});
const answer = (message: IdleAnswer): void => void process.send?.(message);
while (server.world.frame === 0) await delay(1);
answer({ what: "first-frame" });

process.once("message", async ({ settleMs, watchMs }: IdleRequest) => {
  await delay(settleMs);
  const frame = server.world.frame;
  const startedMs = performance.now();
  const before = process.cpuUsage();
  await delay(watchMs);
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - startedMs;
  const frames = server.world.frame - frame;
  const framesDue = (elapsedMs * 60) / 1_000;
  if (frames < framesDue / 2 - 2) throw new Error(`${frames} of ${framesDue} frames ran`);
  answer({
    what: "idle",
    cpuPercent: (user + system) / 10 / elapsedMs,
    memoryMb: process.memoryUsage.rss() / 2 ** 20,
  });
  await server.close();
  process.disconnect?.();
});
