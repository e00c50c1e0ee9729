import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { TellurionError } from "../../runtime/index.ts";
import { messageOf } from "../calls.ts";
import { developer, type Identity, isScope } from "./identity.ts";
import { isAboutKeys } from "./key-source.ts";

/** Finds out who somebody is. */
export interface Authenticator {
  /**
   * Throws NOT_AUTHENTICATED or TOKEN_EXPIRED. What needs no waiting is answered at once: then nobody is between a hello
   * and its welcome.
   */
  identify(token: string | undefined): Identity | Promise<Identity>;
}

/** Everybody may do everything: for development, at a loopback address. */
export const openAccess: Authenticator = { identify: () => developer };

export interface TokenRules {
  /** How tokens may be signed. A token names its own way, so those that are valid have to be named here. */
  readonly algorithms: readonly string[];
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** Clocks of two machines differ by so much, in seconds. */
const leewaySeconds = 5;
const tokenCharactersMax = 8_192;
const playerCharactersMax = 256;
const scopesMax = 256;

/** Takes JSON Web Tokens that were signed with one of the keys. */
export function tokenAuthenticator(key: Uint8Array | JWTVerifyGetKey, rules: TokenRules) {
  const options = {
    algorithms: [...rules.algorithms],
    clockTolerance: leewaySeconds,
    requiredClaims: ["sub", "exp"],
    ...(rules.issuer !== undefined && { issuer: rules.issuer }),
    ...(rules.audience !== undefined && { audience: rules.audience }),
  };
  const find: JWTVerifyGetKey = key instanceof Uint8Array ? async () => key : key;
  return {
    async identify(token: string | undefined): Promise<Identity> {
      if (!token) {
        throw refused(
          "a token is needed; valid is a JSON Web Token in the header authorization: Bearer …, " +
            "or in hello.token",
        );
      }
      if (token.length > tokenCharactersMax) {
        throw refused(`a token of ${token.length} characters; valid are ${tokenCharactersMax}`);
      }
      try {
        return identityOf((await jwtVerify(token, find, options)).payload);
      } catch (error) {
        if (error instanceof TellurionError) throw error;
        if (error instanceof errors.JWTExpired) {
          throw new TellurionError("TOKEN_EXPIRED", "the token's time is over; get a new one");
        }
        if (isAboutKeys(error)) {
          const text = `the keys cannot be fetched (${messageOf(error)}); try again later`;
          throw new TellurionError("UNAVAILABLE", text);
        }
        throw refused(`the token is not valid: ${messageOf(error)}`);
      }
    },
  } satisfies Authenticator;
}

function identityOf({ sub, exp = 0, scope, scopes }: JWTPayload): Identity {
  // Only that the claim is there is known: an issuer may have put a number, an object, anything into it.
  if (typeof sub !== "string" || sub === "" || sub.length > playerCharactersMax) {
    throw refused(`the token's sub is no name of a player; valid are 1 to ${playerCharactersMax}`);
  }
  const listed = Array.isArray(scopes) ? scopes : [];
  const given = [...(typeof scope === "string" ? scope.split(" ") : []), ...listed];
  // Scopes of other services than this server's may well be in it: they mean nothing here.
  const known = given.filter((text): text is string => typeof text === "string" && isScope(text));
  return {
    player: sub,
    scopes: [...new Set(known)].slice(0, scopesMax),
    expiresMs: (exp + leewaySeconds) * 1_000,
  };
}

function refused(text: string): TellurionError {
  return new TellurionError("NOT_AUTHENTICATED", text);
}
