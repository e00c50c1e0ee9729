import {
  flag,
  integer,
  type Option,
  optionsHelp,
  readOptions,
} from "../src/server/commands/options.ts";
import type { Table } from "./table.ts";
import { tables } from "./tables.ts";

const only: Option<readonly Table[]> = {
  placeholder: "NAME,…",
  about: `the tables to run: ${tables.map(({ name }) => name).join(", ")}`,
  default: tables,
  defaultText: "all",
  valid: `lists of ${tables.map(({ name }) => name).join(", ")}`,
  read(text) {
    const names = text.split(",");
    const isKnown = (name: string) => tables.some((table) => table.name === name);
    if (!names.every(isKnown)) return undefined;
    return tables.filter(({ name }) => names.includes(name));
  },
};

const json: Option<string | undefined> = {
  placeholder: "FILE",
  about: "writes the results there as well",
  default: undefined,
  valid: "paths",
  read: (text) => text || undefined,
};

export const options = {
  only,
  json,
  rounds: integer("N", "rounds, of which the median is taken", { default: 5, min: 1, max: 100 }),
  smoke: flag("runs everything for a moment only: the figures mean nothing"),
};

export const readArguments = (args: readonly string[]) => readOptions(options, args);

export const help = [
  "Usage: npm run bench -- [options]",
  "",
  "Measures Tellurion next to what one would use instead. How, and what comes of it: docs/performance.md.",
  "",
  ...optionsHelp(options),
].join("\n");
