import { askFramework } from "../exchange/peer-frameworks.ts";
import { type Case, check, type Effort, type Table } from "../table.ts";
import { measureMainToWorker, measureWaitNotify, measureWorkerToWorker } from "./baselines.ts";
import type { Samples } from "./exchange.ts";
import { measurePiscina } from "./piscina.ts";
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

function peerCase(row: string, peer: "nact" | "comedy", args: readonly string[] = []): Case {
  const measure = async (effort: Effort) => (await askFramework(peer, "ask", effort, args)).us;
  return { ...tripCase(row, measure), needsPeers: true };
}

export const roundTrip: Table = {
  name: "round-trip",
  about:
    "a question and its answer, to another thread or in one: the median trip, and the 99th of 100",
  cases: [
    tripCase("tellurion-ask", (effort) => measureAsk(2, effort)),
    tripCase("postmessage-worker-worker", measureWorkerToWorker),
    tripCase("postmessage-main-worker", measureMainToWorker),
    tripCase("atomics-wait-notify", measureWaitNotify),
    tripCase("piscina-run", measurePiscina),
    peerCase("comedy-ask, two threads", "comedy"),
    tripCase("tellurion-ask, one worker", (effort) => measureAsk(1, effort)),
    peerCase("nact-query, one thread", "nact"),
    peerCase("comedy-ask, one thread", "comedy", ["in-memory"]),
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
