import { readdir, readFile, writeFile } from "node:fs/promises";
import { curvesOf } from "./documents/curves.ts";
import { notMeasured, withFigures } from "./documents/documents.ts";
import { merge, type StoredTable } from "./documents/stored.ts";
import type { Report } from "./report.ts";
import { tables } from "./tables.ts";

/**
 * Puts runs' results into docs/results.json, and from there into the documents' tables, figures and pictures:
 * `node bench/write-docs.ts RESULTS.json …`. Tables that a run did not measure stay as they are.
 */
const docs = new URL("../docs/", import.meta.url);
const results = new URL("results.json", docs);

async function read<Value>(file: string | URL): Promise<Value> {
  return JSON.parse(await readFile(file, "utf8")) as Value;
}

let stored = await read<readonly StoredTable[]>(results);
for (const file of process.argv.slice(2)) {
  const order = tables.map(({ name }) => name);
  stored = merge(stored, await read<Report>(file), order);
}
await writeFile(results, `${JSON.stringify(stored, undefined, 2)}\n`);
for (const [file, svg] of curvesOf(stored)) await writeFile(new URL(file, docs), svg);
const pages = (await readdir(docs))
  .filter((file) => file.endsWith(".md"))
  .map((file) => new URL(file, docs));
for (const page of [...pages, new URL("../README.md", docs)]) {
  const text = await readFile(page, "utf8");
  const written = withFigures(text, stored);
  if (written !== text) await writeFile(page, written);
  const missing = written.split(`-->${notMeasured}<!--`).length - 1;
  if (missing > 0)
    console.error(`${page.pathname}: ${missing} figures are of rows that nobody measured`);
}
