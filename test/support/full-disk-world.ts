import { type FrameRange, startWorld, type World } from "../../src/runtime/host.ts";
import { codecOf, type TellurionError } from "../../src/runtime/index.ts";
import { CounterService } from "../gen/tellurion/test/v1/chaos_pb.ts";
import { bootstrap } from "./counter-world.ts";
import { within } from "./within.ts";

/**
 * A process for a test: fills the disk of a world, has a handler never return there, and tells what came of it as JSON
 * on its last line. `node full-disk-world.ts FILE`
 */
export interface FullDiskReport {
  /** What was wrong with the file as the worker was lost. */
  readonly problem: string | undefined;
  /** Totals of the counters that answered before. */
  readonly answered: number;
  readonly stuck: string;
  readonly rewinds: readonly FrameRange[];
  readonly losses: number;
  /** Frames heard after the world went on: so many, if they come soon. */
  readonly heardAfter: number;
  /** The total of a fresh counter after that. */
  readonly fresh: string;
}

const neverReturn = 1_002n;
const weatherNumber = 1;
const commandsMax = 50_000;
const framesAfter = 40;

async function increase(world: World, name: string, amount: bigint): Promise<bigint> {
  const { increase: method } = CounterService.method;
  const entry = world.catalogue.methodByName(`${CounterService.typeName}/${method.name}`);
  if (entry === undefined) throw new Error("this world has no counters");
  const bytes = codecOf(method.input).toBytes({ name, amount });
  const reply = await world.call(entry, name, bytes, { timeoutMs: 10_000 });
  return codecOf(method.output).decode(reply).total;
}

async function run(file: string): Promise<FullDiskReport> {
  const world = await startWorld({
    name: "counters",
    seed: 1,
    workers: 2,
    tickHz: 120,
    actorsModule: new URL("./counter-world.ts", import.meta.url),
    bootstrap,
    handlerMsMax: 400,
    file,
  });
  const rewinds: FrameRange[] = [];
  let losses = 0;
  let heard = 0;
  let awaited = 0;
  const heardEnough = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  world.onRewind((frames) => rewinds.push(frames));
  world.onFrame(() => {
    heard += 1;
    if (heard === awaited) heardEnough.resolve();
  });
  world.onLog(({ text }) => {
    if (text.includes("is restored from its journal")) losses += 1;
    if (text.startsWith("the world goes on")) goesOn.resolve();
  });
  world.listenTo([weatherNumber]);
  let answered = 0;
  for (; world.durabilityProblem === undefined && answered < commandsMax; answered += 1) {
    await increase(world, `${answered % 7}`, 1n);
  }
  const problem = world.durabilityProblem;
  const stuck = await increase(world, "b", neverReturn).catch(({ code }: TellurionError) => code);
  await goesOn.promise;
  const before = heard;
  awaited = before + framesAfter;
  await within("frames", heardEnough.promise).catch(() => {});
  const fresh = await increase(world, "fresh", 7n).catch(({ code }: TellurionError) => code);
  await world.stop();
  const heardAfter = heard - before;
  return { problem, answered, stuck: `${stuck}`, rewinds, losses, heardAfter, fresh: `${fresh}` };
}

const [file] = process.argv.slice(2);
if (file) process.stdout.write(`${JSON.stringify(await run(file))}\n`);
