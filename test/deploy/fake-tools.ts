import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** What the fake `aws` and `docker` do. */
export interface Cloud {
  /** Begins of commands that end with an error. */
  readonly failing?: readonly { command: string; errors?: string }[];
  /** Answers by the begin of a command. */
  readonly answers?: Readonly<Record<string, string>>;
}

export interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  /** Commands in their order; of `aws` without `--region REGION`. */
  readonly calls: readonly string[];
  /** What the commands found in the template file that they were given, and on their standard input. */
  readonly templates: readonly string[];
  readonly inputs: readonly string[];
}

/** One program under two names: it writes down how it was called, and does what `cloud.json` beside it says. */
const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const { basename, join } = require("node:path");
const args = process.argv.slice(2);
if (args[0] === "--region") args.splice(0, 2);
const name = basename(__filename);
const call = [name, ...args].join(" ");
const here = (file) => join(__dirname, file);
const file = args[args.indexOf("--template-file") + 1];
const template = args.includes("--template-file") ? readFileSync(file, "utf8") : undefined;
const input = args.includes("--password-stdin") ? readFileSync(0, "utf8") : undefined;
appendFileSync(here("calls.jsonl"), JSON.stringify({ call, template, input }) + "\\n");
const { failing = [], answers = {} } = JSON.parse(readFileSync(here("cloud.json"), "utf8"));
for (const { command, errors = "refused" } of failing) {
  if (!call.startsWith(command)) continue;
  console.error(errors);
  process.exit(254);
}
const known = Object.keys(answers).find((command) => call.startsWith(command));
if (known !== undefined) console.log(answers[known]);
`;

/** Runs the deploy script with fake tools, and nothing else, on the PATH. */
export function runDeploy(
  args: readonly string[],
  cloud: Cloud,
  tools: readonly string[] = ["aws", "docker"],
): Run {
  const folder = mkdtempSync(join(tmpdir(), "fake-tools-"));
  try {
    for (const name of tools) {
      writeFileSync(join(folder, name), program, { mode: 0o755 });
    }
    writeFileSync(join(folder, "calls.jsonl"), "");
    writeFileSync(join(folder, "cloud.json"), JSON.stringify(cloud));
    const run = spawnSync(process.execPath, [join(root, "deploy/deploy.ts"), ...args], {
      env: { PATH: folder, TMPDIR: tmpdir() },
      encoding: "utf8",
      timeout: 30_000,
    });
    const made = readFileSync(join(folder, "calls.jsonl"), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return {
      code: run.status,
      output: run.stdout,
      errors: run.stderr,
      calls: made.map(({ call }) => call),
      templates: made.flatMap(({ template }) => template ?? []),
      inputs: made.flatMap(({ input }) => input ?? []),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
