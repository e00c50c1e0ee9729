import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Effort } from "../table.ts";
import { pairs } from "./pairs.ts";

/** What a player is told. Who serves hands the exchanges in a second to the main thread. */
export interface PlayerSetup {
  readonly port: MessagePort;
  readonly serves: boolean;
  readonly effort: Effort;
}

interface Ball {
  readonly pair: number;
  readonly number: number;
}

/** Serves a ball for each pair, and returns each as it comes back. */
function serve(port: MessagePort, { warmMs, measureMs }: Effort): void {
  const numbers = new Array<number>(pairs).fill(0);
  const startedMs = performance.now();
  let exchanges = 0;
  let before: { atMs: number; exchanges: number } | undefined;
  port.on("message", ({ pair, number }: Ball) => {
    if (number !== numbers[pair]) throw new Error(`${number} came back, not ${numbers[pair]}`);
    exchanges += 1;
    numbers[pair] = number + 1;
    const atMs = performance.now();
    if (atMs > startedMs + warmMs) before ??= { atMs, exchanges };
    if (before && atMs > before.atMs + measureMs) {
      parentPort?.postMessage(((exchanges - before.exchanges) / (atMs - before.atMs)) * 1_000);
      port.close();
    } else port.postMessage({ pair, number: number + 1 });
  });
  for (let pair = 0; pair < pairs; pair += 1) port.postMessage({ pair, number: 0 });
}

const { port, serves, effort } = workerData as PlayerSetup;
if (serves) serve(port, effort);
else port.on("message", (ball: Ball) => port.postMessage(ball));
