import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

export const secret = new TextEncoder().encode("a secret of at least thirty-two bytes");

/** Seconds since 1970, `after` from now. */
export function inSeconds(after: number): number {
  return Math.floor(Date.now() / 1_000) + after;
}

/** A token as whoever knows the secret makes it: for anna, for a minute, unless the claims say otherwise. */
export function signed(claims: JWTPayload = {}, key: Uint8Array = secret): Promise<string> {
  return new SignJWT({ sub: "anna", exp: inSeconds(60), ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(key);
}

/** Somebody who signs with a key pair. */
export class Issuer {
  readonly #kid: string;
  readonly #pair: Awaited<ReturnType<typeof generateKeyPair>>;

  private constructor(kid: string, pair: Awaited<ReturnType<typeof generateKeyPair>>) {
    this.#kid = kid;
    this.#pair = pair;
  }

  static async create(kid: string): Promise<Issuer> {
    return new Issuer(kid, await generateKeyPair("ES256"));
  }

  async publicKey(): Promise<JWK> {
    return { ...(await exportJWK(this.#pair.publicKey)), kid: this.#kid, alg: "ES256" };
  }

  token(claims: JWTPayload = {}): Promise<string> {
    return new SignJWT({ sub: "anna", exp: inSeconds(60), ...claims })
      .setProtectedHeader({ alg: "ES256", kid: this.#kid })
      .sign(this.#pair.privateKey);
  }
}
