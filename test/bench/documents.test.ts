import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { curvesOf } from "../../bench/documents/curves.ts";
import { notMeasured, withFigures } from "../../bench/documents/documents.ts";
import { merge, type StoredTable } from "../../bench/documents/stored.ts";
import type { Report } from "../../bench/report.ts";

const docs = new URL("../../docs/", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, docs), "utf8");
const stored = JSON.parse(read("results.json")) as readonly StoredTable[];
const mend = "`node bench/write-docs.ts` writes them";

function table(name: string, rows: Record<string, number>): StoredTable {
  return {
    ...{ table: name, machine: "a machine", node: "v1", git: "abc", rounds: 3 },
    rows: Object.entries(rows).map(([row, median]) => {
      return { row, unit: "ns", median, min: median - 1, max: median + 1 };
    }),
  };
}

describe("documents", () => {
  test.each([...readdirSync(docs).filter((file) => file.endsWith(".md")), "../README.md"])(
    "have the figures of docs/results.json: %s",
    (file) => {
      expect(read(file) === withFigures(read(file), stored), mend).toBe(true);
    },
  );

  test("begin no line with a figure: what follows would not be read as Markdown", () => {
    for (const file of ["performance.md", "claims.md"]) {
      expect(read(file)).not.toMatch(/^\s*<!-- = /m);
    }
  });

  test("have the pictures of docs/results.json", () => {
    const pictures = curvesOf(stored);
    expect([...pictures.keys()]).toEqual(["growth-actors.svg", "growth-events.svg"]);
    for (const [file, svg] of pictures) expect(read(file) === svg, mend).toBe(true);
  });

  test("name each of the claims, what an audit said of it, and what was measured", () => {
    const rows = read("claims.md").matchAll(/^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+) \|$/gm);
    const numbers = [...rows].map(([, number, ...cells]) => {
      expect(cells.every((cell) => cell.trim() !== "")).toBe(true);
      return Number(number);
    });
    expect(numbers).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });
});

describe("figures in documents", () => {
  const results = [table("codec", { "kept / unkept": 2, "encode, json": 300 })];
  const figureIn = (expression: string): string | undefined =>
    /-->(.*)<!--/.exec(withFigures(`It is <!-- = ${expression} -->1<!-- / -->.`, results))?.[1];

  test("are medians, ratios and multiples of results", () => {
    expect(figureIn("codec: encode, json")).toBe("300");
    expect(figureIn("codec: kept / unkept")).toBe("2");
    expect(figureIn("codec: encode, json ÷ kept / unkept")).toBe("150");
    expect(figureIn("codec: encode, json × 0.01")).toBe("3");
  });

  test("say so when there is no such row", () => {
    for (const expression of ["codec: decode", "tell: x", "codec: encode, json ÷ decode"]) {
      expect(figureIn(expression)).toBe(notMeasured);
    }
  });

  test("stand in tables with the run that they are from", () => {
    const text = withFigures("a\n<!-- results -->\nold\n<!-- end of results -->\nb", results);
    expect(text).toContain("- codec: a machine; Node v1; commit abc; median of 3 rounds.");
    expect(text).toContain("| encode, json | 300 | 299 to 301 | ns |");
    expect(text).not.toContain("old");
  });
});

test("a run takes the place of the tables that it measured, and leaves the others", () => {
  const machine = { cpu: "new", cores: 2, memoryGb: 4, platform: "linux x64", load: [0] };
  const result = { table: "codec", row: "decode", unit: "ns", median: 1.23456789, min: 1, max: 2 };
  const report: Report = {
    ...{ machine, node: "v2", git: "def", rounds: 5, others: { codec: 0.5 }, results: [result] },
  };
  const before = [table("frames", { a: 1 }), table("codec", { encode: 2 })];
  const after = merge(before, report, ["codec", "frames"]);
  expect(after.map((one) => one.table)).toEqual(["codec", "frames"]);
  expect(after[0]).toMatchObject({
    machine: "new, 2 cores, 4 GB, linux x64",
    git: "def",
    others: 0.5,
  });
  expect(after[0]?.rows).toEqual([{ row: "decode", unit: "ns", median: 1.23457, min: 1, max: 2 }]);
  expect(after[1]).toEqual(before[0]);
});
