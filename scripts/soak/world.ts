import type { WorldOptions } from "../../src/runtime/host.ts";
import { bootstrap } from "../../test/support/ledger-world.ts";

/** The ledger world, kept in a file from its beginning on, with snapshots so often that restarts meet them, many of which stay. */
export function ledgerWorld(file: string, seed: number, workers: number): WorldOptions {
  return {
    name: "soak",
    seed,
    workers,
    tickHz: 240,
    actorsModule: new URL("../../test/support/ledger-world.ts", import.meta.url),
    bootstrap,
    file,
    retention: { historyFrames: Number.MAX_SAFE_INTEGER, snapshotSpacingFrames: 500 },
    snapshots: { replayMsMax: 2, framesMin: 12, framesMax: 600 },
  };
}
