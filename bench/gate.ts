import { readFile } from "node:fs/promises";
import { TellurionError } from "../src/runtime/index.ts";
import { type Option, optionsHelp, readOptions } from "../src/server/commands/options.ts";
import { useCompileCache } from "./compile-cache.ts";
import { figureOf, isWithin, nameOf, type Ratio, ratios } from "./ratios.ts";
import { type Report, shown } from "./report.ts";
import { type Result, runTable } from "./rounds.ts";
import type { Effort } from "./table.ts";

/**
 * Measures a few ratios for a moment each, and fails when one is far from what it should be: `npm run bench:gate`. What
 * seems to be so is measured again, for longer: a machine with other work is no failure.
 */
const effort: Effort = { warmMs: 150, measureMs: 200, scale: 0.1 };
const roundsOfAttempts = [3, 7];

const from: Option<string | undefined> = {
  placeholder: "FILE",
  about: "judges the results of an earlier run, as `npm run bench -- --json FILE` writes them",
  default: undefined,
  valid: "paths",
  read: (text) => text || undefined,
};
const options = { from };

/** Runs the cases that have a row of these ratios, each table's in turns. */
async function measure(which: readonly Ratio[], rounds: number): Promise<Result[]> {
  const results: Result[] = [];
  for (const table of new Set(which.map((ratio) => ratio.table))) {
    const rows = new Set(which.flatMap(({ over, under }) => [over, under]));
    const cases = table.cases.filter((one) => one.rows.some(({ row }) => rows.has(row)));
    results.push(...(await runTable({ ...table, cases }, rounds, effort, () => {})));
  }
  return results;
}

/** Says of each ratio what came of it. Returns those that are out of bounds. */
function judge(which: readonly Ratio[], results: readonly Result[]): Ratio[] {
  return which.filter((ratio) => {
    const value = figureOf(ratio, results);
    const { least, most } = ratio;
    const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
    const within = isWithin(ratio, value);
    const figure = Number.isNaN(value) ? "not there" : shown(value);
    console.log(`${within ? "ok   " : "FAILS"} ${nameOf(ratio)} is ${figure}; ${bound} must be`);
    return !within;
  });
}

async function run(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(["Usage: npm run bench:gate -- [options]", "", ...optionsHelp(options)].join("\n"));
    return 0;
  }
  const { from: file } = readOptions(options, args);
  let failing: readonly Ratio[] = ratios;
  if (file !== undefined) {
    const { results } = JSON.parse(await readFile(file, "utf8")) as Report;
    failing = judge(ratios, results);
  } else {
    for (const rounds of roundsOfAttempts) {
      if (failing.length > 0) failing = judge(failing, await measure(failing, rounds));
    }
  }
  if (failing.length === 0) return 0;
  const names = failing.map(nameOf).join("; ");
  console.error(`\nOut of bounds: ${names}.`);
  console.error("Bounds are a third of what docs/performance.md says: this is no noise. Run");
  const tables = [...new Set(failing.map(({ table }) => table.name))].join(",");
  console.error(`\`npm run bench -- --only ${tables}\` here and on the commit before.`);
  return 1;
}

useCompileCache();
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const misused = error instanceof TellurionError && error.code === "INVALID_OPTION";
  console.error(misused ? `${error.code}: ${error.message}` : error);
  process.exitCode = misused ? 2 : 1;
}
