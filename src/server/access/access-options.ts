import { TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";
import { isLoopback } from "../loopback.ts";
import { type Authenticator, tokenAuthenticator } from "./authenticator.ts";
import {
  openKeySet,
  publicKeyAlgorithms,
  readSecret,
  sharedSecretAlgorithms,
} from "./key-source.ts";

/** What a start says about who may come in. */
export interface AccessOptions {
  readonly host: string;
  readonly secretFile: string | undefined;
  readonly keySet: string | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

/**
 * How callers show who they are. Undefined: they need not, which only a loopback address allows. Throws INVALID_OPTION.
 */
export function authenticatorOf(options: AccessOptions): Authenticator | undefined {
  const { host, secretFile, keySet, issuer, audience } = options;
  if (secretFile !== undefined && keySet !== undefined) {
    throw new TellurionError(
      "INVALID_OPTION",
      `--jwks=${quoted(keySet)} is not valid with --jwt-secret-file; valid is one of the two`,
    );
  }
  if (secretFile !== undefined) {
    const algorithms = sharedSecretAlgorithms;
    return tokenAuthenticator(readSecret(secretFile), { algorithms, issuer, audience });
  }
  if (keySet !== undefined) {
    const algorithms = publicKeyAlgorithms;
    return tokenAuthenticator(openKeySet(keySet), { algorithms, issuer, audience });
  }
  if (issuer !== undefined || audience !== undefined) {
    throw new TellurionError(
      "INVALID_OPTION",
      "--jwt-issuer and --jwt-audience are valid with keys only: --jwt-secret-file or --jwks",
    );
  }
  if (isLoopback(host)) return undefined;
  throw new TellurionError(
    "INVALID_OPTION",
    `--host=${quoted(host)} is not valid without keys, for others can reach it; valid are ` +
      "loopback addresses (127.0.0.1, ::1, localhost), or --jwt-secret-file FILE or --jwks URL|FILE",
  );
}
