import { parentPort, workerData } from "node:worker_threads";
import { codecOf } from "../../src/runtime/index.ts";
import { encodeInput } from "../../src/runtime/world/bootstrap.ts";
import type { InlineWorld } from "../../src/runtime/world/inline-world.ts";
import { defaultLimits } from "../../src/runtime/world/limits.ts";
import { ProduceSchema } from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import { inlineWorldOf, stateAt } from "../inline-world.ts";
import { check } from "../table.ts";
import { actors, addresses } from "./actors.ts";

/** What is measured in a world of so many actors: a frame with each of these numbers of messages. */
export interface GrowthOrder {
  readonly actors: number;
  readonly messages: readonly number[];
  readonly frames: number;
}

const settledPerFrame = 4_096;
const warmFrames = 60;

interface Tally {
  readonly count: number;
  readonly checksum: number;
}

class GrowingWorld {
  readonly #world: InlineWorld;

  constructor(actorCount: number) {
    for (let i = 0; i < actorCount; i += 1) addresses.push(`resident/${i}`);
    const actorsMax = Math.max(defaultLimits.actorsMax, actorCount + 16);
    this.#world = inlineWorldOf(actors, { actorsMax });
    const settled = Math.ceil(actorCount / settledPerFrame);
    for (let i = 0; i < settled; i += 1) this.#tell("settler/0", settledPerFrame);
    this.#run(2);
    this.#tell("caller/0", 0);
  }

  /** Milliseconds that half of the frames stay below in which so many messages are sent. */
  medianMs(messages: number, frames: number): number {
    this.#tell("caller/0", messages);
    this.#run(warmFrames);
    const times = this.#run(frames).toSorted();
    this.#tell("caller/0", 0);
    this.#run(2);
    return times[frames >> 1] as number;
  }

  /** All residents are there, and handled what was sent. */
  compare(): void {
    const sent = this.#stateOf("caller/0");
    let count = 0;
    let checksum = 0;
    for (const address of addresses) {
      const got = this.#stateOf(address);
      count += got.count;
      checksum = (checksum + got.checksum) | 0;
    }
    check(count === sent.count, `sent ${sent.count} and handled ${count}`);
    check(checksum === sent.checksum, "other values were handled than were sent");
  }

  #tell(address: string, batch: number): void {
    const payload = codecOf(ProduceSchema).toBytes({ batch });
    const what = { case: "message", value: ProduceSchema.typeName } as const;
    this.#world.runFrame([encodeInput({ address, what, payload })]);
  }

  #run(frames: number): Float64Array {
    return Float64Array.from({ length: frames }, () => {
      const startedMs = performance.now();
      this.#world.runFrame([]);
      return performance.now() - startedMs;
    });
  }

  #stateOf(address: string): Tally {
    return stateAt(this.#world, address) as Tally;
  }
}

const { actors: actorCount, messages, frames } = workerData as GrowthOrder;
const world = new GrowingWorld(actorCount);
const medians = messages.map((count) => world.medianMs(count, frames));
world.compare();
parentPort?.postMessage(medians);
