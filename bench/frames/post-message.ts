import { setTimeout as delay } from "node:timers/promises";
import { MessageChannel, Worker } from "node:worker_threads";
import type { PayloadName } from "../payloads.ts";
import { check, type Effort } from "../table.ts";
import type { FormatName } from "./formats.ts";
import type { PeerSetup } from "./peer.ts";
import { PeerCounters, peerCount } from "./peer-counters.ts";

const frameMs = 1_000 / 60;
const drainMsMax = 10_000;

/** Events that two threads handle in the time of a frame when they send them to each other by postMessage. */
export async function measurePostMessage(
  format: FormatName,
  payload: PayloadName,
  effort: Effort,
): Promise<number> {
  const counters = new PeerCounters();
  const { port1, port2 } = new MessageChannel();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const peers = [port1, port2].map((port, peer) => {
    const setup: PeerSetup = { peer, format, payload, counters: counters.shared, port };
    const url = new URL("./peer.ts", import.meta.url);
    const worker = new Worker(url, { workerData: setup, transferList: [port] });
    return worker.on("error", failure.reject);
  });
  try {
    return await Promise.race([failure.promise, measure(counters, effort)]);
  } finally {
    await Promise.all(peers.map((peer) => peer.terminate()));
  }
}

async function measure(counters: PeerCounters, effort: Effort): Promise<number> {
  while (total(counters) === 0) await delay(1);
  await delay(effort.warmMs);
  const before = { atMs: performance.now(), handled: total(counters) };
  let after = before;
  while (after.handled === before.handled) {
    await delay(effort.measureMs);
    after = { atMs: performance.now(), handled: total(counters) };
  }
  counters.stop();
  await drain(counters);
  return ((after.handled - before.handled) / (after.atMs - before.atMs)) * frameMs;
}

function total(counters: PeerCounters): number {
  return counters.handled(0).count + counters.handled(1).count;
}

/** Waits until all that was sent has been handled, and compares. */
async function drain(counters: PeerCounters): Promise<void> {
  for (let peer = 0; peer < peerCount; peer += 1) {
    const until = performance.now() + drainMsMax;
    while (!isDrained(counters, peer) && performance.now() < until) await delay(1);
    const sent = counters.sent(peer);
    const handled = counters.handled(1 - peer);
    check(handled.count === sent.count, `sent ${sent.count} and handled ${handled.count}`);
    check(handled.checksum === sent.checksum, "other values were handled than were sent");
  }
}

/** Whether a peer has sent its last, and the other one handled it. */
function isDrained(counters: PeerCounters, peer: number): boolean {
  return counters.hasEnded(peer) && counters.handled(1 - peer).count >= counters.sent(peer).count;
}
