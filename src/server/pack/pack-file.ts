import { readFile, stat } from "node:fs/promises";
import type { JsonValue } from "@bufbuild/protobuf";
import { getNodeValue, type Node, type ParseError, parseTree } from "jsonc-parser";
import { messageOf } from "../calls.ts";
import type { Faults } from "./faults.ts";

const fileBytesMax = 16 * 1_024 * 1_024;

/** What is expected where the parser stopped, by the number of its error. */
const syntaxErrors: Readonly<Record<number, string>> = {
  1: "this symbol means nothing in JSON",
  2: "this number is not written as JSON has it",
  3: "a key in double quotes is expected",
  4: "a value is expected",
  5: "a colon is expected",
  6: "a comma is expected",
  7: "a closing brace is expected",
  8: "a closing bracket is expected",
  9: "the file should end here",
  11: "the comment does not end",
  12: "the text does not end",
};

/** Where something stands in a file: line and column, from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A file of a pack that has been read, and where everything in it stands. */
export class PackFile {
  readonly path: string;
  readonly text: string;
  readonly root: Node | undefined;
  readonly #lineStarts: number[] = [0];

  constructor(path: string, text: string, root?: Node) {
    this.path = path;
    this.text = text;
    this.root = root;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#lineStarts.push(at + 1);
    }
  }

  get json(): JsonValue {
    return this.root === undefined ? null : (getNodeValue(this.root) as JsonValue);
  }

  positionAt(offset: number): Position {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] as number) + 1 };
  }

  /** Where a path like `regions[3].climate` stands, or as much of it as there is. */
  placeOf(path: string): Position {
    let node = this.root;
    let offset = node?.offset ?? 0;
    for (const segment of path.split(/[.[\]]+/).filter((part) => part !== "")) {
      const next = stepInto(node, segment);
      if (next === undefined) break;
      ({ node, offset } = next);
    }
    return this.positionAt(offset);
  }
}

function stepInto(node: Node | undefined, segment: string) {
  if (node?.type === "array") {
    const item = node.children?.[Number(segment)];
    return item && { node: item, offset: item.offset };
  }
  if (node?.type !== "object") return undefined;
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (camelCase(String(key?.value)) === segment || key?.value === segment) {
      return { node: value, offset: property.offset };
    }
  }
  return undefined;
}

/** Both `hours_per_day` and `hoursPerDay` name a field. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Reads a text file of a pack. Notes why it cannot be read. */
export async function readText(path: string, faults: Faults): Promise<PackFile | undefined> {
  try {
    const { size } = await stat(path);
    if (size > fileBytesMax) {
      throw new RangeError(`${size} bytes are too many; valid are up to ${fileBytesMax}`);
    }
    return new PackFile(path, await readFile(path, "utf8"));
  } catch (error) {
    faults.add({ file: path, line: 0, column: 0, text: `cannot be read: ${messageOf(error)}` });
    return undefined;
  }
}

/** Reads a JSON file, which may have comments. Notes every place where it is no JSON. */
export async function readJson(path: string, faults: Faults): Promise<PackFile | undefined> {
  const plain = await readText(path, faults);
  if (plain === undefined) return undefined;
  const errors: ParseError[] = [];
  const root = treeOf(plain.text, errors);
  const file = new PackFile(path, plain.text, root);
  for (const { error, offset } of errors) {
    const what = syntaxErrors[error] ?? "this is not as JSON has it";
    faults.add({ file: path, ...file.positionAt(offset), text: `is no JSON: ${what}` });
  }
  if (errors.length > 0 || root === undefined) {
    if (errors.length === 0) faults.say(file, "", "is no JSON: nothing is in the file");
    return undefined;
  }
  const before = faults.count;
  noteDoubleKeys(file, root, faults);
  return faults.count > before ? undefined : file;
}

function treeOf(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors);
  } catch (error) {
    // Values nested deeper than the stack.
    if (!(error instanceof RangeError)) throw error;
    errors.push({ error: 4, offset: 0, length: 1 });
    return undefined;
  }
}

/** Of two values under one key the first would go unnoticed. */
function noteDoubleKeys(file: PackFile, root: Node, faults: Faults): void {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const children = node.children ?? [];
    if (node.type === "object") {
      const seen = new Set<string>();
      for (const { children: pair = [], offset } of children) {
        const key = String(pair[0]?.value);
        if (seen.has(key)) {
          const text = `key ${JSON.stringify(key)} stands here twice; valid is once`;
          faults.add({ file: file.path, ...file.positionAt(offset), text });
        }
        seen.add(key);
      }
    }
    open.push(...children);
  }
}
