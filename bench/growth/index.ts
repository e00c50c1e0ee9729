import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Case, Table } from "../table.ts";
import type { GrowthOrder } from "./worker.ts";

const actorCounts = [100, 1_000, 10_000, 100_000, 1_000_000] as const;
const activeShare = 0.01;
const eventCounts = [100, 1_000, 10_000, 100_000] as const;
const actorsOfEvents = 1_000;
const framesFull = 240;
const framesLeast = 20;
/** A million actors need more than a thread has by default on a small machine. */
const heapMbMax = 4_096;
const unit = "ms/frame";

/** The sizes in the rows' names are those of a real run; a smoke run's are a fraction of them. */
function growthCase(rows: readonly string[], actors: number, messages: readonly number[]): Case {
  return {
    rows: rows.map((row) => ({ row, unit })),
    async run({ scale }) {
      const workerData: GrowthOrder = {
        actors: Math.max(100, Math.ceil(actors * scale)),
        messages: messages.map((count) => Math.ceil(count * scale)),
        frames: Math.max(framesLeast, Math.ceil(framesFull * scale)),
      };
      const worker = new Worker(new URL("./worker.ts", import.meta.url), {
        workerData,
        resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
      });
      const [medians] = await once(worker, "message");
      await worker.terminate();
      return medians as readonly number[];
    },
  };
}

export const growth: Table = {
  name: "growth",
  about:
    "what a frame takes on one worker with more and more actors, idle or with one in 100 active, and events",
  cases: [
    ...actorCounts.map((count) =>
      growthCase([`idle, ${count} actors`, `1% active, ${count} actors`], count, [
        0,
        count * activeShare,
      ]),
    ),
    growthCase(
      eventCounts.map((count) => `handled, ${count} events`),
      actorsOfEvents,
      eventCounts,
    ),
  ],
  bars: [],
};
