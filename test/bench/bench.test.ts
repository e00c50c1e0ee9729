import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runnableCases } from "../../bench/peers.ts";
import type { Report } from "../../bench/report.ts";
import { tables } from "../../bench/tables.ts";

const main = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));

/** Half a minute on a machine of two processors that has nothing else to do. */
const smokeMsMax = 240_000;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function bench(...args: string[]): Promise<Outcome> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Outcome;
  }
}

describe("a smoke run of all tables", () => {
  let folder: string;
  let outcome: Outcome;
  let report: Report;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tellurion-bench-"));
    const file = join(folder, "results.json");
    // It fails when a row's work was not done, or came to another checksum.
    outcome = await bench("--smoke", "--rounds", "1", "--json", file);
    expect(outcome.stderr).not.toContain("Error");
    report = JSON.parse(await readFile(file, "utf8"));
  }, smokeMsMax);

  afterAll(() => rm(folder, { recursive: true }));

  test("ends well and says what it ran on", () => {
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain(report.machine.cpu);
    expect(outcome.stdout).toContain(report.git);
    expect(report.node).toBe(process.version);
    expect(report.git).toMatch(/^([0-9a-f]{12}(-dirty)?|unknown)$/);
  });

  test("has every row of every table, in its unit", () => {
    const expected = tables.flatMap((table) =>
      runnableCases(table).flatMap(({ rows }) =>
        rows.map(({ row, unit }) => `${table.name} ${row} ${unit}`),
      ),
    );
    const given = report.results.map(({ table, row, unit }) => `${table} ${row} ${unit}`);
    expect(given).toEqual(expected);
  });

  test("has the rows that others rely on", () => {
    const rowsOf = (name: string) =>
      report.results.filter(({ table }) => table === name).map(({ row }) => row);
    expect(rowsOf("frames")).toEqual(
      expect.arrayContaining([
        "tellurion-1",
        "tellurion-2",
        "json-postmessage",
        "clone-postmessage",
        "protobuf-es-postmessage",
      ]),
    );
    expect(rowsOf("codec")).toEqual(
      expect.arrayContaining([
        "tellurion-encode",
        "tellurion-view",
        "protobuf-es-encode",
        "protobuf-es-decode",
        "json-stringify-bytes",
        "json-parse-bytes",
      ]),
    );
  });

  test("gives numbers that can be true", () => {
    for (const { median, min, max } of report.results) {
      expect(min).toBeLessThanOrEqual(median);
      expect(median).toBeLessThanOrEqual(max);
      expect(max).toBeLessThan(1e9);
    }
    // What is a difference of two measurements may come to nothing, or less, in a moment.
    const isDifference = (row: string) => row === "cost of an event to the core";
    const slow = report.results.filter(({ table, min }) => table !== "allocation" && min <= 0);
    expect(slow.map(({ row }) => row).filter((row) => !isDifference(row))).toEqual([]);
  });

  test("sees what postMessage allocates and the tell path does not", () => {
    const bytesOf = (name: string) =>
      report.results.find(({ table, row }) => table === "allocation" && row === name)?.median;
    expect(bytesOf("json-postmessage")).toBeGreaterThan(100);
    expect(bytesOf("tellurion-tell")).toBeLessThan(100);
  });

  test("says of each bar whether it holds", () => {
    const escaped = (text: string): string => text.replace(/[^\w ]/g, "[$&]");
    for (const table of tables) {
      const all = runnableCases(table).length === table.cases.length;
      for (const { what } of table.bars) {
        const said = all ? "(bar holds|BAR MISSED)" : "(bar holds|BAR MISSED|bar not measured)";
        expect(outcome.stdout).toMatch(new RegExp(`${said}: ${escaped(what)}( is|,)`));
      }
    }
  });
});

describe("the command line", () => {
  test("explains itself", async () => {
    const { code, stdout } = await bench("--help");
    expect(code).toBe(0);
    for (const text of ["--only", "--json", "--rounds", "--smoke", ...tables.map((t) => t.name)]) {
      expect(stdout).toContain(text);
    }
  });

  test.each([
    [["--onyl", "codec"], "--only, --json, --rounds, --smoke, --help"],
    [["--only", "codecs"], `lists of ${tables.map(({ name }) => name).join(", ")}`],
    [["--rounds", "0"], "integers from 1 to 100"],
  ])("says what is valid instead of %j", async (args, valid) => {
    const { code, stderr } = await bench(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(valid);
  });
});
