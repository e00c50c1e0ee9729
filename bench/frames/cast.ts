import { type Bootstrap, workersMax } from "../../src/runtime/host.ts";
import { BeginSchema, ProduceSchema } from "../../test/gen/tellurion/test/v1/bench_pb.ts";
import type { PayloadName } from "../payloads.ts";

/** Who sends to whom. */
export interface Shape {
  readonly payload: PayloadName;
  readonly workers: number;
  /** `pairs`: each sender has a receiver, on another worker if there is one. The others: so many of the one to one other. */
  readonly pattern: "pairs" | "fan-out" | "fan-in";
  readonly fan: number;
}

interface Producer {
  readonly key: string;
  /** Empty: it publishes. */
  readonly target: string;
}

interface Consumer {
  readonly key: string;
  /** The producers whose messages it gets. */
  readonly from: readonly string[];
}

/** The actors of a world. */
export interface Cast {
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
  readonly batch: number;
  readonly bootstrap: (batches: number) => readonly Bootstrap[];
  /** Producers and consumers that are to sit on different workers. */
  readonly apart: readonly (readonly [producer: string, consumer: string])[];
}

const pairsPerWorker = 4;
const batchOfMany = 256;
/** A round with few messages is mostly barrier: who is alone sends as many as four others. */
const batchOfOne = 1_024;

export function castOf(shape: Shape): Cast {
  if (shape.pattern === "pairs") return pairs(shape.workers);
  return shape.pattern === "fan-out" ? fanOut(shape) : fanIn(shape);
}

/** New actors go to the worker with the fewest, the lower one first: so they are placed by their order. */
function pairs(workers: number): Cast {
  const keys = keysTo(Math.min(workers, workersMax) * pairsPerWorker);
  return {
    producers: keys.map((key) => ({ key, target: `consumer/${key}` })),
    consumers: keys.map((key) => ({ key, from: [key] })),
    batch: batchOfMany,
    apart: workers > 1 ? keys.map((key) => [key, key]) : [],
    bootstrap: (batches) =>
      keys.flatMap((key, i) => {
        const sender = producer(key, `consumer/${key}`, batchOfMany, batches);
        const consumerFirst = Math.floor(i / (workers / 2 || 1)) % 2 === 0;
        return consumerFirst ? [consumer(key), sender] : [sender, consumer(key)];
      }),
  };
}

/** One publishes, and a share of those who listen sits on each worker. */
function fanOut({ workers, fan }: Shape): Cast {
  const keys = keysTo(fan);
  return {
    producers: [{ key: "0", target: "" }],
    consumers: keys.map((key) => ({ key, from: ["0"] })),
    batch: batchOfOne,
    apart: workers > 1 ? [["0", "0"]] : [],
    bootstrap: (batches) => [producer("0", "", batchOfOne, batches), ...keys.map(consumer)],
  };
}

/** All send to one, from each worker a share. */
function fanIn({ workers, fan }: Shape): Cast {
  const keys = keysTo(fan);
  return {
    producers: keys.map((key) => ({ key, target: "consumer/0" })),
    consumers: [{ key: "0", from: keys }],
    batch: batchOfMany,
    apart: workers > 1 ? [["0", "0"]] : [],
    bootstrap: (batches) => [
      consumer("0"),
      ...keys.map((key) => producer(key, "consumer/0", batchOfMany, batches)),
    ],
  };
}

function keysTo(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i}`);
}

function consumer(key: string): Bootstrap {
  return { address: `consumer/${key}`, type: BeginSchema, message: {} };
}

function producer(key: string, target: string, batch: number, batches: number): Bootstrap {
  const message = { target, batch, batches } as never;
  return { address: `producer/${key}`, type: ProduceSchema, message };
}
