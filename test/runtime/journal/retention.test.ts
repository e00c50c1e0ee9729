import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ReplyEntry } from "../../../src/runtime/journal/entries.ts";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import { memoryPath } from "../../../src/runtime/journal/memory-path.ts";
import { sortSnapshots } from "../../../src/runtime/journal/retention.ts";
import { batch, frame, identity, inDirectory } from "./fixtures.ts";

const retentions = fc.record({
  historyFrames: fc.nat(60),
  snapshotSpacingFrames: fc.nat(40),
  repliesMax: fc.nat(20),
});
/** How many frames pass before the next snapshot. */
const distances = fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 40 });

test("a replay can begin as far back as was asked for, and reads the frames that there were", () => {
  fc.assert(
    fc.property(retentions, distances, fc.nat(), (retention, script, pick) => {
      const store = JournalStore.open(memoryPath, identity, retention);
      const taken: number[] = [];
      let now = 0;
      for (const distance of script) {
        for (let i = 0; i < distance; i += 1) {
          now += 1;
          store.write(batch(now, { frames: [frame(now)] }));
        }
        store.write(batch(now, { snapshot: { frame: now, body: new Uint8Array([now]) } }));
        taken.push(now);
        expect(store.snapshotFrames().slice(-2)).toEqual(taken.slice(-2));
        const earliest = Math.max(0, now - retention.historyFrames);
        expect(store.oldest()).toBeLessThanOrEqual(earliest);
        const at = earliest + (pick % (now - earliest + 1));
        const { snapshot, frames, reached } = store.history(at);
        const from = snapshot?.frame ?? 0;
        expect(reached).toBe(at);
        expect(frames.map((entry) => entry.frame)).toEqual(
          Array.from({ length: at - from }, (_, i) => from + 1 + i),
        );
      }
      store.close();
    }),
  );
});

test("of snapshots, the newest two are kept, and of the others one in so many frames", () => {
  fc.assert(
    fc.property(retentions, distances, (retention, script) => {
      let kept: number[] = [];
      let dropped = 0;
      let now = 0;
      for (const distance of script) {
        now += distance;
        const sorted = sortSnapshots([...kept, now], dropped, now, retention);
        kept = [...kept, now].filter((at) => at >= sorted.oldest && !sorted.thinned.includes(at));
        expect(sorted.oldest).toBeGreaterThanOrEqual(dropped);
        dropped = sorted.oldest;
        expect(sortSnapshots(kept, dropped, now, retention)).toEqual({
          oldest: dropped,
          thinned: [],
        });
        const old = [dropped, ...kept.slice(0, -2).filter((at) => at > dropped)];
        for (let i = 1; i < old.length; i += 1) {
          const apart = (old[i] as number) - (old[i - 1] as number);
          expect(apart).toBeGreaterThanOrEqual(retention.snapshotSpacingFrames);
        }
        const span = retention.historyFrames + 2 * (retention.snapshotSpacingFrames + 15);
        expect(now - dropped).toBeLessThanOrEqual(span + 2 * 15);
      }
    }),
  );
});

function rowsIn(file: string, table: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get();
  database.close();
  return (row as unknown as { rows: number }).rows;
}

test("after a gap nothing from before it is told any more, and its rows go little by little", () => {
  inDirectory((path) => {
    const file = path("world");
    const store = JournalStore.open(file, identity);
    const frames = Array.from({ length: 5_000 }, (_, i) => frame(i + 1));
    const marks = frames.map((entry) => {
      return { ...entry, kind: "mark" as const, worker: 1, hashes: new Int32Array(2) };
    });
    store.write(batch(5_000, { frames, marks }));
    store.write(batch(5_000, { snapshot: { frame: 4_000, body: new Uint8Array(1) } }));
    const snapshot = { frame: 7_000, body: new Uint8Array([7]) };
    const after = [frame(7_001), frame(7_004)];
    store.write(batch(7_004, { frames: after, snapshot, afterGap: true }));
    const expected = { snapshot: { frame: 7_000 }, frames: [{ frame: 7_001 }, { frame: 7_004 }] };
    expect(store.history()).toMatchObject({ ...expected, marks: [], reached: 7_004 });
    expect([...store.framesBetween(0, 7_001)]).toHaveLength(1);
    expect(store.oldest()).toBe(7_000);
    expect(() => store.history(6_999)).toThrow(/forgotten/);
    store.close();
    const left = rowsIn(file, "frames");
    expect(left).toBeGreaterThan(2_000);
    const again = JournalStore.open(file, identity);
    expect(again.history()).toMatchObject(expected);
    for (let i = 0; i < 20; i += 1) again.write(batch(7_005 + i));
    expect(again.history()).toMatchObject(expected);
    again.close();
    expect(["frames", "marks", "snapshots"].map((table) => rowsIn(file, table))).toEqual([2, 0, 1]);
  });
});

test("the oldest replies are forgotten beyond the bound, however many come at once", () => {
  const reply = (i: number): ReplyEntry => ({
    kind: "reply",
    key: `k${i}`,
    frame: 1,
    digest: new Uint8Array(1),
    error: undefined,
    payload: new Uint8Array(1),
  });
  const store = JournalStore.open(memoryPath, identity, {
    historyFrames: 0,
    snapshotSpacingFrames: 1,
    repliesMax: 100,
  });
  for (let i = 0; i < 10; i += 1) {
    const replies = Array.from({ length: 2_000 }, (_, j) => reply(i * 2_000 + j));
    store.write(batch(1, { replies }));
  }
  const keys = store.history().replies.map((entry) => entry.key);
  expect(keys).toEqual(Array.from({ length: 100 }, (_, i) => `k${19_900 + i}`));
  store.close();
});
