import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Bootstrap, startWorld, type World } from "../../src/runtime/host.ts";
import type { FeedOptions } from "../../src/runtime/index.ts";
import { ProducerService, ProduceSchema } from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { check, type Effort } from "../table.ts";
import { call, failureOf } from "../world-calls.ts";

const producerKey = "0";
/** More than three times what a second of the bar's rate has: what is looked for is small. */
const eventsPerFrame = 4_000;
const turnsMax = 12;
const framesPerTurn = 60;
/** After a rest, some frames find nothing in the caches. */
const framesNotCounted = 5;
const warmFrames = 120;
const weatherNumber = 1;
const ringBytes = 16_777_216;

interface Tally {
  readonly count: number;
  readonly checksum: number;
  readonly lost: number;
  readonly frame: number;
}

/**
 * What an event that is fed costs the thread that publishes it: frames of two worlds that publish the same, one of them
 * with a feed that a thread of its own reads, in short turns while the other rests.
 */
export async function measureCoreCost({ scale }: Effort): Promise<readonly number[]> {
  const fed = await MeasuredWorld.start(true);
  const unfed = await MeasuredWorld.start(false);
  const costs: number[] = [];
  await fed.turn(Math.ceil(warmFrames * scale));
  await unfed.turn(Math.ceil(warmFrames * scale));
  for (let turn = 0; turn < Math.ceil(turnsMax * scale); turn += 1) {
    const frames = Math.ceil(framesPerTurn * scale);
    // Whoever comes first comes second next time.
    const first = turn % 2 === 0 ? unfed : fed;
    const a = await first.turn(frames);
    const b = await (first === unfed ? fed : unfed).turn(frames);
    const [without, with_] = first === unfed ? [a, b] : [b, a];
    costs.push(((with_ - without) * 1_000) / eventsPerFrame);
  }
  await fed.end();
  await unfed.end();
  return [medianOf(costs)];
}

class MeasuredWorld {
  readonly #world: World;
  readonly #thread: Worker | undefined;

  private constructor(world: World, thread: Worker | undefined) {
    this.#world = world;
    this.#thread = thread;
  }

  static async start(fed: boolean): Promise<MeasuredWorld> {
    const module = new URL("./reader-thread.ts", import.meta.url);
    const thread = fed ? new Worker(module) : undefined;
    const feed: FeedOptions = {
      ...{ events: [weatherNumber], since: undefined, ringBytes },
      attach: (end) => thread?.postMessage(end),
      detach: async () => 0,
      abandon: () => {},
    };
    const world = await startWorld({
      ...{ name: "bench-feed", seed: 1, workers: 1, tickHz: 60, bootstrap },
      actorsModule: new URL("./actors.ts", import.meta.url),
      ...(fed && { feed }),
    });
    return new MeasuredWorld(world, thread);
  }

  /** Half of so many frames took less, in ms. */
  async turn(frames: number): Promise<number> {
    await this.#publish(eventsPerFrame);
    const times: number[] = [];
    const done = new Promise<void>((resolve) => {
      let seen = this.#world.frame;
      const timer = setInterval(() => {
        const { frame, frameMsLast } = this.#world.metrics();
        if (frame === seen) return;
        seen = frame;
        times.push(frameMsLast);
        if (times.length < framesNotCounted + frames) return;
        clearInterval(timer);
        resolve();
      }, 2);
    });
    await Promise.race([failureOf(this.#world), done]);
    await this.#publish(0);
    return medianOf(times.slice(framesNotCounted));
  }

  async end(): Promise<void> {
    const { getProduced } = ProducerService.method;
    const request = { producer: producerKey };
    const { tally } = await call(this.#world, producerKey, getProduced, request);
    await this.#world.stop();
    if (!this.#thread) return;
    this.#thread.postMessage("tally");
    const [read] = (await once(this.#thread, "message")) as [Tally];
    await this.#thread.terminate();
    check(read.lost === 0, `the feed lost ${read.lost} events`);
    check((tally?.count ?? 0) > 0, "nothing was published");
    check(read.count === tally?.count, `published ${tally?.count}, read ${read.count}`);
    check(read.checksum === tally?.checksum, "other values were read than were published");
  }

  async #publish(batch: number): Promise<void> {
    const { setBatches } = ProducerService.method;
    await call(this.#world, producerKey, setBatches, { producer: producerKey, batch, batches: 1 });
  }
}

const bootstrap: readonly Bootstrap[] = [
  { address: `producer/${producerKey}`, type: ProduceSchema, message: {} },
];

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
