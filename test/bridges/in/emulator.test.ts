import { SQSClient } from "@aws-sdk/client-sqs";
import { create, toJsonString } from "@bufbuild/protobuf";
import type { FauxqsServer } from "fauxqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CallPort } from "../../../src/bridges/call-port.ts";
import { type BridgeIn, startIn } from "../../../src/bridges/in/start-in.ts";
import { RemoteCommandSchema } from "../../../src/gen/tellurion/v1/bridge_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { inMemory, startWorld, type World } from "../../../src/runtime/host.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import {
  asTellurionError,
  callWorld,
  methodNamed,
  requestOfBytes,
  requestOfJson,
} from "../../../src/server/calls.ts";
import { readWorld } from "../../../src/server/commands/world-options.ts";
import { Services } from "../../../src/server/split/services.ts";
import { packOf, weatherEvent } from "../../actors/bridge/packs.ts";
import { startFauxqs } from "../../support/fauxqs.ts";
import { within } from "../../support/within.ts";

const method = "tellurion.v1.WeatherService/SetWeather";

let server: FauxqsServer;
let world: World;
let client: SQSClient;
let bridgeIn: BridgeIn | undefined;

beforeEach(async () => {
  server = await startFauxqs({ messageSpies: true });
  client = new SQSClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${server.port}`,
    useQueueUrlAsEndpoint: false,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  await bridgeIn?.stop();
  client.destroy();
  await world.stop();
  await server.stop();
});

async function start(services: string, configuration: Parameters<typeof startIn>[0]) {
  const options = { world: "sample", seed: 1, workers: 1, "tick-hz": 60 };
  const wanted = await readWorld({ ...options, services: Services.read(services) });
  world = await startWorld({ ...wanted, file: inMemory });
  bridgeIn = startIn(configuration, { sqs: client, polls: client }, callPort(world));
}

/** Hands calls to a world as the process does. */
function callPort(to: World): CallPort {
  return async ({ method: name, payload, idempotencyKey, timeoutMs }) => {
    try {
      const entry = methodNamed(to.catalogue, name);
      const request =
        payload && "json" in payload
          ? requestOfJson(entry, payload.json)
          : requestOfBytes(entry, payload?.message ?? new Uint8Array());
      await callWorld(to, entry, request, { idempotencyKey, timeoutMs });
      return { ok: true };
    } catch (error) {
      const { code, message } = asTellurionError(error);
      return { ok: false, code, text: message };
    }
  };
}

function queue(name: string): string {
  return server.createQueue(name).queueUrl;
}

function send(name: string, body: string, attributes: Record<string, string>): string {
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([key, StringValue]) => [
      key,
      { DataType: "String", StringValue },
    ]),
  );
  return server.sendMessage(name, body, { messageAttributes }).messageId;
}

const gone = (id: string) =>
  within(`message ${id} to leave its queue`, server.spy.waitForMessageWithId(id, "consumed"));

function command(commandId: string, region: string): string {
  const json = `{"region":"${region}","condition":"rain","intensity":1}`;
  const payload = { case: "json", value: json } as const;
  return toJsonString(
    RemoteCommandSchema,
    create(RemoteCommandSchema, { commandId, method, payload }),
  );
}

test("a command that the queue delivers twice takes effect once", async () => {
  const queueUrl = queue("commands");
  const commands = { queueUrl, deadLetterQueueUrl: undefined, methods: [method], pollers: 2 };
  await start("clock,weather", { commands, events: undefined });
  const body = command("c-1", "north-marsh");
  await gone(send("commands", body, { c: "json" }));
  await gone(send("commands", body, { c: "json" }));
  const { handled } = world.metrics().types.find(({ type }) => type === method) ?? {};
  expect(handled).toBe(1);
  expect(bridgeIn?.counters()).toMatchObject({ commandsReceived: 2, commandsDone: 2 });
  expect(server.inspectQueue("commands")?.messages).toMatchObject({ ready: [], inflight: [] });
});

test("a command that the world refuses is in the dead-letter queue with the reason", async () => {
  const queueUrl = queue("commands");
  const deadLetterQueueUrl = queue("commands-dead");
  const commands = { queueUrl, deadLetterQueueUrl, methods: [method], pollers: 2 };
  await start("clock,weather", { commands, events: undefined });
  const body = command("c-2", "atlantis");
  await gone(send("commands", body, { c: "json", traceparent: "00-1-2-01" }));
  const [dead] = server.inspectQueue("commands-dead")?.messages.ready ?? [];
  expect(dead).toMatchObject({
    body,
    messageAttributes: {
      c: { StringValue: "json" },
      traceparent: { StringValue: "00-1-2-01" },
      reason: { StringValue: "refused" },
      error: { StringValue: expect.stringContaining("NOT_FOUND: there is no actor weather/") },
    },
  });
});

test("packs of another part are published in their order and once, with all their fields", async () => {
  const queueUrl = queue("part");
  server.createTopic("events");
  server.subscribe({
    topic: "events",
    queue: "part",
    attributes: { RawMessageDelivery: "true" },
  });
  const deadLetterQueueUrl = queue("part-dead");
  await start("npc", { commands: undefined, events: { queueUrl, deadLetterQueueUrl } });
  const heard: unknown[] = [];
  const all = Promise.withResolvers<void>();
  world.listenTo([1]);
  world.onFrame(({ events }) => {
    for (const { bytes, start: from, end } of events) {
      heard.push(codecOf(WeatherEventSchema).decode(bytes, from, end).intensity);
      if (heard.length === 20) all.resolve();
    }
  });
  const publish = (sequence: number, body?: string) =>
    server.publish(
      "events",
      body ??
        Buffer.from(packOf(weatherEvent(2 * sequence - 1), weatherEvent(2 * sequence))).toString(
          "base64url",
        ),
      {
        messageAttributes: {
          ...{ s: text("weather"), e: text("e1"), c: text(body ? "json" : "raw") },
          ...{ q: number(sequence), n: number(2) },
        },
      },
    );
  for (const sequence of [2, 1, 1, 4, 3, 2, 6, 5, 10, 9, 8, 7, 10]) publish(sequence);
  publish(11, '{"eventType":"EVENT_TYPE_WEATHER_CHANGED"}');
  await within("all events", all.promise, 20_000);
  expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  await within(
    "the message that cannot be read",
    server.spy.waitForMessage({ service: "sqs", queueName: "part-dead", status: "published" }),
  );
  expect(server.inspectQueue("part-dead")?.messages.ready).toMatchObject([
    { messageAttributes: { reason: { StringValue: "not-supported" }, s: text("weather") } },
  ]);
});

const text = (StringValue: string) => ({ DataType: "String", StringValue });
const number = (value: number) => ({ DataType: "Number", StringValue: `${value}` });
