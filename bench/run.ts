import { writeFile } from "node:fs/promises";
import { TellurionError } from "../src/runtime/index.ts";
import { help, readArguments } from "./command-line.ts";
import { Disturbance, describeMachine, gitId } from "./machine.ts";
import { missingPeers } from "./peers.ts";
import { headText, type Report, tableText } from "./report.ts";
import { type Result, runTable } from "./rounds.ts";
import { realEffort, smokeEffort } from "./table.ts";

const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

async function run(args: readonly string[]): Promise<void> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) return console.log(help);
  const { only, json, rounds, smoke } = readArguments(args);
  const effort = smoke ? smokeEffort : realEffort;
  const head = { machine: describeMachine(), node: process.version, git: gitId() };
  console.log(headText(head));
  const results: Result[] = [];
  const others: Record<string, number> = {};
  for (const table of only) {
    const disturbance = new Disturbance();
    const own = await runTable(table, rounds, effort, showProgress);
    clearProgress();
    results.push(...own);
    console.log(`\n${tableText(table, own)}`);
    const missing = missingPeers(table);
    if (missing) console.log(`  ${missing}`);
    const { processors } = disturbance;
    if (processors !== undefined) {
      others[table.name] = processors;
      console.log(`  others kept ${processors.toFixed(2)} processors busy meanwhile`);
    }
  }
  const report: Report = { ...head, rounds, others, results };
  if (json) await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
}

/** On one line of a terminal; as lines of their own where nobody sees them pass. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else process.stderr.write(`${text}\n`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const misused = error instanceof TellurionError && error.code === "INVALID_OPTION";
  console.error(misused ? `${error.code}: ${error.message}` : error);
  process.exitCode = misused ? exitCodes.misused : exitCodes.failed;
}
