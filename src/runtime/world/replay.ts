import { TellurionError } from "../errors.ts";
import type { History, WorldIdentity } from "../journal/history.ts";
import { JournalStore } from "../journal/journal-store.ts";
import { packHistory } from "../journal/packed-history.ts";
import { wallMs } from "../wall-clock.ts";
import { differencesOf } from "./history-versions.ts";
import { diverged } from "./mark-check.ts";
import { marksOf, type SnapshotMarks } from "./snapshot-marks.ts";
import { type StateHash, showHash } from "./state-hash.ts";
import type { WorldOptions } from "./world.ts";
import { type Launch, loadParts, type WorldParts, WorldThreads } from "./world-threads.ts";

export interface ReplayOptions {
  /** Of the world. Nothing in it is changed. */
  readonly file: string;
  /** As in WorldOptions. */
  readonly actorsModule: URL;
  readonly workers: number;
  /** The last frame that is run again. Undefined: the last that the world came to. */
  readonly to?: number | undefined;
  /** Compares the world with all snapshots on the way too, not with the file's marks alone. */
  readonly verify: boolean;
}

export interface ReplayResult {
  readonly identity: WorldIdentity;
  /** The state after this frame was taken from the file; 0: the world's beginning. */
  readonly from: number;
  readonly to: number;
  readonly wallMs: number;
  /** World time that passed in a second. */
  readonly timesRealTime: number;
  /** State hash after the last frame: 16 hexadecimal digits. */
  readonly hash: string;
  /** Snapshots that the world was compared with. */
  readonly snapshotsVerified: number;
  /** For people: in what this process differs from the one that wrote the file. */
  readonly differences: readonly string[];
  /** For people: what was found wrong in the file. */
  readonly problems: readonly string[];
}

/** What is run again, and what it should come to. */
interface Plan {
  readonly world: WorldOptions;
  readonly parts: WorldParts;
  readonly history: History;
  /** Those on the way, where they are to be verified. */
  readonly snapshots: readonly SnapshotMarks[];
  readonly problems: readonly string[];
}

/**
 * Runs a world again on worker threads, from the oldest state that its file has, as fast as it goes. Rejects with
 * HISTORY_DIVERGED, naming frame and actor, when it does not come to what the file says; with INVALID_OPTION for a frame
 * that the file does not have; and with WORLD_FILE_IN_USE, WORLD_FILE_INVALID, WORLD_FILE_TOO_NEW.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const plan = await prepare(options);
  const { history, snapshots, problems, parts } = plan;
  const { identity, reached: to } = history;
  const from = history.snapshot?.frame ?? 0;
  const { hash, wallMs } = await run(plan);
  const last = snapshots.at(-1);
  if (last?.marks.frame === to && showHash(last.hash) !== showHash(hash)) {
    throw diverged(to, "the list of active actors");
  }
  return {
    ...{ identity, from, to, wallMs },
    timesRealTime: ((to - from) * 1_000) / identity.tickHz / wallMs,
    hash: showHash(hash),
    snapshotsVerified: snapshots.length,
    differences: differencesOf(identity, parts.catalogue),
    problems,
  };
}

async function prepare(options: ReplayOptions): Promise<Plan> {
  const { file, actorsModule, workers, verify } = options;
  const store = JournalStore.openReadOnly(file);
  try {
    const { name, seed, tickHz } = store.identity;
    const world: WorldOptions = { name, seed, tickHz, workers, actorsModule, bootstrap: [] };
    const parts = await loadParts(world);
    const to = frameOf(store, file, options.to);
    const from = firstGoodFrame(store, to);
    const history = store.history(to, from);
    const snapshots = verify ? readSnapshots(store, file, from, to, parts) : [];
    const marks = [...history.marks, ...snapshots.map((snapshot) => snapshot.marks)];
    marks.sort((a, b) => a.frame - b.frame);
    const { problems } = store;
    return { world, parts, history: { ...history, marks }, snapshots, problems };
  } finally {
    store.close();
  }
}

function readSnapshots(
  store: JournalStore,
  file: string,
  after: number,
  to: number,
  { catalogue }: WorldParts,
): SnapshotMarks[] {
  const frames = store.snapshotFrames().filter((frame) => frame > after && frame <= to);
  return frames.map((frame) => {
    const snapshot = store.snapshotAt(frame);
    if (snapshot) return marksOf(snapshot, catalogue);
    const text = `the snapshot of frame ${frame} of the world file "${file}" is damaged; restore a copy of it`;
    throw new TellurionError("WORLD_FILE_INVALID", text);
  });
}

/** Where a replay up to `to` begins at the earliest: snapshots that are damaged are passed over. */
function firstGoodFrame(store: JournalStore, to: number): number {
  const oldest = store.oldest();
  if (oldest === 0) return 0;
  const frames = store.snapshotFrames().filter((frame) => frame <= to);
  return frames.find((frame) => store.snapshotAt(frame)) ?? oldest;
}

/** The frame that is asked for: by default the last one. */
function frameOf(store: JournalStore, file: string, to = store.reached): number {
  const { reached } = store;
  if (reached === 0) {
    const text = `the world file "${file}" has no frames yet; valid is the file of a world that has run`;
    throw new TellurionError("WORLD_FILE_INVALID", text);
  }
  const first = Math.max(store.oldest(), 1);
  if (Number.isInteger(to) && to >= first && to <= reached) return to;
  const text = `frame ${to} is not in the world file "${file}"; valid are frames from ${first} to ${reached}`;
  throw new TellurionError("INVALID_OPTION", text);
}

async function run({ world, parts, history }: Plan): Promise<{ hash: StateHash; wallMs: number }> {
  const { reached } = history;
  const launch: Launch = {
    ...{ history: packHistory(history), journal: [], lastFrame: reached },
    ...{ mutedThrough: reached, callersWait: false },
  };
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const threads = await WorldThreads.start(world, parts, launch, {
    output: () => {},
    lost: ({ error }) => failure.reject(error),
  });
  try {
    const started = wallMs();
    const hash = await Promise.race([threads.ended, failure.promise]);
    return { hash, wallMs: wallMs() - started };
  } finally {
    await threads.terminate();
  }
}
