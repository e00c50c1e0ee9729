import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { WeatherService } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { Rejection } from "../../../src/runtime/errors.ts";
import { tokenAuthenticator } from "../../../src/server/access/authenticator.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { PackReload } from "../../../src/server/reload/pack-reload.ts";
import { surround } from "../../../src/server/running-server.ts";
import { loadWorldPack } from "../../../src/server/world-pack.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { Run, startMsMax, stopRuns } from "../../support/run.ts";
import { secret, signed } from "../../support/tokens.ts";
import { within } from "../../support/within.ts";
import { copyOf, edit } from "./packs.ts";

const main = fileURLToPath(new URL("../../../src/server/main.ts", import.meta.url));
const stormier = ["climates/fen.json", '"rain": 0.9', '"rain": 1'] as const;

afterEach(stopRuns);

/** A world that was begun with a pack, and what its weather was given since. */
async function begun(isOlder = false) {
  const pack = copyOf();
  const world = new FakeWorld();
  const given: string[] = [];
  world.answer(WeatherService.method.loadClimate, ({ climate }, key) => {
    const rain = climate?.conditions[1]?.rain;
    if (key === "south" && rain === 0.1) throw new Rejection("FAILED_PRECONDITION", "too dry");
    given.push(`${key}: ${rain}`);
    return {};
  });
  const lines: string[] = [];
  // The fake world has no other kinds of actor.
  const isThere = ({ address }: { address: string }) => /^(clock|weather)\//.test(address);
  const load = async () => {
    const { name, bootstrap } = await loadWorldPack(pack);
    return { name, bootstrap: bootstrap.filter(isThere) };
  };
  const { bootstrap } = await load();
  const options = { load, told: isOlder ? [] : bootstrap, callTimeoutMs: 1_000 };
  const log = createLog((line) => lines.push(line));
  return {
    pack,
    world,
    given,
    lines,
    options,
    log,
    reload: new PackReload(world, { ...options, log }),
  };
}

describe("a reload", () => {
  test("gives what has changed to those whom it concerns", async () => {
    const { pack, given, reload } = await begun();
    expect(await reload.reload()).toEqual({
      ...{ changed: [], unchanged: 3, refused: [], notTaken: [], unknown: [] },
    });
    edit(pack, stormier);
    expect(await reload.reload()).toMatchObject({
      ...{ changed: ["weather/north", "weather/south"], unchanged: 1 },
    });
    expect(given).toEqual(["north: 1", "south: 1"]);
    expect(await reload.reload()).toMatchObject({ changed: [], unchanged: 3 });
    expect(given).toHaveLength(2);
  });

  test("changes nothing with a pack in which anything is wrong, and says what", async () => {
    const { pack, given, lines, reload } = await begun();
    edit(pack, stormier);
    const line = edit(pack, ["goods.json", '"price": 9', '"price": 0']);
    await expect(reload.reload()).rejects.toMatchObject({ code: "INVALID_WORLD_PACK" });
    await reload.reloadAndLog();
    expect(given).toEqual([]);
    expect(lines.join()).toContain("nothing was reloaded: INVALID_WORLD_PACK: ");
    expect(lines.join()).toContain(`goods.json:${line}:`);
  });

  test("says who refused new content, and offers it to them again", async () => {
    const { pack, given, lines, reload } = await begun();
    edit(pack, ["climates/fen.json", '"rain": 0.9', '"rain": 0.1']);
    await reload.reloadAndLog();
    expect(lines.join()).toContain("weather/south refused its content: too dry");
    edit(pack, ["climates/fen.json", '"rain": 0.1', '"rain": 0.2']);
    expect(await reload.reload()).toMatchObject({ changed: ["weather/north", "weather/south"] });
    expect(given).toEqual(["north: 0.1", "north: 0.2", "south: 0.2"]);
  });

  test("says what only new worlds begin with", async () => {
    const { pack, reload } = await begun();
    edit(pack, ["world.json", '"scale": 60', '"scale": 90']);
    expect(await reload.reload()).toMatchObject({ changed: [], notTaken: ["clock/main"] });
  });

  test("gives an older world all that it takes", async () => {
    const { given, reload } = await begun(true);
    expect(await reload.reload()).toMatchObject({
      ...{ changed: ["weather/north", "weather/south"], notTaken: [] },
    });
    expect(given).toHaveLength(2);
    expect(await reload.reload()).toMatchObject({ changed: [] });
  });
});

describe("POST /reload", () => {
  test("reloads, for programs of this machine and not for pages", async () => {
    const { pack, world, given, log, options } = await begun();
    const server = await surround(world, {
      ...{ host: "127.0.0.1", port: 0, limits: defaultLimits, log, pack: options },
    });
    try {
      const post = (headers = {}) => fetch(`${server.url}/reload`, { method: "POST", headers });
      edit(pack, stormier);
      const page = await post({ origin: "https://example.org" });
      expect(page.status).toBe(403);
      expect(given).toEqual([]);
      const answer = await post();
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ changed: ["weather/north", "weather/south"] });
      edit(pack, ["world.json", '"fen"]', '"fen", "sea"]']);
      const wrong = await post();
      expect(wrong.status).toBe(422);
      expect(await wrong.json()).toMatchObject({ code: "INVALID_WORLD_PACK" });
    } finally {
      await server.close();
    }
  });
});

test("POST /reload at a server with keys is for those who run the world, and is written down", async () => {
  const { pack, world, given, lines, log, options } = await begun();
  const authenticator = tokenAuthenticator(secret, { algorithms: ["HS256"] });
  const server = await surround(world, {
    ...{ host: "127.0.0.1", port: 0, limits: defaultLimits, log, pack: options, authenticator },
  });
  const post = async (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${server.url}/reload`, { method: "POST", headers });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  try {
    edit(pack, stormier);
    expect(await post()).toEqual([401, "NOT_AUTHENTICATED"]);
    const writer = await signed({ scope: "world:write quest:admin" });
    expect(await post(writer)).toEqual([403, "SCOPE_MISSING"]);
    expect(given).toEqual([]);
    expect(await post(await signed({ scope: "world:admin" }))).toEqual([200, undefined]);
    expect(given).toHaveLength(2);
    const audited = lines.filter((line) => line.includes("audit: POST /reload"));
    expect(audited).toHaveLength(3);
    expect(audited.at(-1)).toMatch(/player="anna" via=http outcome=OK$/);
  } finally {
    await server.close();
  }
});

test.skipIf(process.platform === "win32")("a running server reloads on SIGHUP", async () => {
  const pack = copyOf();
  const run = new Run(main, "start", "--memory", "--port", "0", "--workers", "1", "--world", pack);
  const url = await run.url();
  edit(pack, stormier);
  run.child.kill("SIGHUP");
  const told = async () => {
    while (!run.errors.includes("reloaded: weather/north, weather/south changed")) {
      await once(run.child.stderr, "data");
    }
  };
  await within("the reload", told(), startMsMax);
  expect((await fetch(`${url.replace("ws", "http")}/healthz`)).status).toBe(200);
  run.child.kill("SIGTERM");
  expect(await run.exit).toBe(0);
});
