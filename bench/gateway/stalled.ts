import { setTimeout as delay } from "node:timers/promises";
import { type Bar, type Case, check, type Effort } from "../table.ts";
import { groupSize, hz } from "./crowd.ts";
import type { ClientsOrder, ClientsSaid, ServerOrder, ServerSaid, Size } from "./messages.ts";
import { answer, type Processes, startProcesses } from "./processes.ts";

/** How often the server's metrics are read. */
const pollMs = 200;
/** For lanes to fill, and for clients to be given up that take nothing. */
const waitMsMax = 60_000;
/** As long as it takes to fill the lanes of those that are stalled: the others do as much work. */
const calmMs = 4_000;
const settleFactor = 4;
const measureFactor = 5;
const measureMsLeast = 600;

const prefix = "tellurion_gateway_";

/** Clients of which some read nothing; and the same with all of them reading. What is measured is the others. */
export const stalledCases: readonly Case[] = [caseOf("calm"), caseOf("stalled")];

export const stalledBars: readonly Bar[] = [
  {
    what: "p99 of the others with stalled clients / without",
    value: (median) => median("stalled-p99") / median("calm-p99"),
    most: 1.05,
  },
  {
    what: "memory with stalled clients, after / before",
    value: (median) => median("stalled-memory") / median("stalled-memory-before"),
    most: 1.05,
  },
  {
    what: "stalled clients that were lost without a coded reason",
    value: (median) => median("stalled-gone") - median("stalled-closed-too-slow"),
    most: 0,
  },
];

function sizeFor({ scale }: Effort): Size {
  const slow = Math.max(2, Math.ceil(50 * scale));
  return {
    clients: Math.max(20, Math.ceil(1_000 * scale)) - slow,
    entities: groupSize * Math.max(2, Math.ceil(40 * scale)),
    slow,
  };
}

function caseOf(name: "calm" | "stalled"): Case {
  const isStalled = name === "stalled";
  return {
    rows: [
      { row: `${name}-p50`, unit: "ms" },
      { row: `${name}-p99`, unit: "ms" },
      { row: `${name}-memory-before`, unit: "MB" },
      { row: `${name}-memory`, unit: "MB" },
      ...(isStalled
        ? [
            { row: "stalled-gone", unit: "clients" },
            { row: "stalled-closed-too-slow", unit: "clients" },
          ]
        : []),
    ],
    async run(effort) {
      const size = sizeFor(effort);
      const processes = startProcesses("tellurion", size);
      try {
        return await measure(processes, size, effort, isStalled);
      } finally {
        processes.end();
      }
    },
  };
}

async function measure(
  { server, clients }: Processes,
  size: Size,
  effort: Effort,
  stalled: boolean,
): Promise<number[]> {
  const tell = (order: ClientsOrder) => clients.send(order);
  const { port } = await answer<ServerSaid, "listening">(server, "listening");
  tell({ what: "connect", peer: "tellurion", port, size });
  await answer<ClientsSaid, "connected">(clients, "connected");
  tell({ what: "join-slow", port, size, stalled });
  await answer<ClientsSaid, "slow-joined">(clients, "slow-joined");
  if (stalled) await allQueued(port, size.slow);
  else await delay(calmMs * effort.scale);
  tell({ what: "relieve" });
  await delay(settleFactor * effort.warmMs);
  const all = size.clients + size.slow;
  check((await metricsOf(port)).clients === all, "clients were lost before it was measured");
  server.send({ what: "begin" } satisfies ServerOrder);
  await delay(Math.max(measureMsLeast, measureFactor * effort.measureMs));
  server.send({ what: "end" } satisfies ServerOrder);
  const { measured } = await answer<ServerSaid, "measured">(server, "measured");
  // What was sent last is on its way.
  await delay(1_000 / hz);
  tell({ what: "collect", measured });
  const { collected } = await answer<ClientsSaid, "collected">(clients, "collected");
  const { p50Ms, p99Ms, complete, problems } = collected;
  check(complete >= measured.ticks - 2, `all got ${complete} of ${measured.ticks} ticks`);
  check(problems.length === 0, problems.join("; "));
  const figures = [p50Ms, p99Ms, measured.memoryMbBefore, measured.memoryMb];
  if (!stalled) return figures;
  tell({ what: "overwhelm" });
  const end = await until(port, ({ clients }) => clients <= size.clients);
  return [...figures, all - end.clients, end.tooSlow];
}

interface GatewayMetrics {
  readonly clients: number;
  readonly queued: number;
  readonly tooSlow: number;
}

/** Waits until every frame has to wait for every stalled client. */
async function allQueued(port: number, slow: number): Promise<void> {
  const framesOfPoll = (hz * pollMs) / 1_000;
  let before = Number.POSITIVE_INFINITY;
  await until(port, ({ queued }) => {
    const since = queued - before;
    before = queued;
    return since >= slow * (framesOfPoll - 1);
  });
}

async function until(
  port: number,
  isReached: (metrics: GatewayMetrics) => boolean,
): Promise<GatewayMetrics> {
  const endMs = performance.now() + waitMsMax;
  for (;;) {
    const metrics = await metricsOf(port);
    if (isReached(metrics)) return metrics;
    check(performance.now() < endMs, `stalled clients are as before: ${JSON.stringify(metrics)}`);
    await delay(pollMs);
  }
}

async function metricsOf(port: number): Promise<GatewayMetrics> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const figure = (name: string): number => {
    const line = text.split("\n").find((one) => one.startsWith(`${prefix}${name} `));
    return Number(line?.split(" ")[1] ?? 0);
  };
  return {
    clients: figure("clients"),
    queued: figure("frames_queued_total"),
    tooSlow: figure('closes_total{reason="CLIENT_TOO_SLOW"}'),
  };
}
