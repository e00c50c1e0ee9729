import { FrameInputsSchema } from "../../src/gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../../src/runtime/codec/index.ts";
import type { StoredSnapshot } from "../../src/runtime/journal/entries.ts";
import { InlineWorld } from "../../src/runtime/world/inline-world.ts";
import { Quarantine } from "../../src/runtime/world/quarantine.ts";
import { readSnapshot } from "../../src/runtime/world/restored-world.ts";
import { showHash } from "../../src/runtime/world/state-hash.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { limits, tickHz } from "./simulated-threads.ts";
import { describeEvents } from "./timeline.ts";
import { catalogue, kinds } from "./workload.ts";

/** What a run without faults came to. */
export interface UndisturbedRun {
  /** It began after this frame: what came before is forgotten. */
  readonly from: number;
  readonly hash: string;
  /** By frame. */
  readonly events: ReadonlyMap<number, string>;
}

const frameCodec = codecOf(FrameInputsSchema);

/** Runs what the disk has recorded once more, from as early as it can, and nothing befalls it. */
export function runUndisturbed(disk: SimulatedDisk, seed: number, workers: number): UndisturbedRun {
  const { store, quarantine } = disk;
  const snapshot = store.oldest() === 0 ? undefined : oldestGoodSnapshot(disk);
  const from = snapshot?.frame ?? 0;
  const events = new Map<number, string>();
  let frame = from;
  const world = new InlineWorld({
    ...{ catalogue, kinds, limits, tickHz, seed, workers, checks: false, shuffleEveryFrames: 0 },
    restored: snapshot && readSnapshot(snapshot.body, catalogue),
    quarantine: new Quarantine(quarantine),
    sinks: {
      events: (_, published) => events.set(frame, describeEvents(published)),
      reply() {},
      effect() {},
      report() {},
    },
  });
  new Int32Array(world.memory.interest).fill(1);
  const rows = new Map([...store.framesBetween(from + 1, store.reached)].map((r) => [r.frame, r]));
  for (frame = from + 1; frame <= store.reached; frame += 1) {
    const row = rows.get(frame);
    const { inputs, checkpoint } = row
      ? frameCodec.decode(row.inputs)
      : { inputs: [], checkpoint: false };
    world.runFrame(inputs, checkpoint);
  }
  return { from, hash: showHash(world.hash()), events };
}

/** Some may have been damaged. */
function oldestGoodSnapshot({ store }: SimulatedDisk): StoredSnapshot | undefined {
  for (const frame of store.snapshotFrames()) {
    const snapshot = store.snapshotAt(frame);
    if (snapshot) return snapshot;
  }
  throw new Error("assertion failed: the simulation has left no good snapshot");
}
