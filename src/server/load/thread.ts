import { monitorEventLoopDelay } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { type EncodedMeasures, Measures } from "./measures.ts";
import type { LoadShare } from "./plan.ts";
import { Player, type PlayerGround } from "./player.ts";

/** How well a thread of the tool kept up. */
export interface ThreadHealth {
  /** Share of a core that it used while it was measuring. */
  readonly cpuShare: number;
  readonly loopDelayP99Ms: number;
  readonly measuredMs: number;
}

export interface ThreadResult {
  readonly measures: EncodedMeasures;
  readonly health: ThreadHealth;
}

const delayResolutionMs = 5;
const nanosPerMs = 1e6;
const microsPerMs = 1_000;

const share = workerData as LoadShare;
const stop = Promise.withResolvers<void>();
parentPort?.once("message", () => stop.resolve());

/** Waits until a time, or until the run is to end. */
async function untilMs(atMs: number): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const handle = setTimeout(timer.resolve, Math.max(0, atMs - performance.now()));
  await Promise.race([timer.promise, stop.promise]);
  clearTimeout(handle);
}

async function run(): Promise<ThreadResult> {
  const measures = new Measures();
  const ground: PlayerGround = { plan: share, measures, isMeasuring: false, places: undefined };
  const players: Player[] = [];
  const startMs = performance.now();
  const joining: Promise<void>[] = [];
  for (let number = share.first; number < share.clients; number += share.threads) {
    const intendedMs = startMs + (number / share.joinsPerSecond) * 1_000;
    await untilMs(intendedMs);
    const player = new Player(ground, number);
    players.push(player);
    joining.push(player.join(intendedMs));
  }
  // Each of them ends after a bounded time.
  await Promise.race([Promise.all(joining), stop.promise]);
  await untilMs(performance.now() + share.warmUpMs);
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delay.enable();
  const cpuBefore = process.threadCpuUsage();
  const beginMs = performance.now();
  for (const player of players) player.beginMeasuring();
  ground.isMeasuring = true;
  await untilMs(beginMs + share.seconds * 1_000);
  const measuredMs = performance.now() - beginMs;
  const { user, system } = process.threadCpuUsage(cpuBefore);
  delay.disable();
  await Promise.all(players.map((player) => player.leave()));
  ground.isMeasuring = false;
  return {
    measures: measures.encode(),
    health: {
      cpuShare: (user + system) / microsPerMs / measuredMs,
      loopDelayP99Ms: Math.max(0, delay.percentile(99) / nanosPerMs - delayResolutionMs),
      measuredMs,
    },
  };
}

parentPort?.postMessage(await run());
