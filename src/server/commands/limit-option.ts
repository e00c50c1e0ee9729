import { TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";
import { type LimitName, type Limits, limitNames, limitTable } from "../limits.ts";
import type { Option } from "./options.ts";

/** `--limit NAME=VALUE`, once for each limit to change. */
export const limitOption: Option<Partial<Limits>> = {
  placeholder: "NAME=VALUE",
  about: "changes a limit of the server; again for another one",
  default: {},
  defaultText: "below",
  valid: `NAME=VALUE with one of ${limitNames.join(", ")}`,
  read(text) {
    const [, name = "", digits = ""] = /^(\w+)=(.*)$/.exec(text) ?? [];
    if (!Object.hasOwn(limitTable, name)) return undefined;
    const { min, max } = limitTable[name as LimitName];
    const value = Number(digits);
    if (/^\d+$/.test(digits) && value >= min && value <= max) return { [name]: value };
    throw new TellurionError(
      "INVALID_OPTION",
      `--limit ${name}=${quoted(digits)} is not valid; valid are integers from ${min} to ${max}`,
    );
  },
  join: (before, after) => ({ ...before, ...after }),
};

/** The help's lines on the limits. */
export function limitsHelp(): string[] {
  return limitNames.map((name) => {
    const { about, default: byDefault } = limitTable[name];
    return `  ${`${name}=${byDefault}`.padEnd(30)}  ${about}`;
  });
}
