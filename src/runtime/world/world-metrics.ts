import { ActorNames } from "./actor-names.ts";
import type { Kinds } from "./kinds.ts";
import type { WorldMemory } from "./memory.ts";
import { ActorMetrics, counter, deadLetterReasons, type WorkerMetrics } from "./metrics.ts";
import type { ActorLoad, WorldMetrics } from "./world.ts";

/** Adds up the counters of all workers. */
export function readMetrics(workers: readonly WorkerMetrics[], kinds: Kinds): WorldMetrics {
  const total = (index: number): number => workers.reduce((sum, w) => sum + w.get(index), 0);
  const conductor = (index: number): number => workers[0]?.get(index) ?? 0;
  const byReason = deadLetterReasons.map((reason) => {
    return [reason, workers.reduce((sum, w) => sum + w.deadLetters(reason), 0)] as const;
  });
  return {
    frame: conductor(counter.frames),
    actors: total(counter.actors),
    handled: total(counter.handled),
    published: total(counter.published),
    deadLetters: byReason.reduce((sum, [, count]) => sum + count, 0),
    deadLettersByReason: Object.fromEntries(byReason) as WorldMetrics["deadLettersByReason"],
    failures: total(counter.failures),
    lostOutput: total(counter.lostOutput),
    frameMsLast: conductor(counter.frameMsLast),
    frameMsMax: conductor(counter.frameMsMax),
    latenessMsLast: conductor(counter.latenessMsLast),
    latenessMsMax: conductor(counter.latenessMsMax),
    overruns: conductor(counter.overruns),
    laneBytes: total(counter.laneBytes),
    workers: workers.map((w) => ({ busyMs: w.get(counter.busyMs), actors: w.get(counter.actors) })),
    types: kinds.handlers.map(({ kind, name }, handler) => {
      const rows = workers.map((w) => w.handlerRow(handler));
      return {
        kind,
        type: name,
        handled: rows.reduce((sum, row) => sum + row.handled, 0),
        timeMs: rows.reduce((sum, row) => sum + row.timeMs, 0),
        depthMax: Math.max(...rows.map((row) => row.depthMax)),
      };
    }),
  };
}

/** Reads the rows of all actors. Takes time with the number of actors that the world can have. */
export function readBusiest(memory: WorldMemory, limit: number): ActorLoad[] {
  const names = new ActorNames(memory.names);
  const metrics = new ActorMetrics(memory.actorMetrics);
  const placement = new Uint8Array(memory.placement);
  const loads: ActorLoad[] = [];
  for (let actor = 1; actor < names.rows; actor += 1) {
    const address = names.at(actor);
    if (address === undefined) continue;
    loads.push({ address, worker: placement[actor] ?? 0, ...metrics.row(actor) });
  }
  return loads.sort((a, b) => b.timeMs - a.timeMs).slice(0, limit);
}
