import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { TellurionError } from "../../../src/runtime/index.ts";
import {
  type Authenticator,
  tokenAuthenticator,
} from "../../../src/server/access/authenticator.ts";
import type { Limits } from "../../../src/server/limits.ts";
import { ProtocolClient } from "../../support/protocol-client.ts";
import { type ServedWorld, serveFakeWorld } from "../../support/served-world.ts";
import { inSeconds, secret, signed } from "../../support/tokens.ts";
import { within } from "../../support/within.ts";

let served: ServedWorld;
const authenticator = tokenAuthenticator(secret, { algorithms: ["HS256"] });
const begin = async (limits: Partial<Limits> = {}) => {
  served = await serveFakeWorld(limits, [], authenticator);
};
beforeEach(() => begin());
afterEach(() => served.close());

const json = "tellurion.v1.json";
const join = async (hello: Record<string, unknown>) => {
  const client = await ProtocolClient.open(served.webSocketUrl, json);
  client.send({ hello });
  return client;
};
const getWeather = [
  "WeatherService/GetWeather",
  "GetWeatherRequest",
  "GetWeatherResponse",
] as const;
const setWeather = [
  "WeatherService/SetWeather",
  "SetWeatherRequest",
  "SetWeatherResponse",
] as const;
const moor = { region: "north-marsh" };
const rain = { ...moor, condition: "rain" };

/** What a call over HTTP comes to. */
async function post(method: string, body: unknown, token?: string, query = ""): Promise<string> {
  const response = await fetch(`${served.url}/tellurion.v1.${method}${query}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return `${response.status} ${response.headers.get("tellurion-code") ?? (await response.text())}`;
}

describe("a server with keys", () => {
  test("takes a token in the hello, and says what it understood", async () => {
    const client = await join({ token: await signed({ scope: "weather:read" }) });
    expect(await client.next("welcome")).toMatchObject({
      player: "anna",
      scopes: ["weather:read"],
    });
    expect(served.log.join()).toContain("player anna");
  });

  test("takes a token in the upgrade's header", async () => {
    const authorization = `Bearer ${await signed({ scopes: ["weather:write"] })}`;
    const socket = new WebSocket(served.webSocketUrl, json, { headers: { authorization } });
    const message = new Promise((resolve) => socket.once("message", (data) => resolve(`${data}`)));
    socket.on("open", () => socket.send('{"hello":{}}'));
    expect(await within("the welcome", message)).toContain('"player":"anna"');
    socket.close();
  });

  test.each([
    ["no token", async () => "", 4403, "NOT_AUTHENTICATED"],
    ["a forged one", () => signed({}, new Uint8Array(32)), 4403, "NOT_AUTHENTICATED"],
    ["an old one", () => signed({ exp: inSeconds(-60) }), 4419, "TOKEN_EXPIRED"],
  ])("closes a client with %s", async (_what, token, code, reason) => {
    const client = await join({ token: await token() });
    expect((await client.next("problem")).code).toBe(reason);
    expect(await within("the close", client.closed)).toEqual({ code, reason });
  });

  test("ends a connection when its token's time is over; the session goes on with a new one", async () => {
    // With the leeway for clocks it has a moment left.
    const client = await join({ token: await signed({ exp: inSeconds(-4) }) });
    const { session, resumeToken } = await client.next("welcome");
    expect(await within("the close", client.closed)).toEqual({
      code: 4419,
      reason: "TOKEN_EXPIRED",
    });
    const resume = { session, resumeToken };
    const thief = await join({ token: await signed({ sub: "bob" }), resume });
    expect((await thief.next("resync")).reason).toBe("RESUME_TOKEN_INVALID");
    const back = await join({ token: await signed(), resume });
    expect(await back.next("welcome")).toMatchObject({ session, resumed: true });
  });

  test("lets calls through that the scopes allow, and no others", async () => {
    const client = await join({ token: await signed({ scope: "weather:read" }) });
    await client.next("welcome");
    expect(await client.call(...getWeather, moor)).toMatchObject({ weather: moor });
    await expect(client.call(...setWeather, rain)).rejects.toMatchObject({
      code: "SCOPE_MISSING",
      message: expect.stringContaining("needs the scope weather:write; the token has weather:read"),
    });
  });

  test("asks for the same over HTTP", async () => {
    const set = (scope: string) => signed({ scope });
    const method = "WeatherService/SetWeather";
    expect(await post(method, rain)).toBe("401 NOT_AUTHENTICATED");
    expect(await post(method, rain, "x")).toBe("401 NOT_AUTHENTICATED");
    expect(await post(method, rain, await signed({ exp: inSeconds(-60) }))).toBe(
      "401 TOKEN_EXPIRED",
    );
    expect(await post(method, rain, await set("weather:read"))).toBe("403 SCOPE_MISSING");
    expect(await post(method, rain, await set("weather:write"))).toMatch(/^200 .*rain/);
  });

  test("takes no token in an address, whatever it is called", async () => {
    const token = await signed({ scope: "*:admin" });
    const refused = /^400 TOKEN_IN_ADDRESS: .* is in the address.*valid are the header/;
    const get = "WeatherService/GetWeather";
    expect(await post(get, moor, token, `?access_token=${token}`)).toMatch(refused);
    const socket = new WebSocket(`${served.webSocketUrl}/?TOKEN=${token}`, json);
    socket.on("error", () => {});
    const answer = new Promise<string>((resolve) =>
      socket.on("unexpected-response", async (_request, response) => {
        resolve(`${response.statusCode} ${Buffer.concat(await response.toArray())}`);
      }),
    );
    expect(await within("the refusal", answer)).toMatch(refused);
  });

  test("writes privileged commands to the log: who, what, and what came of it", async () => {
    const method = served.world.catalogue.methods.find(({ scope }) => scope === "weather:admin");
    const [, name = ""] = /^tellurion\.v1\.(.+)$/.exec(method?.name ?? "") ?? [];
    const request = method?.keyField === undefined ? {} : { [method.keyField]: "x" };
    const before = served.log.length;
    expect(await post(name, request, await signed({ scope: "weather:write" }))).toBe(
      "403 SCOPE_MISSING",
    );
    const [line] = served.log.slice(before).filter((text) => text.includes("audit: "));
    expect(line).toMatch(
      /audit: tellurion\.v1\..* key=.* player="anna" via=http outcome=SCOPE_MISSING/,
    );
    await post("WeatherService/GetWeather", moor, await signed({ scope: "weather:read" }));
    expect(served.log.slice(before).filter((text) => text.includes("audit: "))).toHaveLength(1);
  });

  test("lets a player call so often, by whatever way", async () => {
    await served.close();
    await begin({ playerCallsPerSecondMax: 1 });
    const token = await signed({ scope: "weather:read" });
    const client = await join({ token });
    await client.next("welcome");
    await client.call(...getWeather, moor);
    expect(await post("WeatherService/GetWeather", moor, token)).toMatch(/^200/);
    await expect(client.call(...getWeather, moor)).rejects.toMatchObject({ code: "RATE_LIMITED" });
    expect(await post("WeatherService/GetWeather", moor, token)).toBe("429 RATE_LIMITED");
    const other = await signed({ sub: "bob", scope: "weather:read" });
    expect(await post("WeatherService/GetWeather", moor, other)).toMatch(/^200/);
  });
});

test("a stranger whose keys are still looked for takes no place of a caller who is known", async () => {
  await served.close();
  let refuse = () => {};
  const asked = Promise.withResolvers<void>();
  const slow: Authenticator = {
    identify: (token) => {
      if (token !== "stranger") return authenticator.identify(token);
      asked.resolve();
      return new Promise((_, reject) => {
        refuse = () => reject(new TellurionError("UNAVAILABLE", "no keys"));
      });
    },
  };
  served = await serveFakeWorld({ rpcCallsInFlightMax: 1 }, [], slow);
  const stranger = post("WeatherService/GetWeather", moor, "stranger");
  await within("the stranger", asked.promise);
  const token = await signed({ scope: "weather:read" });
  expect(await post("WeatherService/GetWeather", moor, token)).toMatch(/^200/);
  refuse();
  expect(await stranger).toBe("503 UNAVAILABLE");
  expect(await post("WeatherService/GetWeather", moor, token)).toMatch(/^200/);
});

test("clients wait at the door when too many come at once, and get in by themselves", async () => {
  await served.close();
  await begin({ joinsPerSecondMax: 20, joinsBurstMax: 1 });
  const token = await signed();
  const clients = await Promise.all([1, 2, 3].map(() => join({ token })));
  await Promise.all(clients.map((client) => client.next("welcome")));
  const ahead = clients.flatMap(({ received }) => received.filter((m) => m.body === "waiting"));
  expect(ahead.map((message) => message.waiting.ahead ?? 0).sort()).toEqual([0, 1]);
});
