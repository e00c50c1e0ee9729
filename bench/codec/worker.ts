import { parentPort, workerData } from "node:worker_threads";
import { Bench } from "tinybench";
import { check, type Effort } from "../table.ts";
import { type CodecCaseName, codecCases, eventsIn } from "./cases.ts";

/** What a codec worker is told: one row, so that no other row's values have shaped the code that it runs. */
export interface CodecSetup {
  readonly name: CodecCaseName;
  readonly effort: Effort;
}

const { name, effort } = workerData as CodecSetup;
const { pass, expected } = codecCases[name]();
let passes = 0;
let sum = 0;
const bench = new Bench({
  warmupTime: effort.warmMs,
  time: effort.measureMs,
  iterations: 1,
  warmupIterations: 1,
  throws: true,
});
bench.add(name, () => {
  sum = (sum + pass()) | 0;
  passes += 1;
});
bench.runSync();
const expectedSum = Math.imul(expected | 0, passes);
check(sum === expectedSum, `${name} came to ${sum} and not ${expectedSum}`);
const result = bench.tasks[0]?.result;
if (result?.state !== "completed") throw new Error(`${name} was not completed`);
parentPort?.postMessage((result.latency.p50 * 1e6) / eventsIn(name));
