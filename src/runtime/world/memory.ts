import { barrierWords } from "../memory/barrier.ts";
import { createLaneMemory, type LaneMemory } from "../memory/lane.ts";
import { createRingMemory } from "../memory/ring.ts";
import { ActorNames } from "./actor-names.ts";
import { controlBytes } from "./control-block.ts";
import { createFlightMemory } from "./flight-recorder.ts";
import type { WorldLimits } from "./limits.ts";
import { ActorMetrics, WorkerMetrics } from "./metrics.ts";

/** All memory that the threads of a world share. */
export interface WorldMemory {
  readonly control: SharedArrayBuffer;
  readonly barrier: SharedArrayBuffer;
  /** Actor number → worker. Written by the conductor between frames. */
  readonly placement: SharedArrayBuffer;
  /** Actor number → address, for people to read. Written by the conductor between frames. */
  readonly names: SharedArrayBuffer;
  /** Message id → bit set of the workers with actors that listen to it. Written by the conductor between frames. */
  readonly routes: SharedArrayBuffer;
  /** Message id → who wants the event, as interest.ts says. Written by the main thread at any time. */
  readonly interest: SharedArrayBuffer;
  /** `lanes[from][to]` */
  readonly lanes: readonly (readonly LaneMemory[])[];
  /** From each worker to the conductor. */
  readonly notices: readonly LaneMemory[];
  /** From the conductor to all workers. */
  readonly orders: LaneMemory;
  /** From the conductor to each worker. */
  readonly inputs: readonly LaneMemory[];
  /** From the main thread to the conductor. */
  readonly inputRing: SharedArrayBuffer;
  /** From each worker to the main thread. */
  readonly outputRings: readonly SharedArrayBuffer[];
  /** From each worker to the reader of the world's feed; none without one. */
  readonly feedRings: readonly SharedArrayBuffer[];
  readonly workerMetrics: readonly SharedArrayBuffer[];
  readonly actorMetrics: SharedArrayBuffer;
  /** What each worker has done lately. */
  readonly flights: readonly SharedArrayBuffer[];
}

export function createWorldMemory(
  workers: number,
  limits: WorldLimits,
  counts: { readonly messages: number; readonly handlers: number },
  feedRingBytes = 0,
  namesMax = limits.actorsMax,
): WorldMemory {
  const each = <T>(make: () => T): T[] => Array.from({ length: workers }, make);
  const words = Int32Array.BYTES_PER_ELEMENT;
  return {
    control: new SharedArrayBuffer(controlBytes(workers)),
    barrier: new SharedArrayBuffer(barrierWords * words),
    placement: new SharedArrayBuffer(limits.actorsMax + 1),
    names: new SharedArrayBuffer(ActorNames.bytes(namesMax + 1)),
    routes: new SharedArrayBuffer(counts.messages * words),
    interest: new SharedArrayBuffer(counts.messages * words),
    lanes: each(() => each(() => createLaneMemory())),
    notices: each(() => createLaneMemory()),
    orders: createLaneMemory(),
    inputs: each(() => createLaneMemory()),
    inputRing: createRingMemory(limits.inputRingBytes),
    outputRings: each(() => createRingMemory(limits.outputRingBytes)),
    feedRings: feedRingBytes > 0 ? each(() => createRingMemory(feedRingBytes)) : [],
    workerMetrics: each(
      () => new SharedArrayBuffer(WorkerMetrics.bytes(counts.handlers, counts.messages)),
    ),
    actorMetrics: new SharedArrayBuffer(ActorMetrics.bytes(limits.actorsMax + 1)),
    flights: each(() => createFlightMemory()),
  };
}
