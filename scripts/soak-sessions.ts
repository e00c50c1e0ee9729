/**
 * Plays sessions of two scripted players in the sample world, each under a seed: whether they are paced, hear of beats,
 * are rewarded once and are given nothing that cannot be done. With --compare, each seed is played without and with
 * look-ahead, and the difference of the pacing score is told.
 *
 *     npm run soak:sessions -- [--from 1] [--count 1000] [--look-ahead] [--compare]
 */
import { parseArgs } from "node:util";
import { runSession, type SessionReport } from "../test/living-world/session.ts";
import { mean, reportOf } from "../test/living-world/session-report.ts";

const { values: options } = parseArgs({
  options: {
    from: { type: "string", default: "1" },
    count: { type: "string", default: "1000" },
    "look-ahead": { type: "boolean", default: false },
    compare: { type: "boolean", default: false },
  },
});
const from = Number(options.from);
const count = Number(options.count);
const progressMs = 5_000;
/** 95 % of a normal distribution lie within so many standard errors. */
const confidence = 1.96;

const began = performance.now();
let told = began;
const sessions: SessionReport[] = [];
const gains: number[] = [];
for (let seed = from; seed < from + count; seed += 1) {
  const session = await runSession({ seed, lookAhead: options["look-ahead"] });
  sessions.push(session);
  if (options.compare) {
    const ahead = await runSession({ seed, lookAhead: true });
    gains.push(mean(ahead.scores) - mean(session.scores));
  }
  if (performance.now() - told < progressMs) continue;
  told = performance.now();
  console.log(`${sessions.length} of ${count}, ${reportOf(sessions).broken.length} faults`);
}
const { broken, ...report } = reportOf(sessions);
for (const fault of broken) console.error(`  ${fault}`);
for (const [name, value] of Object.entries(report)) console.log(`${name} ${value}`);
if (gains.length > 0) {
  const gain = mean(gains);
  const deviation = Math.sqrt(mean(gains.map((one) => (one - gain) ** 2)));
  const error = (confidence * deviation) / Math.sqrt(gains.length);
  console.log(`look-ahead gains ${gain.toFixed(4)} ± ${error.toFixed(4)} of the pacing score`);
}
console.log(`${Math.round((count / (performance.now() - began)) * 60_000)} seeds a minute`);
const failed = new Set(broken.map((fault) => fault.split(":")[0])).size;
console.log(`${Math.max(0, count - failed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
