import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** A world of two regions, with a little of everything. */
export const small = fileURLToPath(new URL("small/", import.meta.url));
export const sample = fileURLToPath(new URL("../../../worlds/sample/", import.meta.url));

/** A change to a file of a pack: one text for another, or a file that it has not. */
export type Edit = readonly [file: string, from: string, to: string];

const folder = mkdtempSync(join(tmpdir(), "tellurion-packs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the small world. */
export function copyOf(pack = small): string {
  const copy = mkdtempSync(join(folder, "pack-"));
  cpSync(pack, copy, { recursive: true });
  return copy;
}

/** Changes a file of a pack, and gives the line on which the new text stands. */
export function edit(pack: string, [file, from, to]: Edit): number {
  const path = join(pack, file);
  if (from === "") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, to);
    return 1;
  }
  const text = readFileSync(path, "utf8");
  const at = text.indexOf(from);
  if (at < 0) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, `${text.slice(0, at)}${to}${text.slice(at + from.length)}`);
  return text.slice(0, at).split("\n").length;
}
