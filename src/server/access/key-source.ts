import { readFileSync } from "node:fs";
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { TellurionError } from "../../runtime/index.ts";
import { messageOf, quoted } from "../calls.ts";
import { isLoopback } from "../loopback.ts";

/** Signatures by a key pair. Those of shared secrets are left out: a public key must never be taken for a secret. */
export const publicKeyAlgorithms = ["EdDSA", "ES256", "ES384", "PS256", "RS256"] as const;
export const sharedSecretAlgorithms = ["HS256"] as const;

const secretBytesMin = 32;
/** After a fetch, a key that is not known leads to another one only so much later, in ms. */
export const cooldownMs = 10_000;
const cacheMsMax = 600_000;
const fetchMsMax = 5_000;

/** Reads a shared secret. A line's end behind it does not belong to it. Throws INVALID_OPTION. */
export function readSecret(path: string): Uint8Array {
  const secret = readOf("--jwt-secret-file", path, (bytes) => {
    let end = bytes.length;
    while (end > 0 && (bytes[end - 1] === 10 || bytes[end - 1] === 13)) end -= 1;
    return Uint8Array.from(bytes.subarray(0, end));
  });
  if (secret.length >= secretBytesMin) return secret;
  throw new TellurionError(
    "INVALID_OPTION",
    `--jwt-secret-file=${quoted(path)} holds ${secret.length} bytes; valid are ${secretBytesMin} or more`,
  );
}

/**
 * Public keys from an address or a file, kept, and looked up again when a token names one that is not among them: then
 * they were changed. Throws INVALID_OPTION.
 */
export function openKeySet(where: string, now: () => number = Date.now): JWTVerifyGetKey {
  if (/^https?:\/\//i.test(where)) {
    if (!URL.canParse(where)) throw notValid(where, "it is no address");
    const url = new URL(where);
    // Whoever can change what comes over the network could hand out keys of his own.
    if (url.protocol === "http:" && !isLoopback(url.hostname))
      throw notValid(where, "it is not https");
    return remoteKeys(url, now);
  }
  let keys = localKeys(where);
  let readAt = now();
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (now() - readAt < cooldownMs) throw tooSoon();
      readAt = now();
      keys = localKeys(where);
      return keys(header, token);
    }
  };
}

/** Keys of an address. When they could not be fetched, nobody waits for another attempt before `cooldownMs`. */
function remoteKeys(url: URL, now: () => number): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, {
    cooldownDuration: cooldownMs,
    cacheMaxAge: cacheMsMax,
    timeoutDuration: fetchMsMax,
  });
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (header, token) => {
    const isFailing = now() - failedAt < cooldownMs;
    const wasCooling = remote.coolingDown || isFailing;
    const kept = remote.fresh ? remote.jwks() : undefined;
    if (isFailing && kept === undefined) throw tooSoon();
    try {
      return await (isFailing && kept ? createLocalJWKSet(kept) : remote)(header, token);
    } catch (error) {
      if (isAboutKeys(error)) failedAt = now();
      if (error instanceof errors.JWKSNoMatchingKey && wasCooling) throw tooSoon();
      throw error;
    }
  };
}

/** The key may be new: whoever has it is to come again, and not to be told that it is wrong. */
function tooSoon(): TellurionError {
  const text = `the keys were looked up less than ${cooldownMs / 1_000} s ago, without the token's`;
  return new TellurionError("UNAVAILABLE", `${text}; try again later`);
}

/** Nothing is said of the token: the keys to look at it with are out of reach. */
export function isAboutKeys(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  return !(error instanceof errors.JOSEError) || error.code === errors.JOSEError.code;
}

function localKeys(path: string): JWTVerifyGetKey {
  return readOf("--jwks", path, (bytes) => createLocalJWKSet(JSON.parse(bytes.toString())));
}

function readOf<Value>(option: string, path: string, read: (bytes: Buffer) => Value): Value {
  try {
    return read(readFileSync(path));
  } catch (error) {
    throw notValid(path, messageOf(error), option);
  }
}

function notValid(where: string, why: string, option = "--jwks"): TellurionError {
  const valid = option === "--jwks" ? "an https address or a file of a JSON Web Key Set" : "a file";
  return new TellurionError(
    "INVALID_OPTION",
    `${option}=${quoted(where)} cannot be read (${why}); valid is ${valid}`,
  );
}
