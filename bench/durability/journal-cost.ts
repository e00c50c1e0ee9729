import { join } from "node:path";
import { type Bootstrap, startWorld, type World } from "../../src/runtime/host.ts";
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
/**
 * Two worlds with the same actors differ by a few hundredths in the same process: it is chance what the engine makes of
 * their code. So there are several of each.
 */
const worldsMax = 3;
const turnsMax = 8;
const framesPerTurn = 40;
/** After a rest, some frames find nothing in the caches. */
const framesNotCounted = 5;
/** A hundred is what the engine needs to compile all that a frame runs. */
const warmFrames = 150;

/** What frames took, in ms. */
interface FrameTimes {
  readonly median: number;
  /** With snapshots and marks, which few frames have. */
  readonly mean: number;
}

/**
 * How long frames of the same world take with a file and without: each takes a hundred commands from outside and moves
 * some thousand events. In short turns, while the other world rests: the machine's pace changes within seconds.
 */
export async function measureJournalCost({ scale }: Effort): Promise<readonly number[]> {
  const times: { kept: FrameTimes[]; unkept: FrameTimes[] } = { kept: [], unkept: [] };
  const ratios: FrameTimes[] = [];
  for (let n = 0; n < Math.ceil(worldsMax * scale); n += 1) {
    await inFolder(async (folder) => {
      const unkept = await MeasuredWorld.start(undefined);
      const kept = await MeasuredWorld.start(join(folder, "world.db"));
      await unkept.turn(Math.ceil(warmFrames * scale));
      await kept.turn(Math.ceil(warmFrames * scale));
      for (let turn = 0; turn < Math.ceil(turnsMax * scale); turn += 1) {
        const frames = Math.ceil(framesPerTurn * scale);
        // Whoever comes first comes second next time.
        const first = turn % 2 === 0 ? unkept : kept;
        const a = await first.turn(frames);
        const b = await (first === unkept ? kept : unkept).turn(frames);
        const [without, with_] = first === unkept ? [a, b] : [b, a];
        times.unkept.push(without);
        times.kept.push(with_);
        ratios.push({ median: with_.median / without.median, mean: with_.mean / without.mean });
      }
      await unkept.end();
      await kept.end();
    });
  }
  const middle = (list: readonly FrameTimes[], which: keyof FrameTimes): number =>
    medianOf(list.map((one) => one[which]));
  return [
    middle(times.unkept, "median"),
    middle(times.kept, "median"),
    middle(ratios, "median"),
    middle(ratios, "mean"),
  ];
}

/** A world that runs when it is its turn, and rests between. */
class MeasuredWorld {
  readonly #world: World;
  #frames = 0;

  private constructor(world: World) {
    this.#world = world;
  }

  static async start(file: string | undefined): Promise<MeasuredWorld> {
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
    return new MeasuredWorld(world);
  }

  /** What so many frames take, in which the world does all that it can do. */
  async turn(frames: number): Promise<FrameTimes> {
    await this.#setBatches(batches);
    const times: number[] = [];
    for (let frame = 0; frame < framesNotCounted + frames; frame += 1) {
      await Promise.race([failureOf(this.#world), this.#takeCommands()]);
      if (frame >= framesNotCounted) times.push(this.#world.metrics().frameMsLast);
    }
    await this.#setBatches(0);
    return { median: medianOf(times), mean: times.reduce((a, b) => a + b, 0) / times.length };
  }

  async end(): Promise<void> {
    await this.#compare();
    await this.#world.stop();
  }

  async #setBatches(count: number): Promise<void> {
    const { setBatches } = ProducerService.method;
    for (const pair of pairs) {
      await call(this.#world, pair, setBatches, { producer: pair, batch, batches: count });
    }
  }

  /** Resolves when a frame has taken and answered all of them: then the next frame's can be sent. */
  async #takeCommands(): Promise<void> {
    const { increase } = CounterService.method;
    const commands = Array.from({ length: commandsPerFrame }, (_, n) =>
      call(this.#world, `${n}`, increase, { name: `${n}`, amount: 1n }),
    );
    await Promise.all(commands);
    this.#frames += 1;
  }

  /** Each command took effect once, and each event was handled. */
  async #compare(): Promise<void> {
    const { getTotal } = CounterService.method;
    const { getProduced } = ProducerService.method;
    const { getConsumed } = ConsumerService.method;
    for (const name of ["0", `${commandsPerFrame - 1}`]) {
      const { total } = await call(this.#world, name, getTotal, { name });
      const commands = this.#frames;
      check(total === BigInt(commands), `counter ${name} says ${total} after ${commands} commands`);
    }
    for (const pair of pairs) {
      const sent = await call(this.#world, pair, getProduced, { producer: pair });
      const got = await call(this.#world, pair, getConsumed, { consumer: pair });
      const [count, handled] = [sent.tally?.count ?? 0, got.tally?.count];
      check(count > 0 && count === handled, `pair ${pair} sent ${count} and handled ${handled}`);
    }
  }
}

const bootstrap: readonly Bootstrap[] = pairs.flatMap((pair) => [
  { address: `consumer/${pair}`, type: BeginSchema, message: {} },
  {
    address: `producer/${pair}`,
    type: ProduceSchema,
    message: { target: `consumer/${pair}`, batch, batches: 0 } as never,
  },
]);

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
