import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openAwsClients, severalAttempts } from "../../src/bridges/aws-clients.ts";
import { Bridge } from "../../src/bridges/bridge.ts";
import { readConfiguration } from "../../src/bridges/read-configuration.ts";
import { resourceNames } from "../../src/bridges/resources.ts";
import { setUp } from "../../src/bridges/setup.ts";
import {
  type Bootstrap,
  catalogueOf,
  schemaHash,
  startWorld,
  type World,
} from "../../src/runtime/host.ts";
import { ProducerService, ProduceSchema } from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { check } from "../table.ts";
import { call } from "../world-calls.ts";
import { actors } from "./actors.ts";
import type { ConsumerSetup, Handled } from "./consumer-process.ts";

export const tickHz = 60;
const region = "us-east-1";
const producerKey = "0";
const arrivalMsMax = 30_000;
const drainMs = 20_000;
const bootstrap: readonly Bootstrap[] = [
  { address: `producer/${producerKey}`, type: ProduceSchema, message: {} },
];

/** What was published. */
export interface Published {
  readonly count: number;
  readonly checksum: number;
}

export interface MirroredWay {
  readonly isBridged: boolean;
  /** Its frames go before all else. */
  readonly isRealtime?: boolean;
}

/** A world that publishes so many events in each frame; with a bridge, also to a remote service. */
export class MirroredWorld {
  readonly world: World;
  readonly #remote: Remote | undefined;

  private constructor(world: World, remote: Remote | undefined) {
    this.world = world;
    this.#remote = remote;
  }

  static async start({ isBridged, isRealtime = false }: MirroredWay): Promise<MirroredWorld> {
    const remote = isBridged ? await Remote.start() : undefined;
    const world = await startWorld({
      ...{ name: "bench-mirrored", seed: 1, workers: 1, tickHz, bootstrap },
      actorsModule: new URL("./actors.ts", import.meta.url),
      realtime: isRealtime,
      ...(remote?.bridge.feed && { feed: remote.bridge.feed }),
    });
    return new MirroredWorld(world, remote);
  }

  async publish(eventsPerFrame: number): Promise<void> {
    const { setBatches } = ProducerService.method;
    const batch = { producer: producerKey, batch: eventsPerFrame, batches: 1 };
    await call(this.world, producerKey, setBatches, batch);
  }

  async published(): Promise<Published> {
    const { getProduced } = ProducerService.method;
    const { tally } = await call(this.world, producerKey, getProduced, { producer: producerKey });
    return { count: tally?.count ?? 0, checksum: tally?.checksum ?? 0 };
  }

  /** What the remote service has handled by now. */
  get handled(): Handled | undefined {
    return this.#remote?.handled;
  }

  /** Ends all. With a bridge, when all that was published has arrived: it is compared. */
  async end(): Promise<void> {
    await this.publish(0);
    const published = await this.published();
    check(published.count > 0, "nothing was published");
    await this.world.stop();
    await this.#remote?.end(published);
  }
}

/** Emulator, bridge and consumer. */
class Remote {
  readonly bridge: Bridge;
  readonly #children: readonly ChildProcess[];
  handled: Handled | undefined;

  private constructor(bridge: Bridge, children: readonly ChildProcess[], consumer: ChildProcess) {
    this.bridge = bridge;
    this.#children = children;
    consumer.on("message", (handled: Handled) => {
      this.handled = handled;
    });
  }

  static async start(): Promise<Remote> {
    const emulator = fork(fileURLToPath(new URL("./emulator-process.ts", import.meta.url)));
    const [endpoint] = (await once(emulator, "message")) as [string];
    const wishes = { prefix: "bench", services: ["bench"], fifo: false };
    const clients = await openAwsClients({ region, endpoint }, severalAttempts);
    const { topicArn, queueUrls } = await setUp(wishes, clients).finally(() => clients.close());
    const queueUrl = queueUrls.get(resourceNames(wishes).services[0]?.queue ?? "") ?? "";
    const consumer = fork(fileURLToPath(new URL("./consumer-process.ts", import.meta.url)));
    consumer.send({ endpoint, region, queueUrl } satisfies ConsumerSetup);
    await once(consumer, "message");
    const catalogue = catalogueOf(actors);
    const bridge = await Bridge.start({
      configuration: readConfiguration({ region, endpoint, out: { topicArn } }, catalogue),
      ...{ worldName: "bench-mirrored", outboxPath: undefined, events: catalogue.events },
      schemaHash: schemaHash(catalogue.files),
      call: async () => ({ ok: false, code: "UNIMPLEMENTED", text: "nothing comes in" }),
      log: (level, text) => {
        if (level === "error") throw new Error(text);
      },
      failed: (error) => {
        throw error;
      },
    });
    return new Remote(bridge, [emulator, consumer], consumer);
  }

  async end(published: Published): Promise<void> {
    await this.bridge.drain(drainMs);
    const untilMs = performance.now() + arrivalMsMax;
    while ((this.handled?.count ?? 0) < published.count && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { feedLost, shedReliable, shedLatestWins, shedCosmetic } = this.bridge.counters();
    await this.bridge.close();
    for (const child of this.#children) child.disconnect();
    const shed = shedReliable + shedLatestWins + shedCosmetic;
    check(feedLost + shed === 0, `the bridge gave up ${feedLost + shed} events`);
    const { count, checksum, disorder } = this.handled ?? { count: 0, checksum: 0, disorder: 0 };
    check(count === published.count, `published ${published.count}, handled ${count}`);
    check(checksum === published.checksum, "other values were handled than were published");
    check(disorder === 0, `${disorder} events came out of order`);
  }
}
