import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JournalBatch, ReplyEntry } from "../../../src/runtime/journal/entries.ts";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import { memoryPath } from "../../../src/runtime/journal/memory-path.ts";
import { batch, frame, identity, inDirectory } from "./fixtures.ts";

const bytes = fc.uint8Array({ maxLength: 60 });
const number = fc.oneof(fc.nat(5), fc.maxSafeNat());
const frames = fc.uniqueArray(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));

/** A batch of any content. Frames of rows rise, as the writer has them. */
const anyBatch: fc.Arbitrary<JournalBatch> = frames.chain((at) => {
  const ascending = at.sort((a, b) => a - b);
  const rows = <T>(row: fc.Arbitrary<T>): fc.Arbitrary<(T & { frame: number })[]> =>
    fc.tuple(...ascending.map((of) => row.map((rest) => ({ ...rest, frame: of }))));
  const keyed = { key: fc.string({ unit: "grapheme" }), digest: bytes, payload: bytes };
  const error = fc.constantFrom(undefined, "NOT_FOUND" as const);
  return fc.record({
    frames: rows(
      fc.record({ kind: fc.constant("frame" as const), inputs: bytes, keyed: fc.boolean() }),
    ),
    marks: rows(
      fc.record({
        kind: fc.constant("mark" as const),
        worker: fc.nat(15),
        hashes: fc.int32Array({ maxLength: 20 }),
      }),
    ),
    replies: rows(fc.record({ kind: fc.constant("reply" as const), error, ...keyed })).map(
      (replies) => [...new Map(replies.map((reply) => [reply.key, reply])).values()],
    ),
    quarantine: rows(
      fc.record({
        kind: fc.constant("quarantine" as const),
        round: fc.nat(63),
        actor: fc.nat(65_535),
        place: number,
        text: fc.string({ unit: "grapheme" }),
      }),
    ),
    snapshot: fc.constant(undefined),
    afterGap: fc.constant(false),
    reached: fc.constant(ascending.at(-1) ?? 0),
  });
});

function withoutKind<T extends { kind: string }>(entries: readonly T[]): Omit<T, "kind">[] {
  return entries.map(({ kind: _, ...rest }) => rest);
}

function reply(key: string, at: number): ReplyEntry {
  const digest = new Uint8Array([1]);
  return { kind: "reply", key, frame: at, digest, error: undefined, payload: new Uint8Array(0) };
}

test("what is written is read back, before and after the file is closed", () => {
  inDirectory((path) => {
    let worlds = 0;
    fc.assert(
      fc.property(anyBatch, fc.option(bytes), (content, body) => {
        worlds += 1;
        const file = path(String(worlds));
        const history = {
          identity,
          snapshot: body === null ? undefined : { frame: 0, body: Buffer.from(body) },
          frames: withoutKind(content.frames),
          marks: content.marks.map(({ frame: at, hashes }) => ({ frame: at, hashes })),
          quarantine: withoutKind(content.quarantine).map(({ text: _, ...rest }) => rest),
          replies: withoutKind(content.replies),
          reached: content.reached,
        };
        const store = JournalStore.open(file, identity);
        expect(store.created).toBe(true);
        store.write({ ...content, snapshot: history.snapshot });
        expect(store.history()).toEqual(history);
        store.close();
        const again = JournalStore.open(file, { ...identity, id: "another", seed: 1 });
        expect(again.created).toBe(false);
        expect(again.history()).toEqual(history);
        expect(again.problems).toEqual([]);
        for (const entry of content.frames) {
          expect(again.inputsOf(entry.frame)).toEqual(entry.inputs);
        }
        again.close();
      }),
      { numRuns: 60 },
    );
  });
});

test("a world in memory needs no file", () => {
  const store = JournalStore.open(memoryPath, identity);
  store.write(batch(2, { frames: [frame(1)] }));
  expect(store.history()).toMatchObject({ frames: [{ frame: 1 }], reached: 2 });
  store.close();
});

test("a world keeps who it is, and notes by what it is written", () => {
  inDirectory((path) => {
    const store = JournalStore.open(path("world"), identity);
    store.adopt("v27.0.0", "def");
    const adopted = { ...identity, node: "v27.0.0", schemaHash: "def" };
    expect(store.identity).toEqual(adopted);
    store.close();
    const tool = JournalStore.openReadOnly(path("world"));
    expect(tool.identity).toEqual(adopted);
    tool.close();
  });
});

test("of a batch that is refused nothing stays, and the next one is taken", () => {
  const store = JournalStore.open(memoryPath, identity);
  store.write(batch(1, { frames: [frame(1)] }));
  const before = store.history();
  const broken = { kind: "mark", frame: 2, worker: Number.NaN, hashes: new Int32Array(1) } as const;
  expect(() => store.write(batch(2, { frames: [frame(2)], marks: [broken] }))).toThrow(/NOT NULL/);
  expect(store.history()).toEqual(before);
  store.write(batch(2, { frames: [frame(2)] }));
  expect(store.history().reached).toBe(2);
  store.close();
});

test("a batch that is written twice is there once", () => {
  const store = JournalStore.open(memoryPath, identity);
  const twice = batch(2, { frames: [frame(1), frame(2)], replies: [reply("k", 1), reply("l", 2)] });
  store.write(twice);
  const once = store.history();
  store.write(twice);
  expect(store.history()).toEqual(once);
  store.close();
});

/** So short and mixed that compression leaves it as it is. */
function bodyOf(at: number): Uint8Array {
  return new Uint8Array([at, 1, 2, 3, 4, 5, 6, 7]);
}

/** Frames 1 to 40 with a snapshot after each tenth. */
function writeForty(store: JournalStore): void {
  for (let i = 1; i <= 40; i += 1) {
    const snapshot = i % 10 === 0 ? { frame: i, body: bodyOf(i) } : undefined;
    store.write(batch(i, { frames: [frame(i)], snapshot }));
  }
}

function framesOf(store: JournalStore, at?: number): number[] {
  return store.history(at).frames.map((entry) => entry.frame);
}

test("a history leads from the newest snapshot to the end, or to the frame that is asked for", () => {
  const keepAll = { historyFrames: 1_000, snapshotSpacingFrames: 1, repliesMax: 10 };
  const store = JournalStore.open(memoryPath, identity, keepAll);
  writeForty(store);
  expect(store.history()).toMatchObject({ snapshot: { frame: 40 }, frames: [], reached: 40 });
  expect(store.history(23)).toMatchObject({ snapshot: { frame: 20 }, reached: 23 });
  expect(framesOf(store, 23)).toEqual([21, 22, 23]);
  expect(store.history(5)).toMatchObject({ snapshot: undefined, reached: 5 });
  expect(framesOf(store, 5)).toEqual([1, 2, 3, 4, 5]);
  expect(store.history(1_000).reached).toBe(40);
  expect([...store.framesBetween(38, 99)].map((entry) => entry.frame)).toEqual([38, 39, 40]);
  expect(store.inputsOf(41)).toBeUndefined();
  store.close();
});

/** Flips a bit of a snapshot, behind the store's back: it still unpacks, to something else. */
function damage(file: string, at: number): void {
  const database = new DatabaseSync(file);
  const row = database.prepare("SELECT body FROM snapshots WHERE frame = ?").get(at);
  const body = (row as unknown as { body: Uint8Array }).body;
  body[body.length - 1] = (body.at(-1) as number) ^ 1;
  database.prepare("UPDATE snapshots SET body = ? WHERE frame = ?").run(body, at);
  database.close();
}

test("a damaged snapshot is skipped, told of, and the one before it taken", () => {
  inDirectory((path) => {
    const store = JournalStore.open(path("world"), identity);
    writeForty(store);
    store.close();
    damage(path("world"), 40);
    const again = JournalStore.open(path("world"), identity);
    const history = again.history();
    expect(history.snapshot?.frame).toBe(30);
    expect(history.snapshot?.body).toEqual(Buffer.from(bodyOf(30)));
    expect(history.frames).toHaveLength(10);
    expect(again.problems).toEqual(["the snapshot of frame 40 is damaged and was skipped"]);
    again.history();
    expect(again.problems).toHaveLength(1);
    again.close();
  });
});

test("without a good snapshot a world begins anew as long as all its frames are there", () => {
  inDirectory((path) => {
    const store = JournalStore.open(path("world"), identity);
    writeForty(store);
    const snapshots = store.snapshotFrames();
    expect(snapshots).toEqual([30, 40]);
    store.close();
    for (const at of snapshots) damage(path("world"), at);
    const again = JournalStore.open(path("world"), identity);
    expect(again.history().snapshot).toBeUndefined();
    expect(framesOf(again)).toHaveLength(40);
    expect(again.problems).toHaveLength(snapshots.length);
    again.close();
  });
});

test("without a good snapshot, and with frames forgotten, a file is of no use and says so", () => {
  inDirectory((path) => {
    const retention = { historyFrames: 0, snapshotSpacingFrames: 1, repliesMax: 10 };
    const store = JournalStore.open(path("world"), identity, retention);
    writeForty(store);
    expect(store.snapshotFrames()).toEqual([30, 40]);
    expect(() => store.history(29)).toThrow(/frame 29 .*forgotten; valid are frames from 30 to 40/);
    store.close();
    damage(path("world"), 30);
    damage(path("world"), 40);
    const again = JournalStore.open(path("world"), identity);
    expect(() => again.history()).toThrow(
      expect.objectContaining({
        code: "WORLD_FILE_INVALID",
        message: expect.stringMatching(/no good snapshot, and frames up to 30 are forgotten/),
      }),
    );
    again.close();
  });
});
