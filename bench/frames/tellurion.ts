import { setTimeout as delay } from "node:timers/promises";
import { WeatherEventSchema } from "../../src/gen/tellurion/v1/weather_pb.ts";
import { type Bootstrap, startWorld, type World } from "../../src/runtime/host.ts";
import {
  BeginSchema,
  ConsumerService,
  ProducerService,
  ProduceSchema,
  type Tally,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { check, type Effort } from "../table.ts";
import { call, failureOf } from "../world-calls.ts";

const frameMs = 1_000 / 60;
const pairsPerWorker = 4;
const batch = 256;
const batchesFirst = 8;
const batchesMax = 4_096;
/** Frames are made to take longer than their step by this factor: so no thread ever waits for the next one. */
const overload = 2;

/**
 * Events that a world of real actors on real threads handles in the time of a frame: so many that every frame takes
 * longer than its step, and the next one begins at once. With more than one worker, each producer's events go to a
 * consumer on another worker; with one, to a consumer on the same.
 */
export async function measureWorld(workers: number, effort: Effort): Promise<number> {
  const pairs = pairsOf(workers);
  const world = await startWorld({
    name: "bench-frames",
    seed: 1,
    workers,
    tickHz: 60,
    actorsModule: new URL("./actors.ts", import.meta.url),
    bootstrap: bootstrapOf(pairs, workers),
    fixedPlacement: true,
    limits: { roundsMax: batchesMax + 8 },
  });
  try {
    return await Promise.race([failureOf(world), measure(world, pairs, workers, effort)]);
  } finally {
    await world.stop();
  }
}

async function measure(
  world: World,
  pairs: readonly string[],
  workers: number,
  effort: Effort,
): Promise<number> {
  await delay(effort.warmMs);
  let rate: number | undefined;
  for (let batches = batchesFirst; rate === undefined; batches *= 2) {
    check(batches <= batchesMax, `frames stay short, at ${batches / 2} batches of ${batch} events`);
    await setBatches(world, pairs, batches);
    if (await isOverloaded(world)) rate = await rateUnderLoad(world, effort);
  }
  await setBatches(world, pairs, 0);
  await compare(world, pairs, workers);
  return rate * frameMs;
}

/** Whether the present load makes frames long enough. The first frame after a change is part of neither. */
async function isOverloaded(world: World): Promise<boolean> {
  const { frame } = world;
  while (world.frame < frame + 3) await delay(2);
  return world.metrics().frameMsLast > frameMs * overload;
}

/** Events handled in a millisecond; undefined when frames became so short that threads may have rested in between. */
async function rateUnderLoad(world: World, effort: Effort): Promise<number | undefined> {
  const before = glance(world);
  let after = before;
  while (after.frame < before.frame + 2 || after.atMs < before.atMs + effort.measureMs) {
    await delay(Math.max(before.atMs + effort.measureMs - after.atMs, 1));
    after = glance(world);
  }
  const elapsedMs = after.atMs - before.atMs;
  if (elapsedMs / (after.frame - before.frame) < frameMs * 1.1) return undefined;
  return (after.handled - before.handled) / elapsedMs;
}

/** New actors go to the worker with the fewest, the lower one first: so pairs are placed by their order. */
function bootstrapOf(pairs: readonly string[], workers: number): Bootstrap[] {
  const consumer = (pair: string): Bootstrap => ({
    address: `consumer/${pair}`,
    type: BeginSchema,
    message: {},
  });
  const producer = (pair: string): Bootstrap => ({
    address: `producer/${pair}`,
    type: ProduceSchema,
    message: { target: `consumer/${pair}`, batch, batches: batchesFirst } as never,
  });
  return pairs.flatMap((pair, i) =>
    Math.floor(i / (workers / 2 || 1)) % 2 === 0
      ? [consumer(pair), producer(pair)]
      : [producer(pair), consumer(pair)],
  );
}

function pairsOf(workers: number): string[] {
  return Array.from({ length: workers * pairsPerWorker }, (_, i) => `${i}`);
}

async function setBatches(world: World, pairs: readonly string[], batches: number): Promise<void> {
  const { setBatches: method } = ProducerService.method;
  const set = (producer: string) => call(world, producer, method, { producer, batch, batches });
  await Promise.all(pairs.map(set));
}

interface Glance {
  readonly atMs: number;
  readonly frame: number;
  readonly handled: number;
}

/** What the world's own counters, in shared memory, say. */
function glance(world: World): Glance {
  const { frame, types } = world.metrics();
  const events = types.find(
    ({ kind, type }) => kind === "consumer" && type === WeatherEventSchema.typeName,
  );
  return { atMs: performance.now(), frame, handled: events?.handled ?? 0 };
}

/** Everything that was sent was handled, unchanged, and where it should be. */
async function compare(world: World, pairs: readonly string[], workers: number): Promise<void> {
  const { getProduced } = ProducerService.method;
  const { getConsumed } = ConsumerService.method;
  const { deadLetters } = world.metrics();
  check(deadLetters === 0, `deadLetters=${deadLetters}`);
  for (const pair of pairs) {
    const sent = await call(world, pair, getProduced, { producer: pair });
    const got = await call(world, pair, getConsumed, { consumer: pair });
    compareTallies(pair, sent.tally as Tally, got.tally as Tally, workers);
  }
}

function compareTallies(pair: string, sent: Tally, got: Tally, workers: number): void {
  check(sent.count > 0, `pair ${pair} sent nothing`);
  check(sent.count === got.count, `pair ${pair} sent ${sent.count} and handled ${got.count}`);
  check(sent.checksum === got.checksum, `pair ${pair} handled other values than were sent`);
  const apart = sent.worker !== got.worker;
  const where = `pair ${pair} sits on workers ${sent.worker} and ${got.worker}`;
  check(apart === workers > 1, where);
}
