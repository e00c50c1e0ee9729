import type { Table } from "../table.ts";
import { measureJournalCost } from "./journal-cost.ts";
import { measureLostWorker } from "./lost-worker.ts";
import { measureOpening } from "./opening.ts";
import { replayLedger, replaySample, replayWorkers } from "./replay.ts";

const replayRows = (world: string) =>
  replayWorkers.map((workers) => ({ row: `replay-${world}-${workers}`, unit: "x real time" }));

export const durability: Table = {
  name: "durability",
  about: "what it costs to keep a world, and how fast it is there again",
  cases: [
    {
      rows: [
        { row: "frame-unkept", unit: "ms" },
        { row: "frame-kept", unit: "ms" },
        { row: "kept / unkept", unit: "x" },
        { row: "kept / unkept, mean", unit: "x" },
      ],
      run: measureJournalCost,
    },
    { rows: replayRows("sample"), run: replaySample },
    { rows: replayRows("ledger"), run: replayLedger },
    { rows: [{ row: "open-million", unit: "ms" }], run: measureOpening },
    {
      rows: [
        { row: "lost-worker", unit: "ms" },
        { row: "lost-worker, longest", unit: "ms" },
      ],
      run: measureLostWorker,
    },
  ],
  bars: [
    { what: "kept / unkept", value: (median) => median("kept / unkept"), most: 1.03 },
    { what: "replay-sample-1", value: (median) => median("replay-sample-1"), least: 50 },
    { what: "replay-ledger-1", value: (median) => median("replay-ledger-1"), least: 50 },
    { what: "open-million", value: (median) => median("open-million"), most: 5_000 },
    {
      what: "lost-worker, longest",
      value: (median) => median("lost-worker, longest"),
      most: 250,
    },
  ],
};
