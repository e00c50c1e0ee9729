import { setTimeout as delay } from "node:timers/promises";
import { startWorld, type World } from "../../src/runtime/host.ts";
import {
  ConsumerService,
  ProducerService,
  type Tally,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { frameMs, isOverloaded, rateUnderLoad } from "../load.ts";
import { payloadOf } from "../payloads.ts";
import { check, type Effort } from "../table.ts";
import { call, failureOf } from "../world-calls.ts";
import { type Cast, castOf, type Shape } from "./cast.ts";

const batchesFirst = 8;
const batchesMax = 4_096;

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
  const counted = { kind: "consumer", type: payloadOf(payload).schema.typeName };
  await delay(effort.warmMs);
  let rate: number | undefined;
  for (let batches = batchesFirst; rate === undefined; batches *= 2) {
    check(
      batches <= batchesMax,
      `frames stay short, at ${batches / 2} batches of ${cast.batch} messages`,
    );
    await setBatches(world, cast, batches);
    if (await isOverloaded(world)) rate = await rateUnderLoad(world, counted, effort);
  }
  await setBatches(world, cast, 0);
  await compare(world, cast);
  return rate * frameMs;
}

async function setBatches(world: World, cast: Cast, batches: number): Promise<void> {
  const { setBatches: method } = ProducerService.method;
  const { producers, batch } = cast;
  const set = ({ key }: { key: string }) =>
    call(world, key, method, { producer: key, batch, batches });
  await Promise.all(producers.map(set));
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
