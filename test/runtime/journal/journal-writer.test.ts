import { expect, test } from "vitest";
import type {
  JournalBatch,
  JournalEntry,
  ReplyEntry,
} from "../../../src/runtime/journal/entries.ts";
import {
  createJournalStatusMemory,
  JournalStatus,
} from "../../../src/runtime/journal/journal-status.ts";
import { JournalWriter } from "../../../src/runtime/journal/journal-writer.ts";
import { frame } from "./fixtures.ts";

const retryMs = 1_000;
const pendingBytesMax = 1_000;

interface Bench {
  readonly writer: JournalWriter;
  readonly status: JournalStatus;
  readonly written: JournalBatch[];
  /** What was told: frames that are committed, reasons, "recovered", "snapshot 7". */
  readonly told: (string | number)[];
  /** What the disk says against a write. */
  refusal: string | undefined;
  now: number;
  put(...entries: JournalEntry[]): void;
}

function bench(): Bench {
  const status = new JournalStatus(createJournalStatusMemory());
  const written: JournalBatch[] = [];
  const told: (string | number)[] = [];
  const disk = {
    write(batch: JournalBatch): void {
      if (made.refusal !== undefined) throw new Error(made.refusal);
      written.push(batch);
    },
  };
  const writer = new JournalWriter(disk, status, {
    pendingBytesMax,
    now: () => made.now,
    retryMs,
    onCommitted: (at) => told.push(at),
    onDegraded: (reason) => told.push(reason ?? "recovered"),
    onSnapshot: (at) => told.push(`snapshot ${at}`),
  });
  const put = (...entries: JournalEntry[]): void => {
    for (const entry of entries) writer.put(entry);
  };
  const made: Bench = { writer, status, written, told, refusal: undefined, now: 0, put };
  return made;
}

function framesOf(batch: JournalBatch | undefined): number[] | undefined {
  return batch?.frames.map((entry) => entry.frame);
}

function part(at: number, text: string, parts = 2): JournalEntry {
  return { kind: "snapshot", frame: at, parts, part: new TextEncoder().encode(text) };
}

function reply(at: number): ReplyEntry {
  const payload = new Uint8Array(1);
  return { kind: "reply", key: `k${at}`, frame: at, digest: payload, error: undefined, payload };
}

function mark(at: number): JournalEntry {
  return { kind: "mark", frame: at, worker: 0, hashes: new Int32Array(2) };
}

const settled = (at: number): JournalEntry => ({ kind: "settled", frame: at });
const reached = (at: number): JournalEntry => ({ kind: "reached", frame: at });

/** Fills the bound, so that the gap begins. */
function overflow(made: Bench, from: number): void {
  made.put(...[0, 1, 2, 3].map((i) => frame(from + i, new Uint8Array(300))));
}

test("what waits is written as one batch, and nothing is written when nothing waits", () => {
  const made = bench();
  made.writer.flush();
  expect(made.written).toEqual([]);
  made.put(frame(1), frame(3), reached(5), mark(3), reply(3));
  made.writer.flush();
  made.writer.flush();
  expect(made.written).toHaveLength(1);
  expect(made.written[0]).toMatchObject({ marks: [{ frame: 3 }], replies: [{ frame: 3 }] });
  expect(framesOf(made.written[0])).toEqual([1, 3]);
  expect(made.status.committed).toBe(5);
  expect(made.told).toEqual([5]);
});

test("marks and replies that come before their frame wait for it", () => {
  const made = bench();
  made.put(frame(1), reply(2), mark(2), reply(1));
  made.writer.flush();
  expect(made.written[0]).toMatchObject({ marks: [], replies: [{ frame: 1 }] });
  made.put(frame(2));
  made.writer.flush();
  expect(made.written[1]).toMatchObject({ marks: [{ frame: 2 }], replies: [{ frame: 2 }] });
});

test("a snapshot is kept when it is whole and all replies of its past are known", () => {
  const made = bench();
  made.put(part(7, "a"), settled(6), part(7, "b"));
  made.writer.flush();
  expect(made.written).toEqual([]);
  made.put(settled(7), frame(8));
  made.writer.flush();
  expect(made.written[0]?.snapshot).toEqual({ frame: 7, body: Buffer.from("ab") });
  expect(made.written[0]).toMatchObject({ afterGap: false, reached: 8 });
  expect(made.told).toEqual([8, "snapshot 7"]);
});

test("a part of a newer snapshot lets an older one that is not whole go", () => {
  const made = bench();
  made.put(part(7, "a"), part(9, "c"), part(7, "b"), part(9, "d"), part(9, "e"), settled(9));
  made.writer.flush();
  expect(made.written[0]?.snapshot).toEqual({ frame: 9, body: Buffer.from("cd") });
});

test("a disk that fails is tried again after a while, and nothing is lost", () => {
  const made = bench();
  made.refusal = "no space left";
  made.put(frame(1));
  made.writer.flush();
  made.writer.flush();
  expect(made.status.degraded).toBe(true);
  expect(made.told).toEqual(["the disk did not take a write: no space left"]);
  made.refusal = undefined;
  made.now = retryMs - 1;
  made.writer.flush();
  expect(made.written).toEqual([]);
  made.now = retryMs;
  made.put(frame(2));
  made.writer.flush();
  expect(framesOf(made.written[0])).toEqual([1, 2]);
  expect(made.status.degraded).toBe(false);
  expect(made.told.slice(1)).toEqual(["recovered", 2]);
});

test("when too much waits for a failing disk, a snapshot is asked for once it takes writes again", () => {
  const made = bench();
  made.put(frame(1));
  made.writer.flush();
  made.refusal = "no space left";
  made.put(frame(2), reply(2));
  made.writer.flush();
  overflow(made, 3);
  made.now = retryMs;
  made.writer.flush();
  expect(made.status.snapshotWanted).toBe(false);
  made.refusal = undefined;
  made.now = 2 * retryMs;
  made.writer.flush();
  expect(made.status.snapshotWanted).toBe(true);
  expect(made.written[1]).toMatchObject({ frames: [], reached: 1, snapshot: undefined });
  expect(made.status).toMatchObject({ committed: 1, degraded: true });

  made.put(part(5, "old"), part(5, "old"), settled(5), frame(7));
  made.status.beginSnapshot(8);
  made.put(part(6, "late", 1), settled(6));
  made.writer.flush();
  expect(made.written).toHaveLength(2);
  made.put(part(8, "a"), frame(8), mark(8), frame(9), reached(11), mark(11));
  made.writer.flush();
  expect(made.written).toHaveLength(2);
  made.put(part(8, "b"), reply(12), settled(8));
  made.writer.flush();
  const last = made.written[2];
  expect(last).toMatchObject({ afterGap: true, reached: 11, snapshot: { frame: 8 } });
  expect(framesOf(last)).toEqual([9]);
  expect(last?.marks.map((entry) => entry.frame)).toEqual([11]);
  expect(last?.replies.map((entry) => entry.frame)).toEqual([2]);
  expect(made.status).toMatchObject({ committed: 11, degraded: false });
  expect(made.told.slice(-3)).toEqual(["recovered", 11, "snapshot 8"]);
});

test("an entry that was lost on its way makes a gap, and another one in the gap a further one", () => {
  const made = bench();
  made.put(frame(1), reached(4));
  made.status.setLost();
  made.writer.flush();
  expect(made.written).toEqual([]);
  expect(made.status).toMatchObject({ committed: 0, snapshotWanted: true, degraded: true });
  expect(made.told).toEqual([expect.stringMatching(/^an entry was dropped .* frames after 0 /)]);
  made.status.beginSnapshot(5);
  made.put(part(5, "a", 1), settled(5));
  made.status.setLost();
  made.writer.flush();
  expect(made.written).toEqual([]);
  expect(made.status.snapshotWanted).toBe(true);
  made.status.beginSnapshot(6);
  made.put(part(6, "b", 1), settled(6));
  made.writer.flush();
  expect(made.written).toHaveLength(1);
  expect(made.written[0]).toMatchObject({ snapshot: { frame: 6 }, afterGap: true, reached: 6 });
  expect(made.told).toHaveLength(4);
});

test("replies in a gap are bounded, and take no room from what bridges it", () => {
  const made = bench();
  made.status.setLost();
  made.writer.flush();
  for (let i = 0; i < 100; i += 1) made.put(reply(1));
  made.status.beginSnapshot(5);
  made.put(part(5, "a", 1), settled(5), frame(6, new Uint8Array(800)));
  made.writer.flush();
  expect(framesOf(made.written[0])).toEqual([6]);
  expect(made.written[0]?.replies.length).toBeLessThan(20);
});
