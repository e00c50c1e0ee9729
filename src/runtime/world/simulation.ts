import { WorkerMetrics } from "./metrics.ts";
import { showHash } from "./state-hash.ts";
import type { WorldOptions } from "./world.ts";
import { readMetrics } from "./world-metrics.ts";
import { loadParts, newLaunch, WorldThreads } from "./world-threads.ts";

/** What a headless run came to. All but `wallMs` is the same for the same options, whatever the number of workers. */
export interface SimulationResult {
  readonly frames: number;
  readonly events: number;
  /** Events by the full name of their message. */
  readonly eventsByType: Readonly<Record<string, number>>;
  readonly handled: number;
  readonly deadLetters: number;
  readonly wallMs: number;
  /** State hash after the last frame: 16 hexadecimal digits. */
  readonly hash: string;
}

/** Runs a world for a number of frames as fast as it goes, keeps nothing, and tells what came of it. */
export async function simulate(options: WorldOptions, frames: number): Promise<SimulationResult> {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const parts = await loadParts(options);
  const threads = await WorldThreads.start(options, parts, newLaunch(frames), {
    output: () => {},
    lost: ({ error }) => failure.reject(error),
  });
  const started = performance.now();
  const hash = await Promise.race([threads.ended, failure.promise]);
  const wallMs = performance.now() - started;
  await threads.stop();
  const { kinds, catalogue } = parts;
  const { memory } = threads;
  const workers = memory.workerMetrics.map(
    (shared) => new WorkerMetrics(shared, kinds.handlers.length, catalogue.messages.length),
  );
  const { handled, deadLetters, published } = readMetrics(workers, kinds);
  const eventsByType = catalogue.messages.flatMap(({ id, desc, event }) => {
    const count = workers.reduce((sum, worker) => sum + worker.published(id), 0);
    return event && count > 0 ? [[desc.typeName, count] as const] : [];
  });
  return {
    frames,
    events: published,
    eventsByType: Object.fromEntries(eventsByType),
    handled,
    deadLetters,
    wallMs,
    hash: showHash(hash),
  };
}
