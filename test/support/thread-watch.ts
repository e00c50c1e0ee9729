import type { Worker } from "node:worker_threads";

const threads: Worker[] = [];
process.on("worker", (worker: Worker) => threads.push(worker));

/** A world's worker, as a thread that a test can end like a fault would. Of the one world that runs. */
export function workerThread(worker: number): Worker {
  const alive = threads.filter(({ threadName }) => threadName?.startsWith("tellurion-worker-"));
  const thread = alive[worker];
  if (thread === undefined) throw new Error(`there is no worker ${worker}`);
  return thread;
}
