import { type Case, check, type Effort, type Table } from "../table.ts";
import { measureMainToWorker, measureWaitNotify, measureWorkerToWorker } from "./baselines.ts";
import type { Samples } from "./exchange.ts";
import { measureAsk } from "./tellurion.ts";

function tripCase(row: string, measure: (effort: Effort) => Promise<Samples>): Case {
  return {
    rows: [
      { row, unit: "us" },
      { row: `${row}-p99`, unit: "us" },
    ],
    async run(effort) {
      const sorted = (await measure(effort)).toSorted((a, b) => a - b);
      check(sorted.length >= 100, `${sorted.length} round trips are too few`);
      return [0.5, 0.99].map((share) => sorted[Math.floor(sorted.length * share)] as number);
    },
  };
}

export const roundTrip: Table = {
  name: "round-trip",
  about: "a question to another thread and its answer: the median trip, and the 99th of 100",
  cases: [
    tripCase("tellurion-ask", measureAsk),
    tripCase("postmessage-worker-worker", measureWorkerToWorker),
    tripCase("postmessage-main-worker", measureMainToWorker),
    tripCase("atomics-wait-notify", measureWaitNotify),
  ],
  bars: [
    { what: "tellurion-ask", value: (median) => median("tellurion-ask"), most: 20 },
    {
      what: "tellurion-ask / postmessage-worker-worker",
      value: (median) => median("tellurion-ask") / median("postmessage-worker-worker"),
      most: 1,
    },
  ],
};
