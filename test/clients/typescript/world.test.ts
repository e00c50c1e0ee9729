import { create, toBinary } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, test } from "vitest";
import { connectIn } from "../../../clients/typescript/src/connect.ts";
import type { ConnectOptions } from "../../../clients/typescript/src/options.ts";
import type { World } from "../../../clients/typescript/src/world.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  GetWeatherResponseSchema,
  WeatherEventSchema,
  WeatherReadingSchema,
  WeatherService,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { FakeNetwork, type FakeSocket, settle } from "./fake-network.ts";

const url = "ws://fake";
const { getWeather, setWeather } = WeatherService.method;

let network: FakeNetwork;
beforeEach(() => {
  network = new FakeNetwork();
});

/** What a server says in its welcome, when nothing else matters. */
function welcome(socket: FakeSocket, fields: Record<string, unknown> = {}): void {
  const value = { session: "s1", world: "fake", frame: 600n, tickHz: 60, resumeToken: "r1" };
  const { resumed = false, ...rest } = { ...value, unackedMax: 8, ...fields };
  socket.tell({ case: "welcome", value: { ...rest, resumed: resumed as boolean } });
}

async function join(options: Partial<ConnectOptions> = {}): Promise<World> {
  const joining = connectIn(network, { url, ...options });
  network.socket.open();
  await settle();
  welcome(network.socket);
  return joining;
}

/** Cuts the connection, and lets the client come again as far as its hello. */
async function comeAgain(code = 1006, reason = ""): Promise<FakeSocket> {
  const before = network.sockets.length;
  network.socket.cut(code, reason);
  network.pass(10_000);
  expect(network.sockets.length).toBe(before + 1);
  network.socket.open();
  await settle();
  return network.socket;
}

const rain = (region: string) => ({
  body: { case: "weatherChanged" as const, value: { region, newState: "rain" } },
});

describe("connecting", () => {
  test("says hello with name, token and schema, over the binary subprotocol", async () => {
    const world = await join({ client: "game/1", token: "t0", schemaHash: "abc" });
    expect(network.socket.subprotocol).toBe("tellurion.v1.proto");
    expect(network.socket.sent("hello")).toMatchObject([
      { client: "game/1", token: "t0", schemaHash: "abc" },
    ]);
    expect(network.socket.sent("hello")[0]?.resume).toBeUndefined();
    expect([world.status, world.name, world.tickHz]).toEqual(["online", "fake", 60]);
  });

  test("asks anew for its token each time", async () => {
    let token = 0;
    await join({ token: async () => `t${++token}` });
    await comeAgain(4419, "TOKEN_EXPIRED");
    expect(network.sockets.map((socket) => socket.sent("hello")[0]?.token)).toEqual(["t1", "t2"]);
  });

  test.each([
    [{ url: "http://fake" }, /url="http:\/\/fake"; valid are addresses like wss:/],
    [{ url: "ws://[fake" }, /url="ws:\/\/\[fake"/],
    [{ connectTimeoutMs: 0 }, /connectTimeoutMs=0; valid are numbers from 1/],
    [{ callsWaitingMax: Number.NaN }, /callsWaitingMax=NaN/],
  ])("refuses options that are not valid: %j", async (options, text) => {
    await expect(connectIn(network, { url, ...options })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(text),
    });
    expect(network.sockets).toEqual([]);
  });

  test("says so when the platform does not let it connect", async () => {
    const refusing = class {
      constructor() {
        throw new Error("mixed content");
      }
    };
    const strict = Object.assign(network, { WebSocket: refusing as never });
    await expect(connectIn(strict, { url })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "url=ws://fake cannot be connected to: Error: mixed content",
    });
    expect(network.timers).toBe(0);
  });

  test("tries again until its time is over, and then says what was wrong", async () => {
    const joining = connectIn(network, { url, connectTimeoutMs: 3_000 });
    for (let i = 0; i < 3; i++) {
      network.socket.cut(1006);
      network.pass(900);
    }
    const refused = expect(joining).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/no world welcomed .+ within 3000 ms: .+1006/),
    });
    network.pass(3_000);
    await refused;
    expect(network.timers).toBe(0);
  });

  test("does not try again after a fault of its own", async () => {
    const joining = connectIn(network, { url });
    network.socket.open();
    await settle();
    const problem = { code: "NOT_AUTHENTICATED", message: "the token is forged" };
    network.socket.tell({ case: "problem", value: problem });
    network.socket.cut(4403, "NOT_AUTHENTICATED");
    await expect(joining).rejects.toMatchObject({
      code: "NOT_AUTHENTICATED",
      message: "the token is forged (close code 4403)",
    });
    network.pass(60_000);
    expect(network.sockets).toHaveLength(1);
  });

  test("waits in the server's queue longer than it tries to connect", async () => {
    const joining = connectIn(network, { url, connectTimeoutMs: 1_000 });
    network.socket.open();
    await settle();
    for (let ahead = 5; ahead > 0; ahead--) {
      network.socket.tell({ case: "waiting", value: { ahead } });
      network.pass(5_000);
    }
    welcome(network.socket);
    expect((await joining).status).toBe("online");
  });

  test("gives a connection up that is never welcomed", async () => {
    const joining = connectIn(network, { url, connectTimeoutMs: 60_000 });
    network.pass(10_500);
    expect(network.sockets).toHaveLength(2);
    network.socket.open();
    await settle();
    welcome(network.socket);
    await joining;
  });

  test("tells when the server has another schema, and goes on", async () => {
    const seen: unknown[] = [];
    const world = await join({ schemaHash: "old" });
    world.on("schema", (difference) => seen.push(difference));
    welcome(await comeAgain(), { schemaHash: "new" });
    expect(seen).toEqual([{ game: "old", server: "new" }]);
    expect(world.schemaDiffers).toBe(true);
    expect(world.status).toBe("online");
  });
});

describe("events", () => {
  test("reach those who asked for their topic, decoded, with frame and time", async () => {
    const world = await join();
    const all: string[] = [];
    const marsh: unknown[] = [];
    world.on(WeatherEventSchema, ({ region }) => all.push(region));
    world.on(WeatherEventSchema, "weather/marsh", ({ newState }, at) => marsh.push([newState, at]));
    await settle();
    expect(network.socket.sent("subscribe")).toMatchObject([
      { topics: ["weather", "weather/marsh"] },
    ]);
    const time = { body: { case: "timeChanged" as const, value: {} } };
    network.socket.frame(660, [rain("coast"), time, rain("marsh")]);
    expect(all).toEqual(["coast", "marsh"]);
    expect(marsh).toEqual([["rain", { frame: 660, timeMs: 11_000 }]]);
  });

  test("are asked for once, however many want them, and until the last one does not", async () => {
    const world = await join();
    const heard: number[] = [];
    const handlers = [1, 2].map((n) =>
      world.on(WeatherEventSchema, "weather/marsh", () => heard.push(n)),
    );
    await settle();
    expect(network.socket.sent("subscribe")).toHaveLength(1);
    handlers[0]?.cancel();
    handlers[0]?.cancel();
    await settle();
    network.socket.frame(1, [rain("marsh")]);
    expect(heard).toEqual([2]);
    expect(network.socket.sent("unsubscribe")).toEqual([]);
    handlers[1]?.[Symbol.dispose]();
    await settle();
    expect(network.socket.sent("unsubscribe")).toMatchObject([{ topics: ["weather/marsh"] }]);
  });

  test("come as seldom as the game asks, and as often as one of its parts needs", async () => {
    const world = await join();
    world.on(WeatherEventSchema, "weather", () => {}, { intervalMs: 500 });
    await settle();
    world.on(WeatherEventSchema, "weather", () => {});
    await settle();
    expect(network.socket.sent("subscribe").map(({ rates }) => rates)).toMatchObject([
      [{ topic: "weather", intervalMs: 500 }],
      [{ topic: "weather", intervalMs: 0 }],
    ]);
  });

  test("go on when one who listens fails, whose error is not lost", async () => {
    const world = await join();
    const heard: string[] = [];
    const thrown = new Promise((resolve) => process.once("uncaughtException", resolve));
    world.on(WeatherEventSchema, () => {
      throw new Error("the game's own");
    });
    world.on(WeatherEventSchema, ({ region }) => heard.push(region));
    const listeners = process.listeners("uncaughtException").slice(0, -1);
    for (const listener of listeners) process.off("uncaughtException", listener);
    network.socket.frame(1, [rain("marsh")]);
    expect(await thrown).toMatchObject({ message: "the game's own" });
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect(heard).toEqual(["marsh"]);
  });

  test("that this client does not know are passed over", async () => {
    const world = await join();
    const frames: unknown[] = [];
    world.on("frame", (frame) => frames.push(frame));
    const unknownEvent = [0xc2, 0x3e, 2, 9, 9];
    const body = [0x08, 5, 0x12, unknownEvent.length, ...unknownEvent];
    network.socket.tellBytes(Uint8Array.of(0x12, body.length, ...body));
    expect(frames).toMatchObject([{ frame: 5, events: 1 }]);
  });

  test("that cannot be read are told as a problem, and the rest goes on", async () => {
    const world = await join();
    const problems: string[] = [];
    world.on("problem", ({ code }) => problems.push(code));
    world.on(WeatherEventSchema, () => {});
    const body = [0x08, 5, 0x12, 4, 0x0a, 2, 0x0a, 9];
    network.socket.tellBytes(Uint8Array.of(0x12, body.length, ...body));
    expect(problems).toEqual(["MALFORMED_MESSAGE"]);
    expect(world.status).toBe("online");
  });

  test("of a message that is no event, or of another topic, cannot be asked for", async () => {
    const world = await join();
    expect(() => world.on(WeatherReadingSchema, () => {})).toThrow(/is no event/);
    expect(() => world.on(WeatherEventSchema, "time", () => {})).toThrow(
      /topic="time" is not one of tellurion.v1.WeatherEvent; valid: weather and weather\/<key>/,
    );
    expect(() => world.on(TimeEventSchema, "time/noon", () => {})).toThrow(/valid: time/);
  });

  test("of a topic that the server refuses are told to who asked, not to others", async () => {
    const world = await join();
    const bad = world.on(WeatherEventSchema, "weather/No Marsh", () => {});
    const good = world.on(WeatherEventSchema, "weather/marsh", () => {});
    await settle();
    const { socket } = network;
    const refuse = (request: number) =>
      socket.tell({ case: "problem", value: { code: "INVALID_ARGUMENT", message: "no", request } });
    refuse(socket.sent("subscribe")[0]?.request ?? 0);
    const [, first, second] = socket.sent("subscribe");
    expect([first?.topics, second?.topics]).toEqual([["weather/No Marsh"], ["weather/marsh"]]);
    refuse(first?.request ?? 0);
    socket.tell({ case: "subscribed", value: { request: second?.request ?? 0 } });
    await expect(bad.ready).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await good.ready;
  });
});

describe("after a cut", () => {
  test("the client goes on with its session, and nothing comes twice", async () => {
    const world = await join();
    const heard: string[] = [];
    world.on(WeatherEventSchema, ({ region }) => heard.push(region));
    await settle();
    const first = network.socket;
    first.tell({
      case: "subscribed",
      value: { request: first.sent("subscribe")[0]?.request ?? 0 },
    });
    first.frame(700, [rain("a")]);
    first.frame(720, [rain("b")]);
    const second = await comeAgain();
    expect(second.sent("hello")[0]?.resume).toMatchObject({
      session: "s1",
      resumeToken: "r1",
      received: 720n,
    });
    welcome(second, { resumed: true, resumeToken: "r2" });
    await settle();
    second.frame(720, [rain("b")]);
    second.frame(740, [rain("c")]);
    expect(heard).toEqual(["a", "b", "c"]);
    expect(second.sent("subscribe")).toEqual([]);
    const third = await comeAgain();
    expect(third.sent("hello")[0]?.resume).toMatchObject({ resumeToken: "r2", received: 740n });
  });

  test("what the server took back comes again, and the position goes back to before it", async () => {
    const world = await join();
    const heard: string[] = [];
    const gaps: unknown[] = [];
    world.on(WeatherEventSchema, ({ region }) => heard.push(region));
    world.on("gap", (gap) => gaps.push(gap));
    network.socket.frame(700, [rain("a")]);
    network.socket.frame(720, [rain("undone")]);
    const gap = { fromFrame: 710n, toFrame: 725n, rewound: true, rewinds: 3 };
    network.socket.tell({ case: "gap", value: gap });
    network.socket.frame(715, [rain("b")]);
    expect(heard).toEqual(["a", "undone", "b"]);
    expect(gaps).toMatchObject([{ fromFrame: 710, toFrame: 725, rewound: true }]);
    expect((await comeAgain()).sent("hello")[0]?.resume).toMatchObject({
      received: 715n,
      rewinds: 3,
    });
  });

  test("positions are said with the rewinds that the last welcome or gap told of", async () => {
    await join();
    const ack = (frame: number) => {
      network.socket.frame(frame, [rain("a")]);
      network.pass(1_000);
      return network.socket.sent("ack").at(-1);
    };
    expect(ack(700)).toMatchObject({ received: 700n, rewinds: 0 });
    welcome(await comeAgain(), { resumed: true, rewinds: 2 });
    expect(ack(720)).toMatchObject({ received: 720n, rewinds: 2 });
    // A gap for want of room is none of those.
    network.socket.tell({ case: "gap", value: { fromFrame: 730n, toFrame: 731n } });
    expect(ack(740)).toMatchObject({ received: 740n, rewinds: 2 });
    expect((await comeAgain()).sent("hello")[0]?.resume).toMatchObject({ rewinds: 2 });
    welcome(network.socket, { session: "s2" });
    expect(ack(700)).toMatchObject({ received: 700n, rewinds: 0 });
  });

  test("messages of the old connection count no more", async () => {
    const world = await join();
    const heard: string[] = [];
    world.on(WeatherEventSchema, ({ region }) => heard.push(region));
    const old = network.socket;
    welcome(await comeAgain(), { resumed: true });
    old.frame(700, [rain("ghost")]);
    old.cut();
    expect(heard).toEqual([]);
    expect(world.status).toBe("online");
  });

  test("a subscription that was not answered, or changed meanwhile, is asked for again", async () => {
    const world = await join();
    const kept = world.on(WeatherEventSchema, "weather/kept", () => {});
    await settle();
    network.socket.cut();
    kept.cancel();
    world.on(TimeEventSchema, () => {});
    await settle();
    network.pass(10_000);
    network.socket.open();
    await settle();
    welcome(network.socket, { resumed: true });
    expect(network.socket.sent("unsubscribe")).toMatchObject([{ topics: ["weather/kept"] }]);
    expect(network.socket.sent("subscribe")).toMatchObject([{ topics: ["time"] }]);
  });

  test("with a new session all is subscribed to again, and the game asks for what holds", async () => {
    const world = await join();
    const reasons: string[] = [];
    world.on("resync", ({ reason }) => reasons.push(reason));
    world.on(WeatherEventSchema, "weather/marsh", () => {});
    world.area({ x: 1, y: 2, radius: 3 });
    await settle();
    network.socket.frame(700, [rain("a")]);
    const socket = await comeAgain();
    welcome(socket, { session: "s2" });
    socket.tell({ case: "resync", value: { reason: "RESUME_EXPIRED" } });
    expect(socket.sent("subscribe")).toMatchObject([
      { topics: ["weather/marsh"], area: { x: 1, y: 2, radius: 3 } },
    ]);
    expect(reasons).toEqual(["RESUME_EXPIRED"]);
    const again = await comeAgain();
    expect(again.sent("hello")[0]?.resume).toMatchObject({ session: "s2", received: 0n });
  });

  test("a server that knows nothing of resuming is followed by a resync too", async () => {
    const joining = connectIn(network, { url });
    network.socket.open();
    await settle();
    welcome(network.socket, { resumeToken: "", unackedMax: 0 });
    const world = await joining;
    const reasons: string[] = [];
    world.on("resync", ({ reason }) => reasons.push(reason));
    const socket = await comeAgain();
    expect(socket.sent("hello")[0]?.resume).toBeUndefined();
    welcome(socket, { resumeToken: "" });
    expect(reasons).toEqual(["SESSION_LOST"]);
  });

  test("it comes back after longer and longer, somewhat random pauses", async () => {
    network.randomValue = 0.9999;
    const joining = connectIn(network, { url, connectTimeoutMs: 600_000, backOffMsMax: 2_000 });
    joining.catch(() => {});
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      const count = network.sockets.length;
      network.socket.cut();
      const from = network.nowMs;
      while (network.sockets.length === count) network.pass(5);
      pauses.push(network.nowMs - from);
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 2_000, 2_000]);
    network.randomValue = 0;
    network.socket.cut();
    network.pass(1_001);
    expect(network.sockets).toHaveLength(8);
  });

  test("the pauses grow also when it is welcomed each time, until it has been online for a while", async () => {
    network.randomValue = 0.9999;
    const world = await join({ backOffMsMax: 2_000 });
    const pauses: number[] = [];
    for (const onlineMs of [0, 1_900, 1_900, 1_900, 2_100, 0]) {
      network.pass(onlineMs);
      const count = network.sockets.length;
      network.socket.cut();
      const from = network.nowMs;
      while (network.sockets.length === count) network.pass(5);
      pauses.push(network.nowMs - from);
      network.socket.open();
      await settle();
      welcome(network.socket, { resumed: true });
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 250, 500]);
    expect(world.status).toBe("online");
  });

  test("of which nobody tells it, it notices by the silence", async () => {
    const world = await join({ silenceMsMax: 5_000 });
    network.pass(12_000);
    expect(network.sockets.length).toBeGreaterThan(1);
    // With 1000, or without a code, the server would end the session.
    expect(network.sockets[0]?.closedWith?.code).toBe(4_000);
    expect(world.status).not.toBe("online");
  });
});

describe("acknowledging", () => {
  test("is done when half of what may be on its way has come", async () => {
    await join();
    for (let frame = 1; frame <= 9; frame++) network.socket.frame(600 + frame, [rain("a")]);
    expect(network.socket.sent("ack").map(({ received }) => received)).toEqual([604n, 608n]);
  });

  test("is done soon after a single frame, and not for what may be lost", async () => {
    await join();
    network.socket.frame(700, [rain("a")], false);
    network.pass(3_000);
    expect(network.socket.sent("ack")).toEqual([]);
    network.socket.frame(701, [rain("a")]);
    network.pass(1_000);
    expect(network.socket.sent("ack")).toMatchObject([{ received: 701n }]);
    network.pass(5_000);
    expect(network.socket.sent("ack")).toHaveLength(1);
  });
});

describe("calls", () => {
  const answerOf = (region: string) =>
    toBinary(GetWeatherResponseSchema, create(GetWeatherResponseSchema, { weather: { region } }));

  test("get their answers, in whatever order these come", async () => {
    const world = await join();
    const calls = ["a", "b"].map((region) => world.call(getWeather, { region }));
    await settle();
    const sent = network.socket.sent("call");
    expect(sent.map(({ method }) => method)).toEqual(
      Array(2).fill("tellurion.v1.WeatherService/GetWeather"),
    );
    for (const [i, { request }] of [...sent.entries()].reverse()) {
      const outcome = { case: "message" as const, value: answerOf(`${i}`) };
      network.socket.tell({ case: "callResult", value: { request, outcome } });
    }
    expect((await Promise.all(calls)).map(({ weather }) => weather?.region)).toEqual(["0", "1"]);
  });

  test("fail with the code of the server's problem", async () => {
    const world = await join();
    const call = world.call(setWeather, { region: "a", condition: "frogs" });
    await settle();
    const request = network.socket.sent("call")[0]?.request ?? 0;
    const problem = { code: "INVALID_ARGUMENT", message: "condition=frogs" };
    const outcome = { case: "problem" as const, value: problem };
    network.socket.tell({ case: "callResult", value: { request, outcome } });
    await expect(call).rejects.toMatchObject({ name: "TellurionError", ...problem });
  });

  test("fail when their time is over, also while nobody is there", async () => {
    const world = await join();
    network.socket.cut();
    const call = world.call(getWeather, { region: "a" }, { timeoutMs: 50 });
    const failed = expect(call).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    await settle();
    network.pass(51);
    await failed;
  });

  test("that may be repeated are sent again after a cut, the others fail", async () => {
    const world = await join();
    const command = world.call(setWeather, { region: "a" });
    const failed = expect(command).rejects.toMatchObject({ code: "UNAVAILABLE" });
    const keyed = world.call(
      setWeather,
      { region: "b" },
      { idempotencyKey: "k1", timeoutMs: 60_000 },
    );
    const query = world.call(getWeather, { region: "c" }, { timeoutMs: 60_000 });
    await settle();
    const socket = await comeAgain();
    await failed;
    welcome(socket, { resumed: true });
    const sent = socket.sent("call");
    expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["k1", ""]);
    expect(sent.every(({ timeoutMs }) => timeoutMs <= 50_000)).toBe(true);
    for (const { request } of sent) {
      const outcome = { case: "message" as const, value: new Uint8Array() };
      socket.tell({ case: "callResult", value: { request, outcome } });
    }
    await Promise.all([keyed, query]);
  });

  test("wait for their turn, up to a bound", async () => {
    const world = await join({ callsInFlightMax: 2, callsWaitingMax: 1, callTimeoutMs: 1_000 });
    const calls = Array.from({ length: 4 }, () => world.call(getWeather, {}));
    const outcomes = Promise.allSettled(calls);
    await settle();
    expect(network.socket.sent("call")).toHaveLength(2);
    const outcome = { case: "message" as const, value: new Uint8Array() };
    const request = network.socket.sent("call")[0]?.request ?? 0;
    network.socket.tell({ case: "callResult", value: { request, outcome } });
    expect(network.socket.sent("call")).toHaveLength(3);
    network.pass(1_000);
    const codes = (await outcomes).map((result) =>
      result.status === "rejected" ? result.reason.code : result.status,
    );
    expect(codes).toEqual([
      "fulfilled",
      "DEADLINE_EXCEEDED",
      "DEADLINE_EXCEEDED",
      "RESOURCE_EXHAUSTED",
    ]);
  });
});

describe("an area", () => {
  const circle = { x: 1, y: 2, radius: 3 };
  const looks = () => network.socket.sent("subscribe").map(({ area }) => area);

  test("is asked for as one of which nothing is known, also when it replaces another one", async () => {
    const world = await join();
    for (let i = 0; i < 2; i++) {
      const area = world.area(circle);
      await settle();
      network.socket.tell({ case: "areaUpdate", value: { frame: 600n, complete: true } });
      area.move(circle);
      await settle();
    }
    expect(looks().map((area) => area?.fresh)).toEqual([true, false, true, false]);
  });

  test("that was replaced moves and closes nothing any more", async () => {
    const world = await join();
    const before = world.area({ ...circle, x: 99 });
    world.area(circle);
    before.move({ ...circle, x: 77 });
    before.close();
    await settle();
    expect(looks()).toMatchObject([circle]);
  });
});

describe("closing", () => {
  test("says why, fails what waits and leaves nothing behind", async () => {
    const world = await join();
    const call = world.call(getWeather, { region: "a" });
    const failed = expect(call).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await settle();
    world.close("the player left");
    await failed;
    expect(network.socket.closedWith).toEqual({ code: 1000, reason: "the player left" });
    expect(await world.closed).toBeUndefined();
    expect([world.status, network.timers]).toEqual(["closed", 0]);
    network.pass(60_000);
    expect(network.sockets).toHaveLength(1);
  });

  test("by the server for good is told with its code", async () => {
    const world = await join();
    network.socket.cut(4429, "CLIENT_TOO_MANY_MESSAGES");
    expect(world.status).toBe("offline");
    network.pass(1_000);
    network.socket.cut(4400, "CLIENT_MALFORMED_FRAME");
    expect(await world.closed).toMatchObject({ code: "CLIENT_MALFORMED_FRAME" });
  });
});
