import { setTimeout as delay } from "node:timers/promises";
import { startWorld, type World } from "../../src/runtime/host.ts";
import {
  ConsumerService,
  ProducerService,
  type Tally,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { type PayloadName, payloadOf } from "../payloads.ts";
import { check, type Effort } from "../table.ts";
import { call, failureOf } from "../world-calls.ts";
import { type Cast, castOf, type Shape } from "./cast.ts";

const frameMs = 1_000 / 60;
const batchesFirst = 8;
const batchesMax = 4_096;
/** Frames are made to take longer than their step by this factor: so no thread ever waits for the next one. */
const overload = 2;

/**
 * Messages that a world of real actors on real threads handles in the time of a frame: so many that every frame takes
 * longer than its step, and the next one begins at once.
 */
export async function measureWorld(shape: Shape, effort: Effort): Promise<number> {
  const cast = castOf(shape);
  const world = await startWorld({
    name: "bench-frames",
    seed: 1,
    workers: shape.workers,
    tickHz: 60,
    actorsModule: new URL(`./actors.ts?payload=${shape.payload}`, import.meta.url),
    bootstrap: cast.bootstrap(batchesFirst),
    fixedPlacement: true,
    limits: { roundsMax: batchesMax + 8 },
  });
  try {
    return await Promise.race([failureOf(world), measure(world, cast, shape, effort)]);
  } finally {
    await world.stop();
  }
}

async function measure(
  world: World,
  cast: Cast,
  { payload }: Shape,
  effort: Effort,
): Promise<number> {
  await delay(effort.warmMs);
  let rate: number | undefined;
  for (let batches = batchesFirst; rate === undefined; batches *= 2) {
    check(
      batches <= batchesMax,
      `frames stay short, at ${batches / 2} batches of ${cast.batch} messages`,
    );
    await setBatches(world, cast, batches);
    if (await isOverloaded(world)) rate = await rateUnderLoad(world, payload, effort);
  }
  await setBatches(world, cast, 0);
  await compare(world, cast);
  return rate * frameMs;
}

/** Whether the present load makes frames long enough. The first frame after a change is part of neither. */
async function isOverloaded(world: World): Promise<boolean> {
  const { frame } = world;
  while (world.frame < frame + 3) await delay(2);
  return world.metrics().frameMsLast > frameMs * overload;
}

/** Messages handled in a millisecond; undefined when frames became so short that threads may have rested in between. */
async function rateUnderLoad(
  world: World,
  payload: PayloadName,
  effort: Effort,
): Promise<number | undefined> {
  const before = glance(world, payload);
  let after = before;
  while (after.frame < before.frame + 2 || after.atMs < before.atMs + effort.measureMs) {
    await delay(Math.max(before.atMs + effort.measureMs - after.atMs, 1));
    after = glance(world, payload);
  }
  const elapsedMs = after.atMs - before.atMs;
  if (elapsedMs / (after.frame - before.frame) < frameMs * 1.1) return undefined;
  return (after.handled - before.handled) / elapsedMs;
}

async function setBatches(world: World, cast: Cast, batches: number): Promise<void> {
  const { setBatches: method } = ProducerService.method;
  const { producers, batch } = cast;
  const set = ({ key }: { key: string }) =>
    call(world, key, method, { producer: key, batch, batches });
  await Promise.all(producers.map(set));
}

interface Glance {
  readonly atMs: number;
  readonly frame: number;
  readonly handled: number;
}

/** What the world's own counters, in shared memory, say. */
function glance(world: World, payload: PayloadName): Glance {
  const { frame, types } = world.metrics();
  const { typeName } = payloadOf(payload).schema;
  const messages = types.find(({ kind, type }) => kind === "consumer" && type === typeName);
  return { atMs: performance.now(), frame, handled: messages?.handled ?? 0 };
}

/** Everything that was sent was handled, unchanged, and where it should be. */
async function compare(world: World, { producers, consumers, apart }: Cast): Promise<void> {
  const { getProduced } = ProducerService.method;
  const { getConsumed } = ConsumerService.method;
  const { deadLetters } = world.metrics();
  check(deadLetters === 0, `deadLetters=${deadLetters}`);
  const sent = new Map<string, Tally>();
  for (const { key } of producers) {
    const { tally } = await call(world, key, getProduced, { producer: key });
    check(tally !== undefined && tally.count > 0, `producer ${key} sent nothing`);
    sent.set(key, tally);
  }
  const workers = new Map<string, number>();
  for (const { key, from } of consumers) {
    const { tally } = await call(world, key, getConsumed, { consumer: key });
    check(tally !== undefined, `consumer ${key} says nothing`);
    workers.set(key, tally.worker);
    compareTallies(
      key,
      tally,
      from.map((one) => sent.get(one) as Tally),
    );
  }
  for (const [producer, consumer] of apart) {
    const [a, b] = [sent.get(producer)?.worker, workers.get(consumer)];
    check(a !== b, `producer ${producer} and consumer ${consumer} both sit on worker ${a}`);
  }
  const used = new Set([...sent.values()].map(({ worker }) => worker).concat(...workers.values()));
  check(apart.length > 0 || used.size === 1, `actors sit on ${used.size} workers`);
}

function compareTallies(consumer: string, got: Tally, sent: readonly Tally[]): void {
  const count = sent.reduce((sum, tally) => sum + tally.count, 0);
  const checksum = sent.reduce((sum, tally) => (sum + tally.checksum) | 0, 0);
  check(got.count === count, `sent ${count} and consumer ${consumer} handled ${got.count}`);
  check(got.checksum === checksum, `consumer ${consumer} handled other values than were sent`);
}
