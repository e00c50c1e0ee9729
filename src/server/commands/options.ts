import { parseArgs } from "node:util";
import { TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";

/** An option of a command. Its table row says how it is written, read and explained. */
export interface Option<Value> {
  /** What stands for the value in the help: `PORT`. Without it the option is a switch. */
  readonly placeholder?: string;
  /** It is written without a name, in its place among those like it, and must be there. */
  readonly isOperand?: true;
  readonly about: string;
  readonly default: Value;
  /** How the default is shown in the help, when not as it is. */
  readonly defaultText?: string;
  /**
   * Reads the value; undefined when it is not valid. May throw an INVALID_OPTION that says more.
   */
  readonly read: (text: string) => Value | undefined;
  /** What is valid, for the message about a value that is not. Without it the option takes none. */
  readonly valid?: string;
  /** Puts the values of an option together that may be there more than once. */
  join?(before: Value, after: Value): Value;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};

export function flag(about: string): Option<boolean> {
  return { about, default: false, read: () => true };
}

interface IntegerRange<Default> {
  /** Undefined: there is none, and the value may be left out. */
  readonly default: Default;
  readonly min: number;
  readonly max: number;
}

export function integer<Default extends number | undefined>(
  placeholder: string,
  about: string,
  range: IntegerRange<Default>,
): Option<number | Default> {
  return {
    placeholder,
    about,
    default: range.default,
    valid: `integers from ${range.min} to ${range.max}`,
    read(text) {
      const value = Number(text);
      const inRange = value >= range.min && value <= range.max;
      return /^\d+$/.test(text) && inRange ? value : undefined;
    },
  };
}

export function text(placeholder: string, about: string, byDefault: string): Option<string> {
  return {
    placeholder,
    about,
    default: byDefault,
    valid: "a text that is not empty",
    read: (value) => (value === "" ? undefined : value),
  };
}

/** What a command works on, like a file: it is written without a name. */
export function operand(placeholder: string, about: string): Option<string> {
  return { ...text(placeholder, about, ""), isOperand: true };
}

/** Reads a command's arguments by its table. Throws INVALID_OPTION. */
export function readOptions<Table extends OptionTable>(
  table: Table,
  args: readonly string[],
): OptionValues<Table> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) values[name] = option.default;
  const missing = operandsOf(table);
  for (const token of tokensOf(table, args)) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      const [name, option] = missing.shift() ?? [];
      if (!name || !option) throw notValid(`argument ${quoted(token.value)}`, table);
      values[name] = readValue(`${option.placeholder}`, option, token.value);
      continue;
    }
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    if (!option || option.isOperand) throw notValid(`option ${token.rawName}`, table);
    const value = readValue(token.rawName, option, token.value);
    values[token.name] = option.join ? option.join(values[token.name], value) : value;
  }
  for (const [, { placeholder, about }] of missing) {
    throw new TellurionError("INVALID_OPTION", `${placeholder} is missing; valid is ${about}`);
  }
  return values as OptionValues<Table>;
}

/** How a command with these options is called: ` FILE [options]`. */
export function usageOf(table: OptionTable): string {
  const operands = operandsOf(table).map(([, { placeholder }]) => ` ${placeholder}`);
  return `${operands.join("")} [options]`;
}

/** The help's lines on a table of options. */
export function optionsHelp(table: OptionTable): string[] {
  const rows = Object.entries(table).map(([name, option]) => ({
    left: option.isOperand
      ? `${option.placeholder}`
      : [`--${name}`, ...(option.placeholder ? [option.placeholder] : [])].join(" "),
    right: `${option.about}${defaultHelp(option)}`,
  }));
  const width = Math.max(0, ...rows.map((row) => row.left.length));
  return rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`);
}

function operandsOf(table: OptionTable): [string, Option<unknown>][] {
  return Object.entries(table).filter(([, { isOperand }]) => isOperand);
}

function tokensOf(table: OptionTable, args: readonly string[]) {
  const named = Object.entries(table).filter(([, { isOperand }]) => !isOperand);
  const options = named.map(([name, { placeholder }]) => [
    name,
    { type: placeholder === undefined ? "boolean" : "string" },
  ]);
  return parseArgs({
    ...{ args: [...args], strict: false, tokens: true },
    options: Object.fromEntries(options),
  }).tokens;
}

function defaultHelp({ placeholder, default: byDefault, defaultText }: Option<unknown>): string {
  if (defaultText !== undefined) return ` (${defaultText})`;
  const isShown = placeholder !== undefined && byDefault !== undefined && byDefault !== "";
  return isShown ? ` (${byDefault})` : "";
}

function readValue(rawName: string, option: Option<unknown>, given: string | undefined): unknown {
  const takesValue = option.placeholder !== undefined;
  const value = takesValue === (given !== undefined) ? option.read(given ?? "") : undefined;
  if (value !== undefined) return value;
  const what = given === undefined ? "without a value" : quoted(given);
  const valid = option.valid === undefined ? "it takes no value" : `valid are ${option.valid}`;
  throw new TellurionError(
    "INVALID_OPTION",
    `${rawName}${given === undefined ? " " : "="}${what} is not valid; ${valid}`,
  );
}

function notValid(what: string, table: OptionTable): TellurionError {
  const named = Object.entries(table).filter(([, { isOperand }]) => !isOperand);
  const valid = named.map(([name]) => `--${name}`);
  return new TellurionError(
    "INVALID_OPTION",
    `${what} is not valid here; valid are ${[...valid, "--help"].join(", ")}`,
  );
}
