import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import type { DescMessage, Message } from "@bufbuild/protobuf";
import { decode, under } from "./decode.ts";
import type { Faults } from "./faults.ts";
import { readJson } from "./pack-file.ts";
import { type Located, type PartName, type Parts, partKinds, partNames } from "./parts.ts";

const jsonFile = /\.jsonc?$/;
const folders = [...partNames, "climates", "dialogues"];
const files = [...partNames, "world", "concepts"];
const filesPerFolderMax = 1_000;

/** The files of a pack: by folder, the pack's own under an empty name. */
export type Listing = ReadonlyMap<string, readonly string[]>;

/** Lists a pack's files. Notes those that nobody would read: a name may have been misspelt. */
export async function listFiles(directory: string, faults: Faults): Promise<Listing> {
  const listing = new Map<string, readonly string[]>();
  for (const folder of ["", ...folders]) {
    const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    listing.set(folder, names.sort().slice(0, filesPerFolderMax));
    if (names.length > filesPerFolderMax) {
      const text = `${names.length} files are too many; valid are up to ${filesPerFolderMax}`;
      faults.add({ file: join(directory, folder), line: 0, column: 0, text });
    }
  }
  for (const name of listing.get("") ?? []) {
    const isKnown = files.includes(name.replace(jsonFile, ""));
    if (!jsonFile.test(name) || isKnown) continue;
    const text = `is no file of a pack; valid are ${files.map((file) => `${file}.json`).join(", ")}`;
    faults.add({ file: join(directory, name), line: 0, column: 0, text });
  }
  return listing;
}

/** Reads the definitions of all parts. Notes what is wrong with those that it leaves out. */
export async function readParts(
  directory: string,
  listing: Listing,
  faults: Faults,
): Promise<Parts> {
  const parts: Record<string, Located<Message>[]> = {};
  for (const name of partNames) parts[name] = await readPart(directory, name, listing, faults);
  return parts as unknown as Parts;
}

async function readPart(
  directory: string,
  part: PartName,
  listing: Listing,
  faults: Faults,
): Promise<Located<Message>[]> {
  const { type, max } = partKinds[part];
  const items: Located<Message>[] = [];
  for (const name of filesOf(part, listing)) {
    const path = join(directory, name);
    items.push(...(await readDefinitions(type, path, faults)));
    if (items.length > max) {
      const text = `${items.length} ${part} are too many; valid are up to ${max}`;
      faults.add({ file: path, line: 0, column: 0, text });
      return [];
    }
  }
  noteDoubleNames(items, faults);
  return items;
}

function filesOf(part: PartName, listing: Listing): string[] {
  const own = (listing.get("") ?? []).filter(
    (name) => jsonFile.test(name) && name.slice(0, -extname(name).length) === part,
  );
  const inFolder = (listing.get(part) ?? []).filter((name) => jsonFile.test(name));
  return [...own, ...inFolder.map((name) => join(part, name))];
}

/** A file holds one definition or a list of them. */
async function readDefinitions(
  type: DescMessage,
  path: string,
  faults: Faults,
): Promise<Located<Message>[]> {
  const file = await readJson(path, faults);
  if (file === undefined) return [];
  const { json } = file;
  const items = Array.isArray(json)
    ? json.map((item, i) => [item, `[${i}]`] as const)
    : [[json, ""] as const];
  return items.flatMap(([item, place]) => {
    const value = decode(type, item, file, place, faults);
    return value === undefined ? [] : [{ value, file, path: place }];
  });
}

function noteDoubleNames(items: readonly Located<Message>[], faults: Faults): void {
  const seen = new Set<string>();
  for (const { value, file, path } of items) {
    const { name } = value as { name?: string };
    if (name === undefined) continue;
    if (seen.has(name)) {
      faults.refuse(file, under(path, "name"), name, "are names that no other one has");
    }
    seen.add(name);
  }
}
