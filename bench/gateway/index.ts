import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../child.ts";
import { type Bar, type Case, check, type Effort, type Table } from "../table.ts";
import type { BareRequest } from "./bare-sockets.ts";
import { groupSize, hz } from "./crowd.ts";
import type {
  ClientsOrder,
  ClientsSaid,
  Collected,
  Measured,
  Peer,
  ServerOrder,
  ServerSaid,
  Size,
} from "./messages.ts";
import { answer, startProcesses } from "./processes.ts";
import { stalledBars, stalledCase } from "./stalled.ts";

const peersInstalled = new URL("../peers/node_modules/.package-lock.json", import.meta.url);

/** Time in which the connections' own garbage is collected, and the compilers have seen the work. */
const settleFactor = 4;
const measureFactor = 5;
/** A dozen ticks, so that clients have been looked at. */
const measureMsLeast = 600;

function sizeFor({ scale }: Effort): Size {
  return {
    clients: Math.max(20, Math.ceil(1_000 * scale)),
    entities: groupSize * Math.max(2, Math.ceil(40 * scale)),
    slow: 0,
  };
}

function caseOf(peer: Peer): Case {
  return {
    rows: [
      { row: `${peer}-cpu`, unit: "ms/tick" },
      { row: `${peer}-bytes`, unit: "B/client/tick" },
      { row: `${peer}-p50`, unit: "ms" },
      { row: `${peer}-p99`, unit: "ms" },
      { row: `${peer}-rate`, unit: "ticks/s" },
      { row: `${peer}-memory`, unit: "MB" },
    ],
    async run(effort) {
      const { measured, collected } = await measure(peer, effort);
      const { cpuMs, ticks, elapsedMs, memoryMb } = measured;
      const { bytesPerClientPerTick, p50Ms, p99Ms } = collected;
      const rate = (ticks / elapsedMs) * 1_000;
      return [cpuMs / ticks, bytesPerClientPerTick, p50Ms, p99Ms, rate, memoryMb];
    },
  };
}

async function measure(
  peer: Peer,
  effort: Effort,
): Promise<{ readonly measured: Measured; readonly collected: Collected }> {
  const size = sizeFor(effort);
  const { server, clients, end } = startProcesses(peer, size);
  try {
    const listening = await answer<ServerSaid, "listening">(server, "listening");
    const connect: ClientsOrder = { what: "connect", peer, port: listening.port, size };
    clients.send(connect);
    await answer<ClientsSaid, "connected">(clients, "connected");
    server.send({ what: "start" } satisfies ServerOrder);
    await delay(settleFactor * effort.warmMs);
    server.send({ what: "begin" } satisfies ServerOrder);
    await delay(Math.max(measureMsLeast, measureFactor * effort.measureMs));
    server.send({ what: "end" } satisfies ServerOrder);
    const { measured } = await answer<ServerSaid, "measured">(server, "measured");
    // What was sent last is on its way.
    await delay(1_000 / hz);
    clients.send({ what: "collect", measured: [measured] } satisfies ClientsOrder);
    const { collected } = await answer<ClientsSaid, "collected">(clients, "collected");
    checkWork(measured, collected);
    return { measured, collected };
  } finally {
    end();
  }
}

function checkWork({ ticks }: Measured, { complete, checks, problems }: Collected): void {
  check(ticks > 0, "the server ran no tick");
  // The last ticks may be cut off by the end of the measurement.
  check(complete >= ticks - 2, `all clients got the messages of ${complete} of ${ticks} ticks`);
  check(checks > 0, "nobody looked at what clients see");
  check(problems.length === 0, problems.join("; "));
}

/** What this server sends to a client in a tick. */
const bareBytes = 843;
const bareTicks = 200;
const bareWarmTicks = 40;
const bareCase: Case = {
  rows: [{ row: "bare-sockets-cpu", unit: "ms/tick" }],
  async run(effort) {
    const request: BareRequest = {
      ...{ clients: sizeFor(effort).clients, bytes: bareBytes },
      ticks: Math.ceil(bareTicks * effort.scale),
      warmTicks: Math.ceil(bareWarmTicks * effort.scale),
    };
    return [await ask<number>(new URL("./bare-sockets.ts", import.meta.url), request)];
  },
};

const task =
  "1,000 clients at 20 Hz that each see what is within 100 m of a walker, about 100 of 10,000 walkers";
const isColyseusThere = existsSync(peersInstalled);
const ownBar = { what: "tellurion-cpu", most: 15, value: figureOf("tellurion-cpu") };

/** The other server is no dependency of this one: where it is not installed, the table says how to. */
export const gateway: Table = {
  name: "gateway",
  about: isColyseusThere
    ? task
    : `${task}; without Colyseus, which \`npm ci --prefix bench/peers\` installs`,
  cases: [
    bareCase,
    caseOf("tellurion"),
    ...(isColyseusThere ? [caseOf("colyseus")] : []),
    stalledCase,
  ],
  bars: [ownBar, ...(isColyseusThere ? [ratioOf("cpu"), ratioOf("bytes")] : []), ...stalledBars],
};

function figureOf(row: string): Bar["value"] {
  return (median) => median(row);
}

function ratioOf(what: string): Bar {
  return {
    what: `${what} of colyseus / tellurion`,
    value: (median) => median(`colyseus-${what}`) / median(`tellurion-${what}`),
    least: 1,
  };
}
