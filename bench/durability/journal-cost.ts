import { join } from "node:path";
import { type Bootstrap, startWorld, type World } from "../../src/runtime/index.ts";
import {
  BeginSchema,
  ConsumerService,
  ProducerService,
  ProduceSchema,
} from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { CounterService } from "../../test/gen/tellurion/test/v1/chaos_pb.ts";
import { check, type Effort } from "../table.ts";
import { call, failureOf } from "../world-calls.ts";
import { inFolder } from "./folder.ts";

const commandsPerFrame = 100;
const pairs = ["0", "1", "2", "3"] as const;
/** Events of the world's own in a frame: they take about half of its step, and none of them is journalled. */
const batch = 256;
const batches = 24;
/** Long against what a snapshot takes, and all that is done once in a while. */
const measureFactor = 3;

/** What frames took, in ms. */
interface FrameTimes {
  readonly median: number;
  /** With snapshots and marks, which few frames have. */
  readonly mean: number;
}

/**
 * How long frames of the same world take with a file and without: each takes a hundred commands from outside and moves
 * some thousand events. In turns, so that what the machine does besides hits both.
 */
export async function measureJournalCost(effort: Effort): Promise<readonly number[]> {
  return await inFolder(async (folder) => {
    const times: { kept: FrameTimes[]; unkept: FrameTimes[] } = { kept: [], unkept: [] };
    for (const [turn, kept] of [false, true, true, false].entries()) {
      const file = kept ? join(folder, `${turn}.db`) : undefined;
      times[kept ? "kept" : "unkept"].push(await measureWorld(file, effort));
    }
    const mean = (list: readonly FrameTimes[], which: keyof FrameTimes): number =>
      list.reduce((sum, one) => sum + one[which], 0) / list.length;
    const { kept, unkept } = times;
    const ratios = (["median", "mean"] as const).map((which) => {
      return mean(kept, which) / mean(unkept, which);
    });
    return [mean(unkept, "median"), mean(kept, "median"), ...ratios];
  });
}

async function measureWorld(file: string | undefined, effort: Effort): Promise<FrameTimes> {
  const world = await startWorld({
    name: "bench-journal",
    seed: 1,
    // The other processor is for the main thread and the journal's.
    workers: 1,
    tickHz: 60,
    actorsModule: new URL("./actors.ts", import.meta.url),
    bootstrap,
    ...(file !== undefined && { file }),
  });
  try {
    return await Promise.race([failureOf(world), measure(world, effort)]);
  } finally {
    await world.stop();
  }
}

const bootstrap: readonly Bootstrap[] = pairs.flatMap((pair) => [
  { address: `consumer/${pair}`, type: BeginSchema, message: {} },
  {
    address: `producer/${pair}`,
    type: ProduceSchema,
    message: { target: `consumer/${pair}`, batch, batches } as never,
  },
]);

async function measure(world: World, effort: Effort): Promise<FrameTimes> {
  const warmUntil = performance.now() + effort.warmMs;
  let frames = 0;
  for (; performance.now() < warmUntil; frames += 1) await takeCommands(world);
  const times = new Map<number, number>();
  const until = performance.now() + effort.measureMs * measureFactor;
  for (; performance.now() < until || times.size === 0; frames += 1) {
    await takeCommands(world);
    const { frame, frameMsLast } = world.metrics();
    times.set(frame, frameMsLast);
  }
  await compare(world, frames);
  const sorted = [...times.values()].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] as number;
  return { median, mean: sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length };
}

/** Resolves when a frame has taken and answered all of them: then the next frame's can be sent. */
async function takeCommands(world: World): Promise<void> {
  const { increase } = CounterService.method;
  const commands = Array.from({ length: commandsPerFrame }, (_, n) =>
    call(world, `${n}`, increase, { name: `${n}`, amount: 1n }),
  );
  await Promise.all(commands);
}

/** Each command took effect once, and each event was handled. */
async function compare(world: World, frames: number): Promise<void> {
  const { getTotal } = CounterService.method;
  const { getProduced } = ProducerService.method;
  const { getConsumed } = ConsumerService.method;
  for (const name of ["0", `${commandsPerFrame - 1}`]) {
    const { total } = await call(world, name, getTotal, { name });
    check(total === BigInt(frames), `counter ${name} says ${total} after ${frames} commands`);
  }
  for (const pair of pairs) {
    const { setBatches } = ProducerService.method;
    await call(world, pair, setBatches, { producer: pair, batch, batches: 0 });
    const sent = await call(world, pair, getProduced, { producer: pair });
    const got = await call(world, pair, getConsumed, { consumer: pair });
    const [count, handled] = [sent.tally?.count ?? 0, got.tally?.count];
    check(count > 0 && count === handled, `pair ${pair} sent ${count} and handled ${handled}`);
  }
}
