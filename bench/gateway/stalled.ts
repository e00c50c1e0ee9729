import { setTimeout as delay } from "node:timers/promises";
import { type Bar, type Case, check, type Effort } from "../table.ts";
import { groupSize, hz } from "./crowd.ts";
import type {
  ClientsOrder,
  ClientsSaid,
  Collected,
  Measured,
  ServerOrder,
  ServerSaid,
  Size,
} from "./messages.ts";
import { answer, type Processes, startProcesses } from "./processes.ts";

/** How often the server's metrics are read. */
const pollMs = 200;
const framesPerPoll = (hz * pollMs) / 1_000;
/** For lines to fill, and for clients to be given up that take nothing. */
const waitMsMax = 60_000;
/** How often clients stall or recover: the pace of a machine changes, and each time it is measured before and after. */
const turns = 6;
const settleFactor = 5;
const measureFactor = 4;
const measureMsLeast = 600;

const prefix = "tellurion_gateway_";

/** Clients beside which some read nothing; and the same, in turns, while those read too. Only the others are measured. */
export const stalledCase: Case = {
  rows: [
    { row: "calm-p50", unit: "ms" },
    { row: "calm-p99", unit: "ms" },
    { row: "stalled-p50", unit: "ms" },
    { row: "stalled-p99", unit: "ms" },
    { row: "stalled-p99-ratio", unit: "of calm" },
    { row: "memory-before-all", unit: "MB" },
    { row: "stalled-memory-before", unit: "MB" },
    { row: "stalled-memory", unit: "MB" },
    { row: "stalled-gone", unit: "clients" },
    { row: "stalled-closed-too-slow", unit: "clients" },
  ],
  async run(effort) {
    const size = sizeFor(effort);
    const processes = startProcesses("tellurion", size);
    try {
      return await measure(processes, size, effort);
    } finally {
      processes.end();
    }
  },
};

export const stalledBars: readonly Bar[] = [
  {
    what: "p99 of the others with stalled clients / without",
    value: (median) => median("stalled-p99-ratio"),
    most: 1.05,
  },
  {
    what: "memory after the last time that clients stall / as the first begins",
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

async function measure(processes: Processes, size: Size, effort: Effort): Promise<number[]> {
  const { server, clients } = processes;
  const tell = (order: ClientsOrder) => clients.send(order);
  const settle = () => delay(settleFactor * effort.warmMs);
  const recover = async () => {
    tell({ what: "recover" });
    await queued(port, (each) => each === 0, size);
    await settle();
  };
  const stall = async () => {
    tell({ what: "stall" });
    // Every frame has to wait for every one of them.
    await queued(port, (each) => each >= framesPerPoll - 1, size);
    tell({ what: "relieve" });
    await settle();
  };
  const { port } = await answer<ServerSaid, "listening">(server, "listening");
  tell({ what: "connect", peer: "tellurion", port, size });
  await answer<ClientsSaid, "connected">(clients, "connected");
  tell({ what: "join-slow", port, size });
  await answer<ClientsSaid, "slow-joined">(clients, "slow-joined");
  const calm: Measured[] = [];
  const stalled: Measured[] = [];
  const { memoryMb: memoryBeforeAll } = await window(server, effort);
  // Once for the compilers to see it.
  await stall();
  await recover();
  // There and back again in turns, or what has grown by the second of two would always be the same one's.
  const [there, back] = [[calm, stall, stalled] as const, [stalled, recover, calm] as const];
  for (let turn = 0; turn < Math.ceil(turns * effort.scale); turn += 1) {
    const [before, change, after] = turn % 2 === 0 ? there : back;
    before.push(await window(server, effort));
    await change();
    after.push(await window(server, effort));
  }
  await stall();
  const all = size.clients + size.slow;
  check((await metricsOf(port)).clients === all, "clients were lost while it was measured");
  const without = await collect(processes, calm);
  const beside = await collect(processes, stalled);
  tell({ what: "overwhelm" });
  const end = await until(port, (now) => now.clients <= size.clients);
  return [
    ...[without.p50Ms, without.p99Ms, beside.p50Ms, beside.p99Ms, beside.p99Ms / without.p99Ms],
    ...[memoryBeforeAll, stalled[0]?.memoryMbBefore ?? 0, stalled.at(-1)?.memoryMb ?? 0],
    ...[all - end.clients, end.tooSlow],
  ];
}

async function window(server: Processes["server"], effort: Effort): Promise<Measured> {
  server.send({ what: "begin" } satisfies ServerOrder);
  await delay(Math.max(measureMsLeast, measureFactor * effort.measureMs));
  server.send({ what: "end" } satisfies ServerOrder);
  const { measured } = await answer<ServerSaid, "measured">(server, "measured");
  // What was sent last is on its way.
  await delay(1_000 / hz);
  return measured;
}

async function collect({ clients }: Processes, measured: readonly Measured[]): Promise<Collected> {
  clients.send({ what: "collect", measured } satisfies ClientsOrder);
  const { collected } = await answer<ClientsSaid, "collected">(clients, "collected");
  const { complete, problems } = collected;
  const ticks = measured.reduce((sum, window) => sum + window.ticks, 0);
  // The last ticks of each time may be cut off by its end.
  check(complete >= ticks - 2 * measured.length, `all got ${complete} of ${ticks} ticks`);
  check(problems.length === 0, problems.join("; "));
  return collected;
}

interface GatewayMetrics {
  readonly clients: number;
  readonly queued: number;
  readonly tooSlow: number;
}

/** Waits until as many frames as are asked for wait for each slow client, from one look to the next. */
async function queued(
  port: number,
  isEnough: (each: number) => boolean,
  { slow }: Size,
): Promise<void> {
  let before = Number.NaN;
  await until(port, (now) => {
    const since = now.queued - before;
    before = now.queued;
    return isEnough(since / slow);
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
    check(performance.now() < endMs, `slow clients are as before: ${JSON.stringify(metrics)}`);
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
