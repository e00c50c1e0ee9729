import { Rejection, TellurionError } from "../../runtime/index.ts";
import { type Fault, faultLine, faultsMax, faultText } from "./fault.ts";
import type { PackFile } from "./pack-file.ts";

/** What is wrong with a pack, as it is found. */
export class Faults {
  readonly #list: Fault[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** By file, in the order in which they were read, and by line. */
  get list(): readonly Fault[] {
    const files = [...new Set(this.#list.map(({ file }) => file))];
    return this.#list.toSorted(
      (a, b) =>
        files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
  }

  add(fault: Fault): void {
    this.#count += 1;
    if (this.#list.length < faultsMax) this.#list.push(fault);
  }

  /** A value that is not valid where it stands. */
  refuse(file: PackFile, path: string, value: unknown, valid: string): void {
    this.say(file, path, faultText(path, value, valid));
  }

  /** Anything about a part of a file of which nothing has been said: two checks may find the same. */
  sayOnce(file: PackFile, path: string, text: string): void {
    const { line } = file.placeOf(path);
    if (this.#list.some((known) => known.file === file.path && known.line === line)) return;
    this.say(file, path, text);
  }

  /** Anything about a part of a file. */
  say(file: PackFile, path: string, text: string): void {
    this.add({ file: file.path, ...file.placeOf(path), text });
  }

  /**
   * Runs the check that a service makes of a message, and notes what it refuses. `path` is where the
   * message stands in the file, `checkedPath` where the check was told that it does.
   */
  attempt<Result>(file: PackFile, run: () => Result): Result | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      const text = inJsonNames(error.message);
      this.say(file, pathIn(text), text);
      return undefined;
    }
  }

  /** Throws INVALID_WORLD_PACK with the first fault, if there is any. */
  throwIfAny(): void {
    const [first] = this.list;
    if (first === undefined) return;
    const more = this.#count - 1;
    const rest = more > 0 ? ` (and ${more} more; "tellurion check" lists all)` : "";
    throw new TellurionError("INVALID_WORLD_PACK", `${faultLine(first)}${rest}`);
  }
}

/** `regions[3].climate` of `regions[3].climate (length)="x" is not valid`. */
function pathIn(text: string): string {
  return /^[\w.[\]]*/.exec(text)?.[0] ?? "";
}

/**
 * Checks name fields as the schema does; a pack has their JSON names: `hoursPerDay` for
 * `hours_per_day`.
 */
export function inJsonNames(text: string): string {
  const end = text.indexOf("=");
  const path = text.slice(0, end).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return path + text.slice(end);
}
