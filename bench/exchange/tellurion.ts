import { setTimeout as delay } from "node:timers/promises";
import { type Bootstrap, startWorld, type World } from "../../src/runtime/host.ts";
import {
  BeginSchema,
  BreedSchema,
  PlaySchema,
  PongSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { rateUnderLoad } from "../load.ts";
import { check, type Effort } from "../table.ts";
import { failureOf } from "../world-calls.ts";
import { pairs } from "./pairs.ts";

/** So many that a frame takes longer than its step, and the next one begins at once. */
const rounds = 2_048;
const mayfliesPerFrame = 2_000;
const warmFrames = 10;

/** Exchanges of one ball between two actors in a second, many pairs at a time. */
export async function measurePingPong(workers: number, effort: Effort): Promise<number> {
  // New actors go to the worker with the fewest, the lower one first: of two workers, each has one of every pair.
  const bootstrap = Array.from({ length: pairs }, (_, i): Bootstrap[] => [
    { address: `returner/${i}`, type: BeginSchema, message: {} },
    { address: `server/${i}`, type: PlaySchema, message: { target: `returner/${i}` } as never },
  ]).flat();
  return await inWorld(bootstrap, workers, async (world) => {
    await delay(effort.warmMs);
    const counted = { kind: "server", type: PongSchema.typeName };
    const rate = await rateUnderLoad(world, counted, effort);
    check(rate !== undefined, `frames are short with ${rounds} rounds`);
    return rate * 1_000;
  });
}

/** Actors in a second that begin, get one message and stop, by the time that their frames take. */
export async function measureSpawnStop(effort: Effort): Promise<number> {
  const message = { count: mayfliesPerFrame } as never;
  const bootstrap = [{ address: "nursery/0", type: BreedSchema, message }];
  return await inWorld(bootstrap, 1, async (world) => {
    const rates: number[] = [];
    const untilMs = performance.now() + effort.warmMs + effort.measureMs;
    let seen = warmFrames;
    while (performance.now() < untilMs || rates.length === 0) {
      const { frame, frameMsLast } = world.metrics();
      if (frame > seen) rates.push((mayfliesPerFrame / frameMsLast) * 1_000);
      seen = Math.max(seen, frame);
      while (world.frame === frame) await delay(1);
    }
    const { frame, types } = world.metrics();
    const lived = types.find(({ kind }) => kind === "mayfly")?.handled ?? 0;
    // Spawned in one frame, they live in the next.
    const due = mayfliesPerFrame * (frame - 3);
    check(lived >= due, `${lived} of at least ${due} actors lived`);
    return rates.toSorted((a, b) => a - b)[rates.length >> 1] as number;
  });
}

async function inWorld(
  bootstrap: readonly Bootstrap[],
  workers: number,
  measure: (world: World) => Promise<number>,
): Promise<number> {
  const world = await startWorld({
    ...{ name: "bench-exchange", seed: 1, workers, tickHz: 60, bootstrap },
    actorsModule: new URL("./actors.ts", import.meta.url),
    fixedPlacement: true,
    limits: { roundsMax: rounds },
  });
  try {
    const result = await Promise.race([failureOf(world), measure(world)]);
    const { deadLetters } = world.metrics();
    check(deadLetters === 0, `deadLetters=${deadLetters}`);
    return result;
  } finally {
    await world.stop();
  }
}
