import { isKey } from "../../runtime/index.ts";
import { areNames } from "./fault.ts";
import type { NameKind, PackNames } from "./names.ts";

/** What a rule needs to look at a field. */
export interface RuleContext {
  readonly names: PackNames;
  refuse(path: string, value: unknown, valid: string): void;
}

/** Looks at a field's value, and refuses what is not valid in it. */
export type Rule = (value: unknown, path: string, context: RuleContext) => void;

/** Rules for the fields of a message, by their names in TypeScript. */
export type FieldRules = Readonly<Record<string, Rule>>;

const idValid = "are 1 to 64 of a-z, 0-9, _ . : and -";

/** A name of its own. */
export const id: Rule = (value, path, { refuse }) => {
  if (!isKey(String(value))) refuse(path, value, idValid);
};

/** A text that people read. */
export function words(max: number, min = 0): Rule {
  return (value, path, { refuse }) => {
    const { length } = String(value);
    if (length < min || length > max) refuse(path, value, `are texts of ${min} to ${max} letters`);
  };
}

export function number(min: number, max: number): Rule {
  return (value, path, { refuse }) => {
    // Written so that NaN fails.
    const isValid = Number(value) >= min && Number(value) <= max;
    if (!isValid) refuse(path, Number(value), `are numbers from ${min} to ${max}`);
  };
}

/** A whole number: of a field that holds nothing else. */
export function whole(min: number, max: number): Rule {
  return (value, path, { refuse }) => {
    if (Number(value) < min || Number(value) > max) {
      refuse(path, value, `are integers from ${min} to ${max}`);
    }
  };
}

/** A name that something in the pack has. */
export function nameOf(kind: NameKind): Rule {
  return (value, path, { names, refuse }) => {
    const known = names[kind];
    if (!known.has(String(value))) refuse(path, value, areNames(known, String(value)));
  };
}

/** A rule for fields that may be left out. */
export function optional(rule: Rule): Rule {
  return (value, path, context) => {
    if (value !== "" && value !== undefined) rule(value, path, context);
  };
}

/** The value is there: a message, a text, an enum's value other than zero. */
export function needed(valid: string): Rule {
  return (value, path, { refuse }) => {
    if (value === undefined || value === "" || value === 0) refuse(path, "", valid);
  };
}

/** A list of so many items, each of which the rule is for. */
export function list(max: number, rule?: Rule, min = 0): Rule {
  return (value, path, context) => {
    const items = value as readonly unknown[];
    if (items.length < min || items.length > max) {
      context.refuse(path, `${items.length} items`, `are ${min} to ${max} items`);
    }
    if (rule) for (const [i, item] of items.entries()) rule(item, `${path}[${i}]`, context);
  };
}

/** No two items of the list are the same. */
export function distinct(rule: Rule): Rule {
  return (value, path, context) => {
    rule(value, path, context);
    const seen = new Set<unknown>();
    for (const [i, item] of (value as readonly unknown[]).entries()) {
      if (seen.has(item)) context.refuse(`${path}[${i}]`, item, "are items that come once");
      seen.add(item);
    }
  };
}

/** The names in a list of messages, of which no two are the same. */
export function distinctBy(key: string, rule: Rule): Rule {
  return (value, path, context) => {
    rule(value, path, context);
    const seen = new Set<unknown>();
    for (const [i, item] of (value as readonly Record<string, unknown>[]).entries()) {
      const name = item[key];
      if (seen.has(name)) {
        context.refuse(`${path}[${i}].${key}`, name, "are names that no other item has");
      }
      seen.add(name);
    }
  };
}

/** A fact, as `fact` or `!fact`. */
export const factTerm: Rule = (value, path, { refuse }) => {
  if (!isKey(String(value).replace(/^!/, ""))) refuse(path, value, "are fact and !fact");
};
