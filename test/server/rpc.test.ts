import { once } from "node:events";
import { request } from "node:http";
import { Code, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ClockService } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherService } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { type Fields, typeNamed } from "../support/protocol-client.ts";
import { type ServedWorld, serveFakeWorld } from "../support/served-world.ts";
import { within } from "../support/within.ts";

const setWeather = "tellurion.v1.WeatherService/SetWeather";
const getWeather = "tellurion.v1.WeatherService/GetWeather";
const pause = "tellurion.v1.ClockService/Pause";

let served: ServedWorld;
beforeAll(async () => {
  served = await serveFakeWorld({ rpcBodyBytesMax: 1_000, rpcCallsInFlightMax: 2 });
});
afterAll(() => served.close());

async function post(method: string, body: string | Fields, headers: Record<string, string> = {}) {
  const response = await fetch(`${served.url}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    code: response.headers.get("tellurion-code"),
    body: (await response.json()) as Fields,
  };
}

describe("a call over HTTP", () => {
  test("is answered in JSON", async () => {
    const fields = { region: "north-marsh", condition: "rain", intensity: 0.5 };
    expect(await post(setWeather, fields)).toEqual({
      status: 200,
      code: null,
      body: { weather: { region: "north-marsh", condition: "rain", intensity: 0.5 } },
    });
  });

  test("is answered in binary, as another protobuf library reads it", async () => {
    const input = typeNamed("SetWeatherRequest");
    const request = input.fromObject({ region: "north-marsh", condition: "clear" });
    const response = await fetch(`${served.url}/${setWeather}`, {
      method: "POST",
      headers: { "content-type": "application/proto" },
      body: new Uint8Array(input.encode(request).finish()),
    });
    expect(response.status).toBe(200);
    const answer = typeNamed("SetWeatherResponse").decode(
      new Uint8Array(await response.arrayBuffer()),
    );
    expect(answer.toJSON()).toMatchObject({ weather: { condition: "clear" } });
  });

  test("is answered to Connect and gRPC-Web clients", async () => {
    for (const transport of [
      createConnectTransport({ baseUrl: served.url, httpVersion: "1.1" }),
      createGrpcWebTransport({ baseUrl: served.url, httpVersion: "1.1" }),
    ]) {
      const { reading } = await createClient(ClockService, transport).getClock({});
      expect(reading?.gameMs).toBe(60_000n);
      const weather = createClient(WeatherService, transport);
      await expect(weather.getWeather({ region: "nowhere" })).rejects.toMatchObject({
        rawMessage: "NOT_FOUND: region=nowhere is not known",
      });
    }
  });

  test("may be a GET when it has no side effects", async () => {
    const query = new URLSearchParams({
      encoding: "json",
      message: '{"region":"north-marsh"}',
      connect: "v1",
    });
    const answer = await fetch(`${served.url}/${getWeather}?${query}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ conditions: ["clear", "rain"] });
    expect((await fetch(`${served.url}/${setWeather}?${query}`)).status).toBe(405);
  });

  test.each([
    [{ region: "nowhere", condition: "rain" }, 404, "not_found", "NOT_FOUND"],
    [{ region: "north-marsh", condition: "lava" }, 400, "invalid_argument", "INVALID_ARGUMENT"],
    [{ region: "../x" }, 400, "invalid_argument", "INVALID_ARGUMENT"],
    [{ region: "north-marsh", intensitee: 1 }, 400, "invalid_argument", null],
    [{ region: 3 }, 400, "invalid_argument", null],
    ["{", 400, "invalid_argument", null],
    [{ region: "x".repeat(1_000) }, 429, "resource_exhausted", null],
  ])("with %j is refused with %d", async (request, status, connectCode, code) => {
    const answer = await post(setWeather, request);
    expect(answer).toMatchObject({ status, code, body: { code: connectCode } });
    if (code) expect(answer.body.message).toContain(`${code}: `);
  });

  test("with an unknown name of an enum is refused", async () => {
    const answer = await post("tellurion.v1.ClockService/Schedule", { past: "PAST_POLICY_MAYBE" });
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
  });

  test("waits as long as it says", async () => {
    const answer = await post(pause, {}, { "connect-timeout-ms": "30" });
    expect(answer).toMatchObject({ status: 504, body: { code: "deadline_exceeded" } });
    const tooLong = await post(pause, {}, { "connect-timeout-ms": "3600000" });
    expect(tooLong).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
  });

  test("is refused when too many wait for an answer", async () => {
    const calls = [1, 2, 3].map(() => post(pause, {}, { "connect-timeout-ms": "200" }));
    const statuses = (await Promise.all(calls)).map((answer) => answer.status);
    expect(statuses.sort()).toEqual([429, 504, 504]);
  });

  test("of a content type that is not known is told which are", async () => {
    const response = await fetch(`${served.url}/${setWeather}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "{}",
    });
    expect(response.status).toBe(415);
    expect(await response.text()).toContain("valid are application/json");
  });

  test.each(["application/json", "application/proto", "text/plain"])(
    "of a method that is not there is unimplemented, as %s",
    async (type) => {
      const method = "tellurion.v1.WeatherService/MakeRainbow";
      const answer = await post(method, "", { "content-type": type });
      expect(answer).toMatchObject({
        status: 501,
        code: "UNIMPLEMENTED",
        body: { code: "unimplemented" },
      });
      expect(answer.body.message).toMatch(
        /^UNIMPLEMENTED: method="tellurion.v1.WeatherService.MakeRainbow" is not known; valid are .*SetWeather/,
      );
    },
  );

  test("of a method that is not there is unimplemented to Connect and gRPC-Web clients", async () => {
    const { getClock } = ClockService.method;
    const stranger = { ...getClock, name: "GetSundial" };
    for (const transport of [
      createConnectTransport({ baseUrl: served.url, httpVersion: "1.1" }),
      createConnectTransport({ baseUrl: served.url, httpVersion: "1.1", useHttpGet: true }),
      createGrpcWebTransport({ baseUrl: served.url, httpVersion: "1.1" }),
    ]) {
      const call = transport.unary(stranger, undefined, undefined, undefined, {});
      await expect(call).rejects.toMatchObject({
        code: Code.Unimplemented,
        rawMessage: expect.stringMatching(/^UNIMPLEMENTED: method=.*GetSundial" is not known/),
      });
    }
  });

  test("of what is no method is not found", async () => {
    for (const path of ["/a/b", "/a", "/a/b/c"]) {
      const response = await fetch(served.url + path);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe(`NOT_FOUND: nothing at GET ${path}; see GET /\n`);
    }
  });

  test("that offers an upgrade to HTTP/2 is answered in HTTP/1.1", async () => {
    const { hostname, port } = new URL(served.url);
    const call = request({
      hostname,
      port,
      path: `/${getWeather}`,
      method: "POST",
      headers: {
        connection: "Upgrade, HTTP2-Settings",
        upgrade: "h2c",
        "http2-settings": "AAMAAABkAAQAoAAAAAIAAAAA",
        "content-type": "application/json",
      },
    });
    call.end('{"region":"north-marsh"}');
    const [response] = await within("the answer", once(call, "response"));
    expect(response.statusCode).toBe(200);
    response.resume();
  });
});
