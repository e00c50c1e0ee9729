import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import type { Effort } from "../table.ts";
import type { PlayerSetup } from "./player.ts";

/** Exchanges in a second between two threads, with as many balls in play as there are pairs. */
export async function measurePostMessagePlay(effort: Effort): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const [returner, server] = [port1, port2].map((port, i) => {
    const workerData: PlayerSetup = { port, serves: i === 1, effort };
    const url = new URL("./player.ts", import.meta.url);
    return new Worker(url, { workerData, transferList: [port] });
  }) as [Worker, Worker];
  try {
    const [rate] = await Promise.race([once(server, "message"), once(returner, "exit")]);
    return rate as number;
  } finally {
    await Promise.all([returner.terminate(), server.terminate()]);
  }
}
