import { isDeepStrictEqual } from "node:util";
import { policyStatementId, type Setting } from "./resources.ts";

/** Settings of a resource as AWS gives them and takes them: texts. */
export type Attributes = Readonly<Record<string, string>>;

interface Statement {
  readonly Sid?: string;
}

/**
 * What has to be set so that a resource is as wanted, by name. What is not mentioned stays as it is, and so do the
 * statements of a policy that somebody else has put there.
 */
export function differences(
  current: Attributes,
  wanted: Readonly<Record<string, Setting>>,
): Attributes {
  const differing: Record<string, string> = {};
  for (const [name, setting] of Object.entries(wanted)) {
    const before = current[name];
    const after = name === "Policy" ? withStatementsOf(before, setting) : setting;
    if (!isSame(before, after)) differing[name] = encoded(after);
  }
  return differing;
}

/** Settings as they are given to a resource that is made. */
export function attributesOf(wanted: Readonly<Record<string, Setting>>): Attributes {
  return differences({}, wanted);
}

function encoded(setting: Setting): string {
  return typeof setting === "string" ? setting : JSON.stringify(setting);
}

function isSame(before: string | undefined, after: Setting): boolean {
  if (typeof after === "string") return before === after;
  // Numbers in JSON come back as texts from some, and in an order of their own.
  return isDeepStrictEqual(read(before), read(JSON.stringify(after)));
}

function read(json: string | undefined): unknown {
  return parsed(json, (_, value) => (typeof value === "number" ? `${value}` : value));
}

function parsed(json = "", revive?: (name: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(json, revive);
  } catch {
    return undefined;
  }
}

function withStatementsOf(before: string | undefined, wanted: Setting): Setting {
  const policy = parsed(before) as { Statement?: Statement | Statement[] } | undefined;
  if (typeof wanted === "string" || policy?.Statement === undefined) return wanted;
  const { Statement } = wanted as { Statement?: Statement[] };
  const others = [policy.Statement].flat().filter(({ Sid }) => Sid !== policyStatementId);
  return { ...policy, ...wanted, Statement: [...others, ...(Statement ?? [])] };
}
