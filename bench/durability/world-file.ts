import { FrameInputsSchema } from "../../src/gen/tellurion/v1/core_pb.ts";
import type { WorldOptions } from "../../src/runtime/host.ts";
import { codecOf } from "../../src/runtime/index.ts";
import { JournalStore } from "../../src/runtime/journal/journal-store.ts";
import { encodeBootstrap, encodeInput } from "../../src/runtime/world/bootstrap.ts";
import { LedgerService } from "../../test/gen/tellurion/test/v1/ledger_pb.ts";

/** Frames in one write. */
const batchFrames = 256;
const accounts = 32;
const frameCodec = codecOf(FrameInputsSchema);
const recordCodec = codecOf(LedgerService.method.record.input);
const recordName = `${LedgerService.typeName}/${LedgerService.method.record.name}`;

/** What a world has taken from outside: its bootstrap in frame 1, and as many records in each frame after it. */
export interface Course {
  readonly world: WorldOptions;
  readonly frames: number;
  readonly recordsPerFrame: number;
}

/** Writes the file of a world that has come so far, without running it. Its journal begins at the world's beginning. */
export function writeWorldFile(file: string, { world, frames, recordsPerFrame }: Course): void {
  const { name, seed, tickHz } = world;
  const identity = { id: "bench", name, seed, tickHz, node: process.version, schemaHash: "" };
  const store = JournalStore.open(file, identity);
  const none = { marks: [], replies: [], quarantine: [], snapshot: undefined, afterGap: false };
  for (let from = 1; from <= frames; from += batchFrames) {
    const to = Math.min(from + batchFrames - 1, frames);
    const entries = [];
    for (let frame = from; frame <= to; frame += 1) {
      const inputs =
        frame === 1 ? encodeBootstrap(world.bootstrap) : recordsOf(frame, recordsPerFrame);
      if (inputs.length === 0) continue;
      const bytes = frameCodec.toBytes({ inputs, checkpoint: false });
      entries.push({ kind: "frame" as const, frame, inputs: bytes, keyed: false });
    }
    store.write({ ...none, frames: entries, reached: to });
  }
  store.close();
}

/** The account that the n-th record of a frame goes to. */
export function accountOf(n: number): string {
  return `account-${n % accounts}`;
}

function recordsOf(frame: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, n) => {
    const account = accountOf(n);
    const payload = recordCodec.toBytes({ account, id: `${frame}-${n}`, amount: 1n });
    const what = { case: "method", value: recordName } as const;
    return encodeInput({ address: `account/${account}`, what, payload });
  });
}
