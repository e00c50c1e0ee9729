import { Worker } from "node:worker_threads";
import { aborted } from "../interrupts.ts";
import { Measures } from "./measures.ts";
import type { LoadPlan } from "./plan.ts";
import type { ThreadHealth, ThreadResult } from "./thread.ts";

/** What came of a load run. */
export interface LoadResult {
  readonly plan: LoadPlan;
  readonly measures: Measures;
  readonly threads: readonly ThreadHealth[];
}

/** Plays a plan on threads of its own. When it is interrupted, what was measured until then counts. */
export async function runLoad(plan: LoadPlan, interrupted: AbortSignal): Promise<LoadResult> {
  const shares = Array.from({ length: plan.threads }, (_, first) => ({ ...plan, first }));
  const results = await Promise.all(shares.map((share) => runThread(share, interrupted)));
  const measures = new Measures();
  for (const result of results) measures.add(Measures.decode(result.measures));
  return { plan, measures, threads: results.map(({ health }) => health) };
}

async function runThread(workerData: LoadPlan, interrupted: AbortSignal): Promise<ThreadResult> {
  const thread = new Worker(new URL("./thread.ts", import.meta.url), { workerData });
  void aborted(interrupted).then(() => thread.postMessage("stop"));
  const result = Promise.withResolvers<ThreadResult>();
  thread.once("message", result.resolve);
  thread.once("error", result.reject);
  thread.once("exit", (code) => result.reject(new Error(`a load thread ended with code ${code}`)));
  try {
    return await result.promise;
  } finally {
    await thread.terminate();
  }
}
