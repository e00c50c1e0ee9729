import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import { check, type Effort } from "../table.ts";
import { askThrough, exchangeWords, type Samples } from "./exchange.ts";
import type { PeerSetup } from "./peer.ts";

const asksFull = 30_000;

export async function measureWorkerToWorker(effort: Effort): Promise<Samples> {
  const asks = asksFull * effort.scale;
  const { port1, port2 } = new MessageChannel();
  const answerer = startPeer({ does: "answer-through", port: port1 });
  const asker = startPeer({ does: "ask-through", port: port2, asks });
  return await samplesOf(once(asker, "message"), asks, [asker, answerer]);
}

export async function measureMainToWorker(effort: Effort): Promise<Samples> {
  const asks = asksFull * effort.scale;
  const { port1, port2 } = new MessageChannel();
  const answerer = startPeer({ does: "answer-through", port: port1 });
  try {
    return await samplesOf(
      askThrough(port2, asks).then((samples) => [samples]),
      asks,
      [answerer],
    );
  } finally {
    port2.close();
  }
}

export async function measureWaitNotify(effort: Effort): Promise<Samples> {
  const asks = asksFull * effort.scale;
  const words = new Int32Array(new SharedArrayBuffer(exchangeWords * 4));
  const answerer = startPeer({ does: "answer-on", words, asks });
  const asker = startPeer({ does: "ask-on", words, asks });
  return await samplesOf(once(asker, "message"), asks, [asker, answerer]);
}

function startPeer(setup: PeerSetup): Worker {
  const transferList = "port" in setup ? [setup.port] : [];
  return new Worker(new URL("./peer.ts", import.meta.url), { workerData: setup, transferList });
}

async function samplesOf(
  answered: Promise<readonly unknown[]>,
  asks: number,
  peers: readonly Worker[],
): Promise<Samples> {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  for (const peer of peers) peer.on("error", failure.reject);
  try {
    const [samples] = await Promise.race([failure.promise, answered]);
    const { length } = samples as Samples;
    check(length === asks - Math.floor(asks / 2), `${length} of ${asks} asks were answered`);
    return samples as Samples;
  } finally {
    await Promise.all(peers.map((peer) => peer.terminate()));
  }
}
