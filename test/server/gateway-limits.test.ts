import { connect } from "node:net";
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

async function begin(limits: Partial<Limits> = {}): Promise<void> {
  served = await serveFakeWorld(limits);
}

/** The status line and body with which the server answers an upgrade request that it refuses. */
function refusedUpgrade(url: string, ...offered: string[]): Promise<string> {
  const socket = new WebSocket(url, offered);
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
    const raw = (client.socket as unknown as { _socket: { write(data: Buffer): void } })._socket;
    raw.write(Buffer.from([0xf3, 0x80, 1, 2, 3, 4]));
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
  ])("is closed with 4429 for too many %s", async (_what, send) => {
    await begin({ messagesPerSecondMax: 1, messagesBurstMax: 10 });
    const client = await ProtocolClient.join(served.webSocketUrl, binary);
    for (let i = 0; i < 11; i += 1) send(client.socket);
    expect(await within("the close", client.closed)).toEqual({
      code: 4429,
      reason: "CLIENT_TOO_MANY_MESSAGES",
    });
  });

  test("is cut off when it does not answer the close", async () => {
    await begin({ closeTimeoutMs: 50 });
    const { hostname, port } = new URL(served.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
        `Sec-WebSocket-Protocol: ${binary}\r\n\r\n`,
    );
    await within("the upgrade", new Promise((resolve) => socket.once("data", resolve)));
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
    expect(await refusedUpgrade(served.webSocketUrl, "chat", "tellurion.v2.proto")).toBe(
      `400 UNSUPPORTED_SUBPROTOCOL: offered are chat,tellurion.v2.proto; ${valid}`,
    );
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

  test("ends a connection that gives no sign of life", async () => {
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
    lively.send({ ping: { request: 1 } });
    await lively.next("pong");
  });
});
