import { isKey, Rejection } from "../../runtime/index.ts";

const shownMax = 80;

/** Refuses a value: says where it stands, what it is, and what would be valid there. */
export function refuse(path: string, value: unknown, valid: string): never {
  throw new Rejection("INVALID_ARGUMENT", `${path}=${show(value)} is not valid; valid ${valid}`);
}

export function checkInteger(path: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    refuse(path, value, `are integers from ${min} to ${max}`);
  }
}

export function checkNumber(path: string, value: number, min: number, max: number): void {
  // Written so that NaN fails.
  if (!(value >= min && value <= max)) refuse(path, value, `are numbers from ${min} to ${max}`);
}

export function checkBigint(path: string, value: bigint, min: bigint, max: bigint): void {
  if (value < min || value > max) refuse(path, value, `are integers from ${min} to ${max}`);
}

export function checkId(path: string, value: string): void {
  if (!isKey(value)) refuse(path, value, "are 1 to 64 of a-z, 0-9, _ . : and -");
}

export function checkCount(path: string, count: number, min: number, max: number): void {
  if (count < min || count > max) refuse(`${path} (length)`, count, `are ${min} to ${max} items`);
}

/** Refuses the second of two items of a list that have the same name. */
export function checkNames(path: string, items: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  items.forEach(({ name }, i) => {
    checkId(`${path}[${i}].name`, name);
    if (seen.has(name)) refuse(`${path}[${i}].name`, name, "are names that no other item has");
    seen.add(name);
  });
}

export function checkOneOf(path: string, value: string, names: readonly string[]): void {
  if (!names.includes(value)) refuse(path, value, `are ${names.join(", ")}`);
}

function show(value: unknown): string {
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > shownMax ? `${value.slice(0, shownMax)}…` : value);
}
