import { TellurionError } from "../errors.ts";

/** Where an actor is found: its kind and its key, `weather/north-marsh`. */
export type Address = string;

const kindPattern = /^[a-z][a-z0-9-]{0,31}$/;
const keyPattern = /^[a-z0-9_.:-]{1,64}$/;

export function isKind(kind: string): boolean {
  return kindPattern.test(kind);
}

export function isKey(key: string): boolean {
  return keyPattern.test(key);
}

/** Joins kind and key. Throws INVALID_ADDRESS when either has a form that no actor can have. */
export function addressOf(kind: string, key: string): Address {
  if (!isKind(kind)) {
    throw new TellurionError(
      "INVALID_ADDRESS",
      `kind=${JSON.stringify(kind)} is not a kind of actor; valid is ${kindPattern.source}`,
    );
  }
  if (!isKey(key)) {
    throw new TellurionError(
      "INVALID_ADDRESS",
      `key=${JSON.stringify(key)} of kind=${kind} is not valid; valid is ${keyPattern.source}`,
    );
  }
  return `${kind}/${key}`;
}

/** Splits an address. Throws INVALID_ADDRESS when it is none. */
export function parseAddress(address: Address): { kind: string; key: string } {
  const slash = address.indexOf("/");
  const kind = address.slice(0, Math.max(slash, 0));
  const key = address.slice(slash + 1);
  if (!isKind(kind) || !isKey(key)) {
    throw new TellurionError(
      "INVALID_ADDRESS",
      `address=${JSON.stringify(address.slice(0, 120))} is not valid; valid is kind/key, like weather/north-marsh`,
    );
  }
  return { kind, key };
}
