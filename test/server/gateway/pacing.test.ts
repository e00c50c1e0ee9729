import { expect, test } from "vitest";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { FrameEncoder } from "../../../src/server/gateway/frame-encoder.ts";
import { Gateway } from "../../../src/server/gateway/gateway.ts";
import { Pacing } from "../../../src/server/gateway/pacing.ts";
import { defaultLimits } from "../../../src/server/limits.ts";
import { createLog } from "../../../src/server/log.ts";
import { FakeWorld } from "../../support/fake-world.ts";
import { GatewayClient } from "../../support/gateway-client.ts";

/** A frame with a reliable event and one of which the latest counts, and what a pacing lets through of them. */
class Paced {
  readonly #world = new FakeWorld();
  readonly #encoder = new FrameEncoder();
  readonly pacing: Pacing;

  constructor(intervals: Record<string, number>) {
    this.pacing = new Pacing(new Map(Object.entries(intervals)));
    this.#world.listenTo([1, 3]);
    this.#world.onFrame((frame) => this.#encoder.read(frame));
  }

  pass(nowMs: number): string {
    this.#world.publish(WeatherEventSchema, { region: "moor" });
    this.#world.publish(TimeEventSchema, {});
    this.#world.endFrame();
    const events = this.pacing.take(this.#encoder.select(new Set(["weather", "time"])), nowMs);
    return events.map(({ topicName }) => topicName).join();
  }
}

test("one event of a topic goes in its time, the latest one; reliable ones all go", () => {
  const paced = new Paced({ time: 100, weather: 100 });
  expect([0, 30, 60].map((ms) => paced.pass(ms))).toEqual(["weather,time", "weather", "weather"]);
  expect(paced.pacing.isHolding).toBe(true);
  expect(paced.pacing.due(99)).toEqual([]);
  expect(paced.pacing.due(100).map(({ topic }) => topic)).toEqual(["time"]);
  expect(paced.pacing.isHolding).toBe(false);
  expect(paced.pass(150)).toBe("weather");
  expect(paced.pass(200)).toBe("weather,time");
  expect(paced.pacing.due(1_000)).toEqual([]);
});

test("topics without a rate are not held back", () => {
  const paced = new Paced({ weather: 100 });
  expect([0, 10, 20].map((ms) => paced.pass(ms))).toEqual(Array(3).fill("weather,time"));
});

test("nothing of what is held back goes when frames did not last", () => {
  const world = new FakeWorld();
  const gateway = new Gateway(
    world,
    defaultLimits,
    createLog(() => {}),
  );
  const client = new GatewayClient(gateway);
  const rates = [{ topic: "time", intervalMs: 3_600_000 }];
  client.say({ case: "subscribe", value: { topics: ["time"], rates } });
  for (let i = 0; i < 3; i += 1) {
    world.publish(TimeEventSchema, {});
    world.endFrame();
  }
  world.rewind(3, 3);
  client.subscribe("weather");
  expect(client.line.sent.slice(2)).toEqual(["frame 1", "gap 3 to 3 rewound", "subscribed"]);
  gateway.close();
});

test("a client asks for rates, keeps them with its subscriptions, and takes them back", () => {
  const world = new FakeWorld();
  const gateway = new Gateway(
    world,
    { ...defaultLimits, subscriptionsMax: 2 },
    createLog(() => {}),
  );
  const paced = new GatewayClient(gateway).subscribe("time");
  const free = new GatewayClient(gateway).subscribe("time");
  const ask = (intervalMs: number, topic = "time") =>
    paced.say({ case: "subscribe", value: { rates: [{ topic, intervalMs }] } });
  const pass = () => {
    world.publish(TimeEventSchema, {});
    world.endFrame();
  };
  ask(3_600_000);
  for (let i = 0; i < 3; i += 1) pass();
  expect([paced.frames, free.frames]).toEqual([["1"], ["1", "2", "3"]]);
  ask(0);
  pass();
  expect(paced.frames).toEqual(["1", "3", "4"]);
  ask(3_600_001);
  ask(1, "storms");
  for (const region of "abc") ask(1, `weather/${region}`);
  expect(paced.line.sent.slice(-5)).toEqual([
    "problem INVALID_ARGUMENT",
    "problem INVALID_ARGUMENT",
    "subscribed",
    "subscribed",
    "problem RESOURCE_EXHAUSTED",
  ]);
  gateway.close();
});

test("what is held back when a client changes its subscriptions goes at once, unless it is for no topic of its any more", () => {
  const world = new FakeWorld();
  const gateway = new Gateway(
    world,
    defaultLimits,
    createLog(() => {}),
  );
  const rates = [{ topic: "time", intervalMs: 3_600_000 }];
  const clients = Array.from({ length: 3 }, () => {
    const client = new GatewayClient(gateway);
    client.say({ case: "subscribe", value: { topics: ["time"], rates } });
    return client;
  });
  const [more, less, same] = clients as [GatewayClient, GatewayClient, GatewayClient];
  for (const settledGameMs of [1n, 2n, 3n]) {
    world.publish(TimeEventSchema, { settledGameMs });
    world.endFrame();
  }
  more.subscribe("weather");
  less.say({ case: "unsubscribe", value: { topics: ["time"] } });
  same.subscribe("time");
  const times = (client: GatewayClient) =>
    client.line.messages.flatMap((body) =>
      body.case === "frame" ? body.value.events.map(({ body: { value } }) => value) : [],
    );
  expect(clients.map((client) => times(client).length)).toEqual([2, 1, 1]);
  expect(times(more)).toMatchObject([{ settledGameMs: 1n }, { settledGameMs: 3n }]);
  more.subscribe("weather/moor");
  expect(times(more)).toHaveLength(2);
  gateway.close();
});
