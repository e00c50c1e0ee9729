import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import {
  MemoryPositions,
  openConsumer,
  queueClient,
  type WorldEvent,
} from "../../../clients/consumer/src/index.ts";
import { configurationFile } from "../../../src/bridges/configuration-file.ts";
import { resourceNames } from "../../../src/bridges/resources.ts";
import { setUp } from "../../../src/bridges/setup.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { serviceNames } from "../../../src/server/split/services.ts";
import { type Emulator, emulatorRegion, startEmulator } from "../../support/fauxqs.ts";
import { temporaryFolder } from "../../support/kept-world.ts";
import { Run, stopRuns } from "../../support/run.ts";

const main = fileURLToPath(new URL("../../../src/server/main.ts", import.meta.url));
const waitMsMax = 30_000;
const region = "north-marsh";
const hourMs = 3_600_000;
const credentials = { accessKeyId: "none", secretAccessKey: "none" };

let emulator: Emulator;
let folder: string;
beforeEach(async () => {
  emulator = await startEmulator();
  folder = temporaryFolder();
});
afterEach(async () => {
  stopRuns();
  await emulator.close();
});

/** Topic and queues of a world, and a server's configuration for them with a short linger. */
async function prepare(prefix: string, service: string, methods: readonly string[]) {
  const { endpoint, clients } = emulator;
  const wishes = { prefix, services: [service], fifo: false };
  const result = await setUp(wishes, clients);
  const { services, commands } = resourceNames(wishes);
  const url = (name = ""): string => result.queueUrls.get(name) ?? "";
  const place = { region: emulatorRegion, endpoint };
  const { out, ...rest } = configurationFile(place, wishes, result, methods);
  return {
    configuration: { ...rest, out: { ...out, lingerMs: 50 } },
    commandsUrl: url(commands),
    eventsUrl: url(services[0]?.queue),
  };
}

/** The address of a server that has begun. */
async function start(name: string, bridge: unknown, ...args: string[]): Promise<string> {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(bridge));
  const begin = ["start", "--memory", "--port", "0", "--workers", "1", "--bridge", file];
  const run = new Run(main, ...begin, ...args);
  return (await run.url()).replace("ws:", "http:");
}

/** Of the answers of several methods, what is looked at. */
interface Answer {
  readonly reading: { readonly gameMs: string };
  readonly gameMs: string;
  readonly streams?: readonly object[];
}

async function call(url: string, method: string, request: object = {}): Promise<Answer> {
  const response = await fetch(`${url}/tellurion.v1.${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  const answer = (await response.json()) as Answer;
  expect([response.status, answer]).toEqual([200, answer]);
  return answer;
}

const patience = { timeout: waitMsMax };

test("a command that a remote service sent twice takes effect once, and its events arrive there", async () => {
  const methods = ["tellurion.v1.ClockService/Advance", "tellurion.v1.WeatherService/SetWeather"];
  const { configuration, commandsUrl, eventsUrl } = await prepare("once", "chronicle", methods);
  const url = await start("once", configuration);
  await call(url, "ClockService/Pause");
  const before = await call(url, "ClockService/GetClock");

  const seen: WorldEvent[] = [];
  const consumer = await openConsumer({
    client: queueClient({ region: emulatorRegion, endpoint: emulator.endpoint, credentials }),
    ...{ queueUrl: eventsUrl, positions: new MemoryPositions(), waitSeconds: 1 },
    onEvent: (event) => void seen.push(event),
  });
  onTestFinished(() => consumer.close());
  const send = (commandId: string, method: string, request: object) =>
    emulator.clients.sqs.sendMessage({
      QueueUrl: commandsUrl,
      MessageAttributes: { c: { DataType: "String", StringValue: "json" } },
      MessageBody: JSON.stringify({ commandId, method, json: JSON.stringify(request) }),
    });
  const advance = { durationMs: String(hourMs) };
  await send("an-hour-on", "tellurion.v1.ClockService/Advance", advance);
  await send("an-hour-on", "tellurion.v1.ClockService/Advance", advance);
  await expect.poll(() => commandsDone(url), patience).toBe(2);
  const { reading } = await call(url, "ClockService/GetClock");
  expect(Number(reading.gameMs) - Number(before.reading.gameMs)).toBe(hourMs);

  const condition = "thunderstorm";
  await send("a-storm", "tellurion.v1.WeatherService/SetWeather", { region, condition });
  await expect.poll(() => conditionsIn(seen), patience).toContain(condition);
  const ids = seen.map(({ eventId }) => eventId);
  expect(new Set(ids).size).toBe(ids.length);
});

async function commandsDone(url: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/tellurion_bridge_commands_total\{[^}]*outcome="done"\} (\d+)/.exec(page)?.[1]);
}

function conditionsIn(events: readonly WorldEvent[]): string[] {
  return events
    .filter(({ schema, topic }) => schema?.name === "WeatherEvent" && topic.endsWith(region))
    .map((event) => event.as(WeatherEventSchema).newState);
}

test("two servers with a part of the world each hear of one another, through a topic of each", async () => {
  const sky = ["clock", "weather"];
  const rest = serviceNames.filter((name) => !sky.includes(name));
  const ofSky = await prepare("sky", "rest", []);
  const ofRest = await prepare("rest", "sky", []);
  const here = await start(
    "sky",
    { ...ofSky.configuration, events: { queueUrl: ofRest.eventsUrl } },
    ...["--services", sky.join(",")],
  );
  const there = await start(
    "rest",
    { ...ofRest.configuration, events: { queueUrl: ofSky.eventsUrl } },
    ...["--services", rest.join(",")],
  );
  const timeThere = async () =>
    Number((await call(there, "NpcService/GetShard", { shard: `${region}-1` })).gameMs);
  const before = await timeThere();
  const day = { durationMs: String(24 * hourMs) };
  await call(here, "ClockService/Advance", day);
  await expect.poll(timeThere, patience).toBeGreaterThanOrEqual(before + 24 * hourMs);

  const occurrence = { kind: "fair", region };
  await call(there, "WorldService/TriggerOccurrence", { occurrence });
  const heardHere = async () => (await call(here, "BridgeService/ListRemoteStreams")).streams ?? [];
  await expect.poll(async () => (await heardHere()).length, patience).toBe(1);
  const heardThere = (await call(there, "BridgeService/ListRemoteStreams")).streams;
  for (const streams of [await heardHere(), heardThere]) {
    expect(streams).toMatchObject([{ stream: "world", events: expect.stringMatching(/^[1-9]/) }]);
    // What is at its default is left out: nothing was lost, refused, or held.
    expect(Object.keys(streams?.[0] ?? {}).sort()).toEqual([
      "epoch",
      "events",
      "nextSequence",
      "stream",
    ]);
  }
});
