import { afterEach, expect, test, vi } from "vitest";
import {
  type Consumer,
  MemoryPositions,
  openConsumer,
  queueClient,
} from "../../../clients/consumer/src/index.ts";
import { Bridge } from "../../../src/bridges/bridge.ts";
import {
  type ApiCall,
  type Bill,
  countRequests,
} from "../../../src/bridges/cost/count-requests.ts";
import { pollsPerMonth } from "../../../src/bridges/cost/ways.ts";
import { readConfiguration } from "../../../src/bridges/read-configuration.ts";
import { startWorld, type World } from "../../../src/runtime/host.ts";
import { CountingProxy } from "../../support/counting-proxy.ts";
import { type Emulator, emulatorRegion, startEmulator } from "../../support/fauxqs.ts";
import { schemaEvents } from "../../support/feed-events.ts";
import { reporters } from "../../support/news-world.ts";

/**
 * Counted are the calls that a world's bridge and one service make, each through a proxy that writes down what it
 * carries: publishing, the delivery from SNS to one queue (which the emulator makes by itself, so it is counted with each
 * message that is published), the service's receives, empty ones too, and its deletes. The service is the consumer
 * library with one poller. Not counted is the world's own poller of commands: it asks as often whatever goes out.
 */
const eventsPerMonth = 10_000_000;
const lingerMs = 5_000;
const monthMs = 730 * 3_600_000;
const waitMsMax = 45_000;
const services = 1;
/** Of a change of the weather, of which the price page is. */
const eventBytes = 104;
const base64BytesPerByte = 4 / 3;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Consumed {
  events: number;
  packs: number;
}

class Counted {
  readonly #bridge: Bridge;
  readonly #world: World;
  readonly #proxy: CountingProxy;
  readonly consumed: Readonly<Consumed>;

  private constructor(bridge: Bridge, world: World, proxy: CountingProxy, consumed: Consumed) {
    this.#bridge = bridge;
    this.#world = world;
    this.#proxy = proxy;
    this.consumed = consumed;
  }

  static async start(
    perFrame: number,
    tickHz: number,
    out: { lingerMs: number },
  ): Promise<Counted> {
    const emulator = await startEmulator();
    open.push(() => emulator.close());
    const proxy = await CountingProxy.open(emulator.endpoint);
    open.push(() => proxy.close());
    const { topicArn } = emulator.server.createTopic("bill-events");
    const consumed = await consume(emulator, proxy);
    const bridge = await Bridge.start({
      configuration: readConfiguration(
        { endpoint: proxy.endpoint, out: { topicArn, ...out } },
        { events: schemaEvents, methods: [] },
      ),
      ...{ worldName: "bill", outboxPath: undefined, schemaHash: "0123456789abcdef" },
      events: schemaEvents.filter(({ topic }) => topic === "weather"),
      call: async () => ({ ok: true }),
      log: () => {},
      failed: (error) => {
        throw error;
      },
    });
    open.push(() => bridge.close());
    const world = await startWorld({
      ...{ name: "bill", seed: 1, workers: 1, tickHz },
      bootstrap: reporters(["the-far-north-marsh"], perFrame),
      actorsModule: new URL("../../support/news-world.ts", import.meta.url),
      ...(bridge.feed && { feed: bridge.feed }),
    });
    return new Counted(bridge, world, proxy, consumed);
  }

  /** Lets the world publish until so many packs have arrived, and stops it. */
  async until(packs: number): Promise<void> {
    const patience = { timeout: waitMsMax };
    await vi.waitFor(() => expect(this.consumed.packs).toBeGreaterThanOrEqual(packs), patience);
    await this.#world.stop();
    await this.#bridge.drain(waitMsMax);
    const { eventsPublished } = this.#bridge.counters();
    await vi.waitFor(() => expect(this.consumed.events).toBe(eventsPublished), patience);
  }

  get published(): readonly ApiCall[] {
    return this.#proxy.calls.filter(({ action }) => action.startsWith("Publish"));
  }

  /** Of a month with so many times these calls, and `polls` that find nothing. */
  bill(times: number, polls: number): Bill {
    const calls = this.#proxy.calls.map((call) => ({ ...call, times }));
    const empty: ApiCall = { action: "ReceiveMessage", bytes: 0, times: polls };
    return countRequests([...calls, empty], services);
  }
}

async function consume({ server }: Emulator, proxy: CountingProxy): Promise<Consumed> {
  const { queueUrl } = server.createQueue("bill-reader");
  const attributes = { RawMessageDelivery: "true" };
  server.subscribe({ topic: "bill-events", queue: "bill-reader", attributes });
  const credentials = { accessKeyId: "none", secretAccessKey: "none" };
  const consumed = { events: 0, packs: 0 };
  const consumer: Consumer = await openConsumer({
    client: queueClient({ region: emulatorRegion, endpoint: proxy.endpoint, credentials }),
    ...{ queueUrl, positions: new MemoryPositions(), pollers: 1 },
    onEvents: ({ events, first, last }) => {
      consumed.events += events.length;
      consumed.packs += last - first + 1;
    },
  });
  open.push(() => consumer.close());
  return consumed;
}

test("10 million events a month cost at most $1 in a trickle, with a linger of 5 s", async () => {
  // A second of this world is as ten of the month, and so is its linger: 19 events come in each.
  const scaledLingerMs = lingerMs / 10;
  const perLinger = eventsPerMonth / (monthMs / lingerMs);
  const tickHz = Math.round((perLinger * 1_000) / scaledLingerMs);
  const counted = await Counted.start(1, tickHz, { lingerMs: scaledLingerMs });
  await counted.until(10);
  const { packs, events } = counted.consumed;
  // No pack was closed before its linger was over, but for the last one; each has the events of one linger.
  expect(events / packs).toBeGreaterThan(perLinger * 0.9);
  expect(counted.published).toHaveLength(packs);
  // Each linger of the month ends with a pack, so that no poll waits for 20 s and finds nothing.
  const bill = counted.bill(monthMs / lingerMs / packs, 0);
  expect(bill.dollars).toBeLessThanOrEqual(1);
  expect(bill.dollars).toBeGreaterThan(0.5);
});

test("10 million events a month cost at most $0.10 in bursts", async () => {
  const counted = await Counted.start(2_000, 60, { lingerMs });
  await counted.until(200);
  const { packs, events } = counted.consumed;
  const bytes = counted.published.reduce((sum, call) => sum + call.bytes, 0);
  expect(bytes / events / base64BytesPerByte).toBeGreaterThanOrEqual(eventBytes);
  // Packs are full, and each is one request on the bill, in whatever company it goes.
  expect(bytes / packs).toBeGreaterThan(55_000);
  const { snsRequests } = counted.bill(1, 0);
  expect(snsRequests).toBeLessThanOrEqual(packs);
  expect(snsRequests).toBeGreaterThan(0.9 * packs);
  // As if nothing came on any of the other days, and the poller asked for it all the time.
  const bill = counted.bill(eventsPerMonth / events, pollsPerMonth);
  expect(bill.dollars).toBeLessThanOrEqual(0.1);
  expect(bill.dollars).toBeGreaterThan(0.05);
});
