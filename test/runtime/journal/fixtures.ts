import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FrameEntry, JournalBatch } from "../../../src/runtime/journal/entries.ts";
import type { WorldIdentity } from "../../../src/runtime/journal/history.ts";

export const identity: WorldIdentity = {
  id: "w-1",
  name: "moor",
  seed: Number.MAX_SAFE_INTEGER,
  tickHz: 60,
  node: "v26.10.0",
  schemaHash: "abc",
};

const none = { frames: [], marks: [], replies: [], quarantine: [], snapshot: undefined };

/** A batch of what is given, and nothing else. */
export function batch(reached: number, given: Partial<JournalBatch> = {}): JournalBatch {
  return { ...none, afterGap: false, reached, ...given };
}

export function frame(at: number, inputs = new Uint8Array([at & 0xff]), keyed = false): FrameEntry {
  return { kind: "frame", frame: at, inputs, keyed };
}

/** Runs a test in a directory of its own. */
export function inDirectory(run: (path: (name: string) => string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "tellurion-"));
  try {
    run((name) => join(directory, name));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
