import { join } from "node:path";
import type { FauxqsServer } from "fauxqs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Bridge } from "../../src/bridges/bridge.ts";
import { readConfiguration } from "../../src/bridges/read-configuration.ts";
import { startWorld, type World } from "../../src/runtime/host.ts";
import type { TellurionError } from "../../src/runtime/index.ts";
import { bootstrap } from "../support/counter-world.ts";
import { startFauxqs } from "../support/fauxqs.ts";
import { eventsOfPack, schemaEvents } from "../support/feed-events.ts";
import { temporaryFolder } from "../support/kept-world.ts";
import { within } from "../support/within.ts";

const waitMsMax = 20_000;
const topicArn = "arn:aws:sns:us-east-1:000000000000:counters-events";

let aws: FauxqsServer;
let queue = 0;
const running: (World | Bridge)[] = [];
let told: string[] = [];

beforeAll(async () => {
  aws = await startFauxqs();
  aws.createTopic("counters-events");
});
afterAll(async () => await aws.stop());
beforeEach(() => {
  queue += 1;
  told = [];
  aws.createQueue(`chronicle-${queue}`);
  aws.subscribe({
    topic: "counters-events",
    queue: `chronicle-${queue}`,
    attributes: { RawMessageDelivery: "true" },
  });
});
afterEach(async () => {
  for (const one of running.splice(0)) await ("stop" in one ? one.stop() : one.close());
  aws.deleteQueue(`chronicle-${queue}`);
});

interface Arrived {
  readonly sequence: number;
  readonly attributes: ReadonlyMap<string, string | undefined>;
  readonly body: string;
}

/** In the order of their numbers. */
function arrived(): Arrived[] {
  const { messages } = aws.inspectQueue(`chronicle-${queue}`) ?? {};
  const packs = (messages?.ready ?? []).map(({ body, messageAttributes }) => {
    const attributes = new Map(
      Object.entries(messageAttributes).map(([name, value]) => [name, value.StringValue]),
    );
    return { body, attributes, sequence: Number(attributes.get("q")) };
  });
  return packs.sort((a, b) => a.sequence - b.sequence);
}

/** Events by the frame and the actor's key, in the order of their packs. */
function events(): string[] {
  const packs = new Map(arrived().map((pack) => [pack.sequence, pack]));
  return [...packs.values()]
    .flatMap(({ body }) => eventsOfPack(Buffer.from(body, "base64url")))
    .map(({ frame, source }) => `${frame} ${source}`);
}

function published(through: number): string[] {
  const frames = Array.from({ length: through }, (_, i) => i + 1);
  return frames.flatMap((frame) => ["one", "two", "three"].map((key) => `${frame} busy/${key}`));
}

async function start(
  outboxPath: string | undefined,
  lingerMs: number,
  failed: (error: TellurionError) => void = (error) => {
    throw error;
  },
): Promise<Bridge> {
  const bridge = await Bridge.start({
    configuration: readConfiguration(
      {
        endpoint: `http://127.0.0.1:${aws.port}`,
        out: { topicArn, lingerMs, packBytesMax: 2_048 },
      },
      { events: schemaEvents, methods: [] },
    ),
    worldName: "counters",
    outboxPath,
    events: schemaEvents.filter(({ topic }) => topic === "weather"),
    schemaHash: "0123456789abcdef",
    call: async () => ({ ok: true }),
    log: (_, text) => told.push(text),
    failed,
  });
  running.unshift(bridge);
  return bridge;
}

async function startCounters(bridge: Bridge, file: string | undefined): Promise<World> {
  const world = await startWorld({
    ...{ name: "counters", seed: 1, workers: 2, tickHz: 120, bootstrap },
    actorsModule: new URL("../support/counter-world.ts", import.meta.url),
    ...(bridge.feed && { feed: bridge.feed }),
    ...(file !== undefined && { file }),
  });
  running.unshift(world);
  return world;
}

const untilFrame = (world: World, frame: number) =>
  vi.waitFor(() => expect(world.frame).toBeGreaterThan(frame), { timeout: waitMsMax });

test("each event of a world arrives in a pack, in the world's order", async () => {
  const bridge = await start(undefined, 100);
  const world = await startCounters(bridge, undefined);
  await untilFrame(world, 60);
  await world.stop();
  await bridge.drain(waitMsMax);
  const found = events();
  expect(found.length).toBeGreaterThan(3 * 60);
  expect(found.toSorted()).toEqual(published(found.length / 3).toSorted());
  const frames = found.map((event) => Number(event.split(" ")[0]));
  expect(frames).toEqual(frames.toSorted((a, b) => a - b));
  const packs = arrived();
  expect(packs.map(({ sequence }) => sequence)).toEqual(packs.map((_, i) => i + 1));
  expect(Object.fromEntries(packs[0]?.attributes ?? [])).toMatchObject({
    ...{ s: "world", c: "raw", v: "0123456789abcdef", world: "counters", q: "1" },
    n: String(eventsOfPack(Buffer.from(packs[0]?.body ?? "", "base64url")).length),
  });
  expect(bridge.counters()).toMatchObject({
    ...{ packsPublished: packs.length, eventsPublished: found.length, requests: packs.length },
    ...{ outboxPacks: 0, outboxBytes: 0, feedLost: 0, retries: 0 },
  });
});

test("what was not packed when the process ended goes out after the next start, each event once", async () => {
  const folder = temporaryFolder();
  const [file, outbox] = [join(folder, "w.tellurion"), join(folder, "w.outbox")];
  for (const frames of [40, 80]) {
    const bridge = await start(outbox, 300);
    const world = await startCounters(bridge, file);
    await untilFrame(world, frames);
    // Neither is drained: there are open packs, and events that nobody has read.
    await bridge.close();
    await world.stop();
    running.length = 0;
  }
  const bridge = await start(outbox, 300);
  const world = await startCounters(bridge, file);
  await untilFrame(world, 120);
  await world.stop();
  await bridge.drain(waitMsMax);
  const found = events();
  expect(new Set(arrived().map(({ attributes }) => attributes.get("e"))).size).toBe(1);
  expect(found.toSorted()).toEqual(published(found.length / 3).toSorted());
  expect(found.length).toBeGreaterThan(3 * 120);
});

test("a topic that is not there is asked again and again, and its packs stay in the outbox", async () => {
  const outbox = join(temporaryFolder(), "w.outbox");
  aws.deleteTopic("counters-events");
  const bridge = await start(outbox, 0);
  const world = await startCounters(bridge, undefined);
  await vi.waitFor(() => expect(bridge.counters().retries).toBeGreaterThan(2), {
    timeout: waitMsMax,
  });
  expect(bridge.counters()).toMatchObject({ packsPublished: 0, packsRefused: 0 });
  expect(told[0]).toMatch(/^bridge: publishing/);
  aws.createTopic("counters-events");
  aws.subscribe({
    topic: "counters-events",
    queue: `chronicle-${queue}`,
    attributes: { RawMessageDelivery: "true" },
  });
  await world.stop();
  await bridge.drain(waitMsMax);
  const found = events();
  expect(found.toSorted()).toEqual(published(found.length / 3).toSorted());
  expect(found.length).toBeGreaterThan(3);
});

test("an outbox that another process has is refused", async () => {
  const outbox = join(temporaryFolder(), "w.outbox");
  await start(outbox, 0);
  await expect(start(outbox, 0)).rejects.toMatchObject({ code: "WORLD_FILE_IN_USE" });
});

test("a bridge that is given up while it is at work has failed, and can be closed", async () => {
  const failed = Promise.withResolvers<TellurionError>();
  const bridge = await start(undefined, 0, failed.resolve);
  bridge.feed?.abandon();
  const error = await within("the failure", failed.promise);
  expect([error.code, bridge.counters().up]).toEqual(["INTERNAL_ERROR", 0]);
  expect(await within("detaching", bridge.feed?.detach() ?? Promise.reject())).toBeUndefined();
  await within("closing", bridge.close());
});

test("a bridge whose thread fails says so, and holds up nobody", async () => {
  const failed = Promise.withResolvers<TellurionError>();
  const bridge = await start(undefined, 0, failed.resolve);
  const { feed } = bridge;
  feed?.attach({
    ...{
      worldId: "w",
      tickHz: 60,
      after: 41,
      reached: 41,
      rings: [],
      workers: 0,
      journal: undefined,
    },
    ...{ control: new SharedArrayBuffer(1_024) },
    types: [{ id: 1, number: 1, message: "no.Event", topic: "weather", topicKey: undefined }],
  });
  expect(bridge.counters().up).toBe(1);
  const error = await within("the failure", failed.promise);
  expect(bridge.counters().up).toBe(0);
  expect([error.code, error.message]).toEqual([
    "INTERNAL_ERROR",
    expect.stringContaining("no.Event"),
  ]);
  expect(await within("detaching", feed?.detach() ?? Promise.reject())).toBeUndefined();
  await within("draining", bridge.drain(waitMsMax));
});
