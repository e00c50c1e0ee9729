import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Case, Table } from "../../table.ts";
import type { CrowdOrder, CrowdResult } from "./worker.ts";

const frames = 1_800;
const framesLeast = 180;
/** The same world three times: a frame does the same in each, so what differs is the machine's doing. */
const repeats = 3;

function crowdOf(name: string, order: Omit<CrowdOrder, "frames" | "repeats">): Case {
  return {
    rows: [
      { row: `${name}-mean`, unit: "ms/frame" },
      { row: `${name}-p99`, unit: "ms/frame" },
    ],
    async run({ scale }) {
      const workerData: CrowdOrder = {
        ...order,
        npcs: Math.max(2_000, Math.ceil(order.npcs * scale)),
        repeats: scale < 1 ? 1 : repeats,
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
  about:
    "frames of a world of NPCs, 60 Hz, a game hour in a minute, one worker; each the least of three runs",
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
