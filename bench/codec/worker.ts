import { parentPort, workerData } from "node:worker_threads";
import { Bench } from "tinybench";
import { check, type Effort } from "../table.ts";
import { type CodecCase, type CodecCaseName, codecCases, count, eventsIn } from "./cases.ts";
import type { KindName } from "./kinds.ts";
import type { LibraryName } from "./libraries.ts";
import { operationsOf } from "./operations.ts";

/** What a codec worker is told: one case, so that no other one's values have shaped the code that it runs. */
export type CodecSetup = { readonly effort: Effort } & (
  | { readonly name: CodecCaseName }
  | { readonly kind: KindName; readonly library: LibraryName }
);

const setup = workerData as CodecSetup;

/** Nanoseconds for each event, in the median pass. */
function measure({ pass, expected }: CodecCase, events: number): number {
  const { warmMs, measureMs } = setup.effort;
  let passes = 0;
  let sum = 0;
  const bench = new Bench({
    warmupTime: warmMs,
    time: measureMs,
    iterations: 1,
    warmupIterations: 1,
    throws: true,
  });
  bench.add("pass", () => {
    sum = (sum + pass()) | 0;
    passes += 1;
  });
  bench.runSync();
  const expectedSum = Math.imul(expected | 0, passes);
  check(sum === expectedSum, `${passes} passes came to ${sum} and not ${expectedSum}`);
  const result = bench.tasks[0]?.result;
  if (result?.state !== "completed") throw new Error("the benchmark was not completed");
  return (result.latency.p50 * 1e6) / events;
}

if ("name" in setup) {
  parentPort?.postMessage([measure(codecCases[setup.name](), eventsIn(setup.name))]);
} else {
  const cases = await operationsOf(setup.kind, setup.library);
  parentPort?.postMessage(cases.map((one) => measure(one, count)));
}
