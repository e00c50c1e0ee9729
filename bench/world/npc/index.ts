import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Case, Table } from "../../table.ts";
import type { CrowdOrder, CrowdResult } from "./worker.ts";

const frames = 1_800;
const framesLeast = 180;

function crowdOf(name: string, order: Omit<CrowdOrder, "frames">): Case {
  return {
    rows: [
      { row: `${name}-mean`, unit: "ms/frame" },
      { row: `${name}-p99`, unit: "ms/frame" },
    ],
    async run({ scale }) {
      const workerData: CrowdOrder = {
        ...order,
        npcs: Math.max(2_000, Math.ceil(order.npcs * scale)),
        frames: Math.max(framesLeast, Math.ceil(frames * scale)),
      };
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
      const [result] = (await once(worker, "message")) as [CrowdResult];
      return [result.meanMs, result.p99Ms];
    },
  };
}

export const npcs: Table = {
  name: "npcs",
  about: "frames of a world of NPCs at 60 Hz, an hour of game time a minute, on one worker",
  cases: [
    crowdOf("10k-near-players", { npcs: 10_000, regions: 8, withPlayers: 8 }),
    crowdOf("100k-by-detail", { npcs: 100_000, regions: 40, withPlayers: 2 }),
  ],
  bars: [
    { what: "10k-near-players-mean", value: (median) => median("10k-near-players-mean"), most: 4 },
    { what: "10k-near-players-p99", value: (median) => median("10k-near-players-p99"), most: 4 },
    { what: "100k-by-detail-mean", value: (median) => median("100k-by-detail-mean"), most: 4 },
    { what: "100k-by-detail-p99", value: (median) => median("100k-by-detail-p99"), most: 4 },
  ],
};
