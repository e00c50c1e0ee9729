import { setTimeout as delay } from "node:timers/promises";
import { type Bootstrap, startWorld, type World } from "../../src/runtime/host.ts";
import {
  BeginSchema,
  ConsumerService,
  ProducerService,
  ProduceSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { check } from "../table.ts";
import { call, failureOf } from "../world-calls.ts";

const batches = 128;
const framesWarm = 6;
const framesMeasured = 5;

export interface Allocation {
  readonly perMessage: number;
  readonly perRound: number;
}

/**
 * Bytes of heap that a worker allocates for each message that it sends and handles, in steady state: the slope between
 * frames of small and of large batches, in as many rounds. What a round costs by itself is the rest.
 */
export async function measureTell(name: "reuse" | "literal", scale: number): Promise<Allocation> {
  const pairs = [`${name}-0`, `${name}-1`] as const;
  const consumers = pairs.map(
    (pair): Bootstrap => ({ address: `consumer/${pair}`, type: BeginSchema, message: {} }),
  );
  const producers = pairs.map((pair, i): Bootstrap => {
    const target = `consumer/${pairs[1 - i]}`;
    const message = { target, batch: 1, batches } as never;
    return { address: `producer/${pair}`, type: ProduceSchema, message };
  });
  const world = await startWorld({
    name: "bench-allocation",
    seed: 1,
    workers: 2,
    fixedPlacement: true,
    tickHz: 60,
    actorsModule: new URL("./actors.ts", import.meta.url),
    // New actors go to the worker with the fewest: each worker gets a consumer and the other one's producer.
    bootstrap: [...consumers, ...producers],
    limits: { roundsMax: batches + 8 },
  });
  try {
    return await Promise.race([failureOf(world), measure(world, pairs, scale)]);
  } finally {
    await world.stop();
  }
}

async function measure(world: World, pairs: readonly string[], scale: number): Promise<Allocation> {
  const small = Math.ceil(512 * scale);
  const large = small * 5;
  await bytesPerFrame(world, pairs, large);
  const ofLarge = await bytesPerFrame(world, pairs, large);
  const ofSmall = await bytesPerFrame(world, pairs, small);
  await setBatches(world, pairs, 0, 0);
  await compare(world, pairs);
  const perMessage = (ofLarge - ofSmall) / (batches * (large - small));
  return { perMessage, perRound: ofSmall / batches - perMessage * small };
}

/** Of the first producer's worker. */
async function bytesPerFrame(
  world: World,
  pairs: readonly string[],
  batch: number,
): Promise<number> {
  await setBatches(world, pairs, batch, batches);
  const { frame } = world;
  while (world.frame < frame + framesWarm + framesMeasured + 1) await delay(2);
  const [producer = ""] = pairs;
  const { getAllocated } = ProducerService.method;
  const { bytes } = await call(world, producer, getAllocated, { producer });
  const measured = bytes
    .slice(framesWarm)
    .filter((count) => !Number.isNaN(count))
    .toSorted((a, b) => a - b);
  check(measured.length * 2 > framesMeasured, "most frames had their heap collected");
  return measured[Math.floor(measured.length / 2)] as number;
}

async function setBatches(
  world: World,
  pairs: readonly string[],
  batch: number,
  count: number,
): Promise<void> {
  const { setBatches: method } = ProducerService.method;
  const set = (producer: string) =>
    call(world, producer, method, { producer, batch, batches: count });
  await Promise.all(pairs.map(set));
}

async function compare(world: World, pairs: readonly string[]): Promise<void> {
  const { deadLetters } = world.metrics();
  check(deadLetters === 0, `deadLetters=${deadLetters}`);
  for (const [i, producer] of pairs.entries()) {
    const consumer = pairs[1 - i] as string;
    const sent = await call(world, producer, ProducerService.method.getProduced, { producer });
    const got = await call(world, consumer, ConsumerService.method.getConsumed, { consumer });
    const { count = 0, checksum } = sent.tally ?? {};
    check(count > 0 && got.tally?.count === count, `sent ${count}, handled ${got.tally?.count}`);
    check(got.tally?.checksum === checksum, "other values were handled than were sent");
  }
}
