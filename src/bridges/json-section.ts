import { TellurionError } from "../runtime/index.ts";

/**
 * A JSON object that is read field by field. Each field is checked when it is read, and at the end those that nobody read
 * are refused: nothing is ignored. All methods but `has` throw INVALID_OPTION.
 */
export class JsonSection {
  readonly path: string;
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #known = new Set<string>();

  constructor(path: string, value: unknown) {
    this.path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw invalid(path, value, "is an object");
    }
    this.#fields = new Map(Object.entries(value));
  }

  /** `lingerMs` of `out` is `out.lingerMs`. */
  pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** `valid` completes the sentence "valid …". */
  text(name: string, pattern: RegExp, valid: string): string | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    return textOf(this.pathOf(name), value, pattern, valid);
  }

  whole(name: string, min: number, max: number): number | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    throw invalid(this.pathOf(name), value, `are whole numbers from ${min} to ${max}`);
  }

  flag(name: string): boolean | undefined {
    const value = this.#read(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw invalid(this.pathOf(name), value, "are true and false");
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw invalid(this.pathOf(name), value, `are ${choices.join(", ")}`);
  }

  /** A list of 1 to `max` items, each read by `read`. */
  list<Item>(
    name: string,
    max: number,
    read: (path: string, value: unknown) => Item,
  ): Item[] | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.length === 0 || value.length > max) {
      throw invalid(this.pathOf(name), value, `are lists of 1 to ${max}`);
    }
    return value.map((item, i) => read(`${this.pathOf(name)}[${i}]`, item));
  }

  /** An object with names of its own. */
  record<Item>(
    name: string,
    max: number,
    read: (path: string, value: unknown, key: string) => Item,
  ): Record<string, Item> | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    const path = this.pathOf(name);
    const entries = [...new JsonSection(path, value).#fields];
    if (entries.length === 0 || entries.length > max) {
      throw invalid(path, value, `are objects with 1 to ${max} fields`);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, read(`${path}.${key}`, item, key)]),
    );
  }

  section(name: string): JsonSection | undefined {
    const value = this.#read(name);
    return value === undefined ? undefined : new JsonSection(this.pathOf(name), value);
  }

  require<Value>(name: string, value: Value | undefined): Value {
    if (value !== undefined) return value;
    throw new TellurionError(
      "INVALID_OPTION",
      `bridge configuration: ${this.pathOf(name)} is missing`,
    );
  }

  /** All that may be there has been read. */
  end(): void {
    for (const [name, value] of this.#fields) {
      if (this.#known.has(name)) continue;
      throw invalid(this.pathOf(name), value, `are the fields ${[...this.#known].join(", ")}`);
    }
  }

  #read(name: string): unknown {
    this.#known.add(name);
    return this.#fields.get(name);
  }
}

/** Throws INVALID_OPTION. */
export function textOf(path: string, value: unknown, pattern: RegExp, valid: string): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  throw invalid(path, value, valid);
}

const shownMax = 120;

export function invalid(path: string, value: unknown, valid: string): TellurionError {
  const shown = (JSON.stringify(value) ?? "undefined").slice(0, shownMax);
  const where = path === "" ? "" : `${path}=`;
  const text = `bridge configuration: ${where}${shown} is not valid; valid ${valid}`;
  return new TellurionError("INVALID_OPTION", text);
}
