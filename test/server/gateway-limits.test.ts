import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import type { Limits } from "../../src/server/limits.ts";
import { ProtocolClient } from "../support/protocol-client.ts";
import { type ServedWorld, serveFakeWorld } from "../support/served-world.ts";
import { within } from "../support/within.ts";

const binary = "tellurion.v1.proto";
const json = "tellurion.v1.json";

let served: ServedWorld;
afterEach(() => served.close());

async function begin(limits: Partial<Limits> = {}, ...origins: string[]): Promise<void> {
  served = await serveFakeWorld(limits, origins);
}

function rawOf(client: ProtocolClient): Duplex {
  return (client.socket as unknown as { _socket: Duplex })._socket;
}

/** Upgrades a bare TCP connection. */
async function bareSocket(): Promise<Socket> {
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
      `Sec-WebSocket-Protocol: ${binary}\r\n\r\n`,
  );
  await within("the upgrade", new Promise((resolve) => socket.once("data", resolve)));
  return socket;
}

/** The status line and body with which the server answers an upgrade request that it refuses. */
function refusedUpgrade(
  url: string,
  offered: string | string[] = [],
  origin?: string,
): Promise<string> {
  const socket = new WebSocket(url, offered, origin === undefined ? {} : { origin });
  socket.on("error", () => {});
  return within(
    "the refusal",
    new Promise((resolve) =>
      socket.on("unexpected-response", async (_request, response) => {
        const body = await response.toArray();
        resolve(`${response.statusCode} ${Buffer.concat(body)}`);
      }),
    ),
  );
}

describe("a client that breaks the protocol", () => {
  test.each([
    ["bytes that are no message", binary, Buffer.from([0xff, 0xff, 0xff])],
    ["a length past the end", binary, Buffer.from([10, 100, 1])],
    ["text where bytes are due", binary, '{"hello":{}}'],
    ["text that is not JSON", json, "{"],
    ["JSON that is no message", json, '{"hallo":{}}'],
    ["JSON nested without end", json, "[".repeat(30_000)],
    ["bytes where text is due", json, Buffer.from([10, 0])],
    ["nothing at all", json, ""],
  ] as const)("is closed with 4400 for %s, and nobody else is", async (_what, name, data) => {
    await begin();
    const bystander = await ProtocolClient.join(served.webSocketUrl, binary);
    await bystander.subscribe("weather");
    const client = await ProtocolClient.join(served.webSocketUrl, name);
    client.socket.send(data);
    expect(await client.next("problem")).toMatchObject({ code: "CLIENT_MALFORMED_FRAME" });
    expect(await within("the close", client.closed)).toEqual({
      code: 4400,
      reason: "CLIENT_MALFORMED_FRAME",
    });
    served.world.publish(WeatherEventSchema, { region: "north-marsh" });
    served.world.endFrame();
    expect(await bystander.next("frame")).toMatchObject({ frame: 1 });
  });

  test("is closed with 4400 for bytes that are not even a WebSocket's", async () => {
    await begin();
    const client = await ProtocolClient.join(served.webSocketUrl, binary);
    rawOf(client).write(Buffer.from([0xf3, 0x80, 1, 2, 3, 4]));
    expect(await within("the close", client.closed)).toEqual({
      code: 4400,
      reason: "CLIENT_MALFORMED_FRAME",
    });
  });

  test("is closed with 4413 for a message beyond the limit", async () => {
    await begin({ frameBytesMax: 128 });
    const client = await ProtocolClient.join(served.webSocketUrl, binary);
    client.send({ hello: { client: "x".repeat(200) } });
    expect(await within("the close", client.closed)).toEqual({
      code: 4413,
      reason: "CLIENT_FRAME_TOO_LARGE",
    });
  });

  test.each([
    ["an unmasked frame", [0x82, 0x00], "CLIENT_MALFORMED_FRAME", /MASK must be set/],
    [
      "text that is not UTF-8",
      [0x81, 0x81, 0, 0, 0, 0, 0xff],
      "CLIENT_MALFORMED_FRAME",
      /invalid UTF-8/,
    ],
    ["a message too large", [0x82, 0xfe, 1, 0], "CLIENT_FRAME_TOO_LARGE", /Max payload size/],
  ] as const)("is counted and in the log, once, for %s", async (_what, bytes, code, detail) => {
    await begin({ frameBytesMax: 128 });
    const client = await ProtocolClient.join(served.webSocketUrl, binary);
    rawOf(client).write(Buffer.from(bytes));
    expect(await within("the close", client.closed)).toMatchObject({ reason: code });
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toContain(`tellurion_gateway_closes_total{reason="${code}"} 1\n`);
    expect(metrics).toContain("tellurion_gateway_clients 0\n");
    const lines = served.log.filter((line) => line.includes(` closed, ${code} (1 so far): `));
    expect(lines).toEqual([expect.stringMatching(detail)]);
  });

  test("is closed with 4401 when it does not begin with hello", async () => {
    await begin();
    const client = await ProtocolClient.open(served.webSocketUrl, binary);
    client.send({ ping: { request: 1 } });
    expect(await within("the close", client.closed)).toMatchObject({ code: 4401 });
  });

  test("is closed with 4401 when it says nothing in time", async () => {
    await begin({ helloTimeoutMs: 20 });
    const client = await ProtocolClient.open(served.webSocketUrl, binary);
    expect(await within("the close", client.closed)).toEqual({
      code: 4401,
      reason: "CLIENT_HELLO_EXPECTED",
    });
  });

  test.each([
    ["messages", (socket: WebSocket) => socket.send(Buffer.from([42, 0]))],
    ["pings of the WebSocket protocol", (socket: WebSocket) => socket.ping()],
    ["pongs of the WebSocket protocol", (socket: WebSocket) => socket.pong()],
  ])("is closed with 4429 for too many %s", async (_what, send) => {
    await begin({ messagesPerSecondMax: 1, messagesBurstMax: 10 });
    const client = await ProtocolClient.join(served.webSocketUrl, binary);
    for (let i = 0; i < 11; i += 1) send(client.socket);
    expect(await within("the close", client.closed)).toEqual({
      code: 4429,
      reason: "CLIENT_TOO_MANY_MESSAGES",
    });
  });

  test("is closed with 4429 for too many bytes, in however few messages", async () => {
    await begin({ bytesPerSecondMax: 1_000, bytesBurstMax: 1_000, frameBytesMax: 2_000 });
    const client = await ProtocolClient.join(served.webSocketUrl, binary);
    const method = "x".repeat(1_500);
    for (let i = 0; i < 2; i += 1) client.send({ call: { request: 1, method } });
    expect((await client.next("problem")).message).toBe("more than 1000 bytes a second");
    expect((await within("the close", client.closed)).code).toBe(4429);
  });

  test("is cut off when it does not answer the close", async () => {
    await begin({ closeTimeoutMs: 50 });
    const socket = await bareSocket();
    // An unmasked frame: a protocol error. Then silence.
    socket.write(Buffer.from([0x82, 0x00]));
    socket.resume();
    await within("the end", new Promise((resolve) => socket.on("close", resolve)));
  });
});

describe("the gateway", () => {
  test("refuses an upgrade without a subprotocol that it knows, and names those", async () => {
    await begin();
    const valid = "valid are tellurion.v1.proto, tellurion.v1.json\n";
    expect(await refusedUpgrade(served.webSocketUrl)).toBe(
      `400 UNSUPPORTED_SUBPROTOCOL: offered are none; ${valid}`,
    );
    expect(await refusedUpgrade(served.webSocketUrl, ["chat", "tellurion.v2.proto"])).toBe(
      `400 UNSUPPORTED_SUBPROTOCOL: offered are chat,tellurion.v2.proto; ${valid}`,
    );
  });

  test.each([
    "https://evil.example",
    "http://localhost.evil.example",
    "http://localhost@evil.example",
    "http://10.127.0.0.1.example:8080",
    "https://my-game.example:8443",
    "null",
    "localhost",
  ])("refuses pages of %s, and says which are welcome", async (origin) => {
    await begin({}, "https://my-game.example", "app://game");
    expect(await refusedUpgrade(served.webSocketUrl, binary, origin)).toBe(
      `403 ORIGIN_NOT_ALLOWED: origin="${origin}" is not allowed; valid are none, any of this ` +
        "machine like http://localhost:3000, and those of `start --allow-origin ORIGIN`\n",
    );
  });

  test.each([
    "http://localhost",
    "https://localhost:3000",
    "http://127.0.0.1:5173",
    "http://127.9.8.7",
    "http://[::1]:8080",
    "https://my-game.example",
    "app://game",
  ])("takes pages of %s", async (origin) => {
    await begin({}, "https://my-game.example", "app://game");
    const socket = new WebSocket(served.webSocketUrl, binary, { origin });
    await within("the connection", once(socket, "open"));
    socket.close();
  });

  test("takes the first subprotocol that it knows", async () => {
    await begin();
    const socket = new WebSocket(served.webSocketUrl, ["tellurion.v9.xml", json, binary]);
    await within("the connection", new Promise((resolve) => socket.on("open", resolve)));
    expect(socket.protocol).toBe(json);
    socket.close();
  });

  test("has WebSockets at / only", async () => {
    await begin();
    expect(await refusedUpgrade(`${served.webSocketUrl}/other?x=1`, binary)).toMatch(/^404 /);
  });

  test("closes one client too many with 4503, and takes one when another left", async () => {
    await begin({ connectionsMax: 1 });
    const first = await ProtocolClient.join(served.webSocketUrl, binary);
    const second = await ProtocolClient.open(served.webSocketUrl, binary);
    expect(await within("the close", second.closed)).toEqual({
      code: 4503,
      reason: "CLIENT_TOO_MANY_CONNECTIONS",
    });
    await first.close();
    await ProtocolClient.join(served.webSocketUrl, binary);
  });

  test("ends connections that say nothing, soon after their time is over", async () => {
    await begin({ httpRequestTimeoutMs: 20, httpConnectionsMax: 1, connectionsMax: 1 });
    const { hostname, port } = new URL(served.url);
    const silent = [1, 2].map(() => connect(Number(port), hostname).resume());
    await within("the end", Promise.all(silent.map((socket) => once(socket, "close"))));
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
  });

  test("ends a connection that gives no sign of life, and counts it as too slow", async () => {
    await begin({ heartbeatMs: 40 });
    const client = await ProtocolClient.join(served.webSocketUrl, binary);
    const lively = await ProtocolClient.join(served.webSocketUrl, binary);
    client.socket.pause();
    const pings: unknown[] = [];
    const third = new Promise<void>((resolve) =>
      lively.socket.on("ping", () => pings.push(0) === 3 && resolve()),
    );
    await within("three pings", third);
    client.socket.resume();
    expect(await within("the end", client.closed)).toMatchObject({ code: 1006 });
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toContain('tellurion_gateway_closes_total{reason="CLIENT_TOO_SLOW"} 1\n');
    lively.send({ ping: { request: 1 } });
    await lively.next("pong");
  });
});
