import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JWK } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tokenAuthenticator } from "../../../src/server/access/authenticator.ts";
import {
  cooldownMs,
  openKeySet,
  publicKeyAlgorithms,
  readSecret,
} from "../../../src/server/access/key-source.ts";
import { Issuer, inSeconds, secret, signed } from "../../support/tokens.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tellurion-keys-"));
});
afterEach(() => rm(folder, { recursive: true }));

const rules = { algorithms: publicKeyAlgorithms, issuer: undefined, audience: undefined };

describe("a shared secret", () => {
  test("is a file's bytes, without the end of the line", async () => {
    const path = join(folder, "secret");
    await writeFile(path, Buffer.concat([secret, Buffer.from("\r\n")]));
    expect(readSecret(path)).toEqual(secret);
  });

  test("of less than 32 bytes is refused", async () => {
    const path = join(folder, "secret");
    await writeFile(path, "x".repeat(31));
    expect(() => readSecret(path)).toThrow(/holds 31 bytes; valid are 32 or more/);
    expect(() => readSecret(join(folder, "none"))).toThrow(/cannot be read/);
  });
});

describe("public keys in a file", () => {
  const write = async (...issuers: Issuer[]) => {
    const keys = await Promise.all(issuers.map((issuer) => issuer.publicKey()));
    await writeFile(join(folder, "keys.json"), JSON.stringify({ keys }));
  };

  test("are read again for a key that is new, but not all the time", async () => {
    const [first, second] = [await Issuer.create("one"), await Issuer.create("two")];
    await write(first);
    let now = 0;
    const authenticator = tokenAuthenticator(
      openKeySet(join(folder, "keys.json"), () => now),
      rules,
    );
    expect(await authenticator.identify(await first.token())).toMatchObject({ player: "anna" });
    await write(second);
    const token = await second.token();
    await expect(authenticator.identify(token)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    now += cooldownMs;
    expect(await authenticator.identify(token)).toMatchObject({ player: "anna" });
    now += cooldownMs;
    await expect(authenticator.identify(await first.token())).rejects.toThrow(/not valid/);
  });

  test("are no secret: a token signed with the public key's bytes is refused", async () => {
    const issuer = await Issuer.create("one");
    await write(issuer);
    const authenticator = tokenAuthenticator(openKeySet(join(folder, "keys.json")), rules);
    const bytes = new TextEncoder().encode(JSON.stringify(await issuer.publicKey()));
    await expect(authenticator.identify(await signed({}, bytes))).rejects.toMatchObject({
      code: "NOT_AUTHENTICATED",
    });
    const old = await issuer.token({ exp: inSeconds(-60) });
    await expect(authenticator.identify(old)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  });

  test("that are none are refused at once", async () => {
    await writeFile(join(folder, "keys.json"), "{}");
    expect(() => openKeySet(join(folder, "keys.json"))).toThrow(/--jwks=.*cannot be read/);
    expect(() => openKeySet(join(folder, "none.json"))).toThrow(/valid is an https/);
    expect(() => openKeySet("http://")).toThrow(/it is no address/);
    expect(() => openKeySet("http://keys.example/jwks")).toThrow(/it is not https/);
  });
});

describe("public keys at an address", () => {
  let server: Server;
  let keys: JWK[] = [];
  let asked = 0;
  beforeEach(async () => {
    asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => void server.close());

  test("are asked for once, and unknown ones do not ask again at once", async () => {
    const [known, unknown] = [await Issuer.create("one"), await Issuer.create("two")];
    keys = [await known.publicKey()];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const authenticator = tokenAuthenticator(openKeySet(url), rules);
    for (let i = 0; i < 3; i += 1) await authenticator.identify(await known.token());
    const strange = await unknown.token();
    for (let i = 0; i < 3; i += 1) {
      await expect(authenticator.identify(strange)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }
    expect(asked).toBe(1);
  });

  test("say that a token is wrong when they were fetched for it, and are without its key", async () => {
    keys = [await (await Issuer.create("one")).publicKey()];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const token = await (await Issuer.create("two")).token();
    await expect(tokenAuthenticator(openKeySet(url), rules).identify(token)).rejects.toMatchObject({
      code: "NOT_AUTHENTICATED",
    });
  });

  test("that could not be fetched are not asked for again at once, by nobody", async () => {
    keys = "no keys" as never;
    let now = 0;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const authenticator = tokenAuthenticator(
      openKeySet(url, () => now),
      rules,
    );
    const issuer = await Issuer.create("one");
    const token = await issuer.token();
    const unavailable = { code: "UNAVAILABLE" };
    for (let i = 0; i < 3; i += 1) {
      await expect(authenticator.identify(token)).rejects.toMatchObject(unavailable);
    }
    expect(asked).toBe(1);
    keys = [await issuer.publicKey()];
    await expect(authenticator.identify(token)).rejects.toMatchObject(unavailable);
    now += cooldownMs;
    expect(await authenticator.identify(token)).toMatchObject({ player: "anna" });
    expect(asked).toBe(2);
  });

  test("that cannot be fetched say nothing against a token", async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const token = await (await Issuer.create("one")).token();
    keys = "no keys" as never;
    await expect(tokenAuthenticator(openKeySet(url), rules).identify(token)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await new Promise((resolve) => server.close(resolve));
    await expect(tokenAuthenticator(openKeySet(url), rules).identify(token)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });
});
