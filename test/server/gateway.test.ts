import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { file_tellurion_v1_client } from "../../src/gen/tellurion/v1/client_pb.ts";
import { TimeEventSchema, TimePhaseEventSchema } from "../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema, WeatherService } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { TellurionError } from "../../src/runtime/errors.ts";
import { schemaHash } from "../../src/runtime/host.ts";
import { ProtocolClient, type SubprotocolName } from "../support/protocol-client.ts";
import { type ServedWorld, serveFakeWorld } from "../support/served-world.ts";
import { within } from "../support/within.ts";

const names: SubprotocolName[] = ["tellurion.v1.proto", "tellurion.v1.json"];

describe.each(names)("a client of %s", (subprotocol) => {
  let served: ServedWorld;
  beforeEach(async () => {
    served = await serveFakeWorld({ subscriptionsMax: 3, callsInFlightMax: 2 });
  });
  afterEach(() => served.close());

  const join = () => ProtocolClient.join(served.webSocketUrl, subprotocol);

  test("is welcomed when it says hello", async () => {
    served.world.frame = 2 ** 40;
    const client = await ProtocolClient.open(served.webSocketUrl, subprotocol);
    client.send({ hello: { client: "a game/1.0\nforged line" } });
    const welcome = await client.next("welcome");
    expect(welcome).toMatchObject({
      world: "fake",
      frame: 2 ** 40,
      tickHz: 60,
      topics: ["storm", "time", "timer", "weather"],
    });
    expect(welcome.session).toMatch(/^[\w-]{16}$/);
    const { files } = served.world.catalogue;
    expect(welcome.schemaHash).toBe(schemaHash([...files, file_tellurion_v1_client]));
    expect(welcome.schemaHash).not.toBe(schemaHash(files));
    expect(served.log.join()).toContain("a game/1.0\\u000aforged line");
    expect(client.socket.protocol).toBe(subprotocol);
  });

  test("gets the events of its topics, one message a frame, in order", async () => {
    const client = await join();
    expect(await client.subscribe("weather", "time")).toMatchObject({
      topics: ["weather", "time"],
    });
    const { world } = served;
    world.publish(WeatherEventSchema, {
      region: "north-marsh",
      oldState: "clear",
      newState: "rain",
      intensity: 0.5,
      gameMs: 9_007_199_254_740_991n,
    });
    world.publish(TimePhaseEventSchema, { oldPhase: 2, newPhase: 3, gameMs: 1n });
    world.publish(WeatherEventSchema, { region: "salt-coast", newState: "été" });
    world.endFrame();
    world.endFrame();
    world.publish(TimeEventSchema, { reading: { gameMs: 60_000n, paused: true } });
    world.endFrame();
    const first = await client.next("frame");
    expect(first).toEqual({
      frame: 1,
      events: [
        {
          body: "weatherChanged",
          weatherChanged: {
            region: "north-marsh",
            oldState: "clear",
            newState: "rain",
            intensity: 0.5,
            gameMs: Number.MAX_SAFE_INTEGER,
          },
        },
        {
          body: "timePhase",
          timePhase: { oldPhase: "DAY_PHASE_DAWN", newPhase: "DAY_PHASE_DAY", gameMs: 1 },
        },
        { body: "weatherChanged", weatherChanged: { region: "salt-coast", newState: "été" } },
      ],
      reliable: 1,
    });
    expect(await client.next("frame")).toMatchObject({
      frame: 3,
      events: [{ timeChanged: { reading: { gameMs: 60_000, paused: true } } }],
    });
  });

  test("gets the events of one key only, where it subscribes to one", async () => {
    const client = await join();
    await client.subscribe("weather/salt-coast");
    served.world.publish(WeatherEventSchema, { region: "north-marsh" });
    served.world.endFrame();
    served.world.publish(WeatherEventSchema, { region: "north-marsh" });
    served.world.publish(WeatherEventSchema, { region: "salt-coast" });
    served.world.endFrame();
    expect(await client.next("frame")).toEqual({
      frame: 2,
      events: [{ body: "weatherChanged", weatherChanged: { region: "salt-coast" } }],
      reliable: 2,
    });
  });

  test("gets nothing more of what it unsubscribed from", async () => {
    const client = await join();
    await client.subscribe("weather", "time");
    client.send({ unsubscribe: { request: 5, topics: ["weather", "no-such-topic"] } });
    expect(await client.next("unsubscribed")).toEqual({ request: 5, topics: ["time"] });
    served.world.publish(WeatherEventSchema, { region: "north-marsh" });
    served.world.publish(TimeEventSchema, {});
    served.world.endFrame();
    expect((await client.next("frame")).events).toHaveLength(1);
  });

  test("makes the world copy out what somebody is subscribed to, and nothing else", async () => {
    const client = await join();
    expect(served.world.listened).toEqual(new Set());
    await client.subscribe("weather/north-marsh");
    expect(served.world.listened).toEqual(new Set([1, 2, 40, 42, 43]));
    const other = await join();
    await other.subscribe("time");
    expect(served.world.listened).toEqual(new Set([1, 2, 3, 4, 5, 6, 40, 42, 43]));
    await client.close();
    await other.subscribe("timer");
    expect(served.world.listened).toEqual(new Set([3, 4, 5, 6, 20]));
  });

  test.each([
    ["storms", /topic="storms" is not known; valid are storm, time, timer, weather/],
    ["time/noon", /events of time have no key; valid is time/],
    ["weather/North Marsh", /valid keys are/],
    ["weather/", /valid keys are/],
    ["", /topic="" is not known/],
  ])("cannot subscribe to %j and hears what is valid", async (topic, text) => {
    const client = await join();
    client.send({ subscribe: { request: 3, topics: ["weather", topic] } });
    const problem = await client.next("problem");
    expect(problem).toMatchObject({ code: "INVALID_ARGUMENT", request: 3 });
    expect(problem.message).toMatch(text);
    expect(await client.subscribe()).not.toHaveProperty("topics.0");
  });

  test("cannot have more subscriptions than the limit", async () => {
    const client = await join();
    await client.subscribe("weather/a", "weather/b", "weather/c");
    client.send({ subscribe: { request: 4, topics: ["weather/d"] } });
    expect(await client.next("problem")).toMatchObject({ code: "RESOURCE_EXHAUSTED", request: 4 });
  });

  test("measures time with a ping", async () => {
    const client = await join();
    served.world.frame = 90;
    client.send({ ping: { request: 8, clientTimeMs: 1.5 } });
    expect(await client.next("pong")).toEqual({
      request: 8,
      clientTimeMs: 1.5,
      frame: 90,
      worldTimeMs: 1_500,
    });
  });

  test("sets the weather of a region", async () => {
    const client = await join();
    const answer = await client.call(
      "WeatherService/SetWeather",
      "SetWeatherRequest",
      "SetWeatherResponse",
      { region: "north-marsh", condition: "rain", intensity: 0.25 },
    );
    expect(answer).toEqual({
      weather: { region: "north-marsh", condition: "rain", intensity: 0.25 },
    });
  });

  test.each([
    ["WeatherService/SetWeather", { region: "north-marsh", condition: "lava" }, "INVALID_ARGUMENT"],
    ["WeatherService/SetWeather", { region: "nowhere", condition: "rain" }, "NOT_FOUND"],
    ["WeatherService/SetWeather", { region: "Not a key" }, "INVALID_ARGUMENT"],
    ["WeatherService/SetWeather", {}, "INVALID_ARGUMENT"],
    ["WeatherService/MakeRainbow", {}, "UNIMPLEMENTED"],
    ["", {}, "UNIMPLEMENTED"],
  ])("hears the problem with a call of %s with %j", async (method, request, code) => {
    const client = await join();
    await expect(
      client.call(method, "SetWeatherRequest", "SetWeatherResponse", request),
    ).rejects.toMatchObject({ code, request: 9 });
  });

  test("hears when its request is not of the method's type", async () => {
    const client = await join();
    const method = "tellurion.v1.WeatherService/SetWeather";
    client.send({ call: { request: 1, method, message: new Uint8Array([10, 200, 1]) } });
    const first = await client.next("callResult");
    expect(first).toMatchObject({ request: 1, problem: { code: "INVALID_ARGUMENT" } });
    client.send({ call: { request: 2, method, json: '{"regoin":"north-marsh"}' } });
    const second = await client.next("callResult");
    expect(second).toMatchObject({ request: 2, problem: { code: "INVALID_ARGUMENT" } });
    expect(second.problem.message).toContain("regoin");
  });

  test("waits for a call as long as it says, and for few at a time", async () => {
    const client = await join();
    const method = "tellurion.v1.ClockService/Pause";
    client.send({ call: { request: 1, method, timeoutMs: 20 } });
    expect((await client.next("callResult")).problem.code).toBe("DEADLINE_EXCEEDED");
    client.send({ call: { request: 2, method, timeoutMs: 3_600_000 } });
    expect((await client.next("callResult")).problem.code).toBe("INVALID_ARGUMENT");
    for (const request of [3, 4, 5]) client.send({ call: { request, method } });
    expect(await client.next("callResult")).toMatchObject({
      request: 5,
      problem: { code: "RESOURCE_EXHAUSTED" },
    });
  });

  test("gets no details of a defect's stack, only that there is one", async () => {
    served.world.answer(WeatherService.method.getWeather, () => {
      throw new RangeError("oops");
    });
    const client = await join();
    await expect(
      client.call("WeatherService/GetWeather", "GetWeatherRequest", "GetWeatherResponse", {
        region: "north-marsh",
      }),
    ).rejects.toMatchObject({ code: "INTERNAL_ERROR", message: "unexpected error: oops" });
  });

  test("hears of a gap when events were lost on their way out", async () => {
    const client = await join();
    await client.subscribe("weather/salt-coast");
    served.world.publish(WeatherEventSchema, { region: "salt-coast" });
    served.world.endFrame(3);
    expect(await client.next("gap")).toEqual({ fromFrame: 1, toFrame: 1 });
    expect(await client.next("frame")).toMatchObject({ frame: 1 });
  });

  test("keeps its session when it sends a message that the server does not know yet", async () => {
    const client = await join();
    client.send({});
    expect(await client.next("problem")).toMatchObject({ code: "UNIMPLEMENTED" });
    client.send({ hello: {} });
    expect(await client.next("problem")).toMatchObject({ code: "FAILED_PRECONDITION" });
    await client.subscribe("time");
  });

  test("is closed with a code when the world fails", async () => {
    const client = await join();
    served.world.fail(new TellurionError("WORLD_FAILED", "weather/north-marsh threw"));
    expect(await within("the close", client.closed)).toEqual({
      code: 4504,
      reason: "WORLD_FAILED",
    });
    expect(await served.failed).toMatchObject({ code: "WORLD_FAILED" });
  });

  test("is told that the server goes away when it stops", async () => {
    const client = await join();
    const call = client.call("ClockService/Pause", "PauseRequest", "PauseResponse", {});
    call.catch(() => {});
    const begun = performance.now();
    await served.close();
    expect(performance.now() - begun).toBeLessThan(1_900);
    expect(await within("the close", client.closed)).toEqual({
      code: 1001,
      reason: "WORLD_STOPPED",
    });
    expect(served.world.isStopped).toBe(true);
  });
});
