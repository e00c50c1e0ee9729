import { readFile, writeFile } from "node:fs/promises";
import { type Report, shown } from "./report.ts";

/**
 * Puts a run's results into docs/performance.md, between the marks that are there for them.
 * `node bench/write-docs.ts RESULTS.json`
 */
const page = new URL("../docs/performance.md", import.meta.url);
const begin = "<!-- results -->";
const end = "<!-- end of results -->";

function markdown({ machine, node, git, results }: Report): string {
  const { cpu, cores, memoryGb, platform, load } = machine;
  const names = [...new Set(results.map(({ table }) => table))];
  const tables = names.flatMap((name) => [
    "",
    `| ${name} | median | least to greatest | |`,
    "|---|--:|--:|---|",
    ...results
      .filter(({ table }) => table === name)
      .map(
        ({ row, unit, median, min, max }) =>
          `| ${row} | ${shown(median)} | ${shown(min)} to ${shown(max)} | ${unit} |`,
      ),
  ]);
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}; Node ${node}; commit ${git}; load ${load[0]} as it began.`,
    ...tables,
  ].join("\n");
}

const [, , file = ""] = process.argv;
const report = JSON.parse(await readFile(file, "utf8")) as Report;
const text = await readFile(page, "utf8");
const [head, rest] = text.split(begin);
const tail = rest?.split(end)[1];
if (head === undefined || tail === undefined) throw new Error(`${page} has lost its marks`);
await writeFile(page, `${head}${begin}\n${markdown(report)}\n${end}${tail}`);
