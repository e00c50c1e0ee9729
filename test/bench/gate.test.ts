import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureOf, isWithin, nameOf, type Ratio, ratios } from "../../bench/ratios.ts";
import type { Result } from "../../bench/rounds.ts";

const gate = fileURLToPath(new URL("../../bench/gate.ts", import.meta.url));

/** Rows that come to `value` for a ratio. */
function rowsOf({ table: { name: table }, over, under }: Ratio, value: number): Result[] {
  const row = (name: string, median: number): Result => {
    return { table, row: name, unit: "", median, min: median, max: median };
  };
  return under === undefined ? [row(over, value)] : [row(over, value * 10), row(under, 10)];
}

/** A little inside of the bound, or so far beyond it. */
function valueBeyond({ least, most }: Ratio, factor: number): number {
  return least === undefined ? (most ?? 0) * factor : least / factor;
}

const inside = 0.9;
const outside = 1.1;

describe("the gate", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tellurion-gate-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function judge(results: readonly Result[]): Promise<{ code: number; text: string }> {
    const file = join(folder, "results.json");
    await writeFile(file, JSON.stringify({ results }));
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [
        gate,
        "--from",
        file,
      ]);
      return { code: 0, text: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, text: stdout + stderr };
    }
  }

  /** Rows are shared by ratios: each ratio is judged by rows of its own. */
  test("passes ratios within their bounds and fails each that is not", () => {
    for (const ratio of ratios) {
      const value = (factor: number) => figureOf(ratio, rowsOf(ratio, valueBeyond(ratio, factor)));
      expect(isWithin(ratio, value(inside)), nameOf(ratio)).toBe(true);
      expect(isWithin(ratio, value(outside)), nameOf(ratio)).toBe(false);
      expect(isWithin(ratio, figureOf(ratio, [])), nameOf(ratio)).toBe(false);
    }
  });

  test("ends with an error that names what is out of bounds, and only that", async () => {
    const [slow, ...others] = ratios.filter((one) => one.table.name !== "codec") as [Ratio];
    const codec = ["tellurion-encode", "tellurion-view"].map((row) => [row, 1] as const);
    const peers = ["protobuf-es-encode", "protobuf-es-decode"].map((row) => [row, 100] as const);
    const json = ["json-stringify-bytes", "json-parse-bytes"].map((row) => [row, 100] as const);
    const good = [...codec, ...peers, ...json].map(([row, median]): Result => {
      return { table: "codec", row, unit: "ns", median, min: median, max: median };
    });
    const rest = others.flatMap((one: Ratio) => rowsOf(one, valueBeyond(one, inside)));
    const passes = await judge([...good, ...rest, ...rowsOf(slow, valueBeyond(slow, inside))]);
    expect(passes).toMatchObject({ code: 0 });
    expect(passes.text).not.toContain("FAILS");
    const fails = await judge([...good, ...rest, ...rowsOf(slow, valueBeyond(slow, outside))]);
    expect(fails.code).toBe(1);
    expect(fails.text).toContain(`FAILS ${nameOf(slow)}`);
    expect(fails.text).toContain(`Out of bounds: ${nameOf(slow)}.`);
    expect(fails.text.match(/FAILS/g)).toHaveLength(1);
  });
});
