import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { openAccess, tokenAuthenticator } from "../../../src/server/access/authenticator.ts";
import { developer } from "../../../src/server/access/identity.ts";
import { inSeconds, secret, signed } from "../../support/tokens.ts";

const authenticator = tokenAuthenticator(secret, {
  algorithms: ["HS256"],
  issuer: undefined,
  audience: undefined,
});

describe("a server with a shared secret", () => {
  test("reads player and scopes out of a token, in either form of the claim", async () => {
    const exp = inSeconds(60);
    const scope = "weather:read quest:write openid *:admin";
    expect(await authenticator.identify(await signed({ exp, scope }))).toEqual({
      player: "anna",
      scopes: ["weather:read", "quest:write", "*:admin"],
      expiresMs: (exp + 5) * 1_000,
    });
    const scopes = ["npc:read", 7, "npc:read", "NPC:read", "npc:eat"];
    expect(await authenticator.identify(await signed({ scopes }))).toMatchObject({
      scopes: ["npc:read"],
    });
  });

  test("takes tokens that a clock a few seconds off has made", async () => {
    await authenticator.identify(await signed({ nbf: inSeconds(3) }));
    await authenticator.identify(await signed({ exp: inSeconds(-3) }));
  });

  const forged = async () => {
    const [head, , signature] = (await signed()).split(".");
    const claims = Buffer.from(JSON.stringify({ sub: "bob", exp: inSeconds(60) }));
    return `${head}.${claims.toString("base64url")}.${signature}`;
  };
  const unsigned = async () => new UnsecuredJWT({ sub: "anna", exp: inSeconds(60) }).encode();
  const otherAlgorithm = () =>
    new SignJWT({ sub: "anna", exp: inSeconds(60) })
      .setProtectedHeader({ alg: "HS512" })
      .sign(new Uint8Array(64));

  test.each([
    ["none", async () => undefined],
    ["an empty one", async () => ""],
    ["no token at all", async () => "nonsense"],
    ["changed claims", forged],
    ["no signature", unsigned],
    ["a signature of another kind", otherAlgorithm],
    ["another's secret", () => signed({}, new Uint8Array(32))],
    ["no player", () => signed({ sub: "" })],
    ["a player with an endless name", () => signed({ sub: "x".repeat(300) })],
    ["a player that is a number", () => signed({ sub: 12_345 as never })],
    ["a player that is true", () => signed({ sub: true as never })],
    ["a player that is an object", () => signed({ sub: {} as never })],
    ["a player that is null", () => signed({ sub: null as never })],
    ["a beginning that is still to come", () => signed({ nbf: inSeconds(60) })],
    ["9,000 characters", async () => "x".repeat(9_000)],
  ])("refuses a token with %s", async (_what, token) => {
    await expect(authenticator.identify(await token())).rejects.toMatchObject({
      code: "NOT_AUTHENTICATED",
    });
  });

  test("refuses a token that never ends", async () => {
    const endless = await new SignJWT({ sub: "anna" })
      .setProtectedHeader({ alg: "HS256" })
      .sign(secret);
    await expect(authenticator.identify(endless)).rejects.toThrow(/"exp"/);
  });

  test("says when a token's time is over", async () => {
    const old = await signed({ exp: inSeconds(-60) });
    await expect(authenticator.identify(old)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  });

  test("wants the issuer and the audience that it was told of", async () => {
    const strict = tokenAuthenticator(secret, {
      ...{ algorithms: ["HS256"], issuer: "https://id.example", audience: "world" },
    });
    const right = { iss: "https://id.example", aud: "world" };
    expect(await strict.identify(await signed(right))).toMatchObject({ player: "anna" });
    for (const wrong of [{ iss: "https://other.example" }, { aud: "shop" }, { iss: "" }]) {
      const token = await signed({ ...right, ...wrong });
      await expect(strict.identify(token)).rejects.toMatchObject({ code: "NOT_AUTHENTICATED" });
    }
  });
});

test("a server without keys takes everybody, at once", () => {
  expect(openAccess.identify(undefined)).toBe(developer);
});
