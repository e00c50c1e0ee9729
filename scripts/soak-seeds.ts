/**
 * Runs simulated worlds, each under a seed that picks its workload and its faults: workers and
 * processes are lost, the disk is slow, full or damaged, the outside fails. What must hold is
 * checked all the time; a seed that finds otherwise is named with the command that repeats it.
 *
 *     npm run soak:seeds -- [--from 1] [--count 1000] [--verbose]
 */
import { parseArgs } from "node:util";
import { describePlan, planOf } from "../test/simulation/plan.ts";
import { runSeed } from "../test/simulation/simulation.ts";

const { values: options } = parseArgs({
  options: {
    from: { type: "string", default: "1" },
    count: { type: "string", default: "1000" },
    verbose: { type: "boolean", default: false },
  },
});
const from = Number(options.from);
const count = Number(options.count);
const isVerbose = options.verbose || count === 1;
const progressMs = 5_000;

/** Runs one seed and tells what it found wrong. True when that is nothing. */
async function check(seed: number): Promise<boolean> {
  const plan = describePlan(planOf(seed)).join("\n");
  if (isVerbose) console.log(plan);
  const problems: string[] = [];
  try {
    const findings = await runSeed(seed);
    problems.push(
      ...findings.map(({ invariant, text }) => `"${invariant}" does not hold: ${text}`),
    );
  } catch (error) {
    problems.push(`the simulation failed: ${error instanceof Error ? error.stack : error}`);
  }
  if (problems.length === 0) return true;
  if (!isVerbose) console.error(plan);
  for (const problem of problems) console.error(`  ${problem}`);
  console.error(`  again: npm run soak:seeds -- --from ${seed} --count 1`);
  return false;
}

const began = performance.now();
let told = began;
let failed = 0;
for (let seed = from; seed < from + count; seed += 1) {
  if (!(await check(seed))) failed += 1;
  if (performance.now() - told < progressMs) continue;
  told = performance.now();
  console.log(`${seed - from + 1} of ${count}, ${failed} failed`);
}
const minutes = (performance.now() - began) / 60_000;
console.log(`${Math.round(count / minutes)} seeds a minute`);
console.log(`${count - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
