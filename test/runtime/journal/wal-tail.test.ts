import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import { readWalTail } from "../../../src/runtime/journal/wal-tail.ts";
import { batch, frame, identity, inDirectory } from "./fixtures.ts";

const headerBytes = 32;
const frameBytes = 4_096 + 24;

/** Writes a frame of the world per batch, and tells where in the log each batch ends. */
function writeSome(store: JournalStore, file: string, batches: number): number[] {
  const ends = [Math.max(statSync(`${file}-wal`).size, headerBytes)];
  for (let i = 1; i <= batches; i += 1) {
    store.write(batch(i, { frames: [frame(i, new Uint8Array(3_000 * i))] }));
    ends.push(statSync(`${file}-wal`).size);
  }
  return ends;
}

test("a log that was cut anywhere loses the batches behind the cut, and the torn bytes are told", () => {
  inDirectory((path) => {
    const store = JournalStore.open(path("world"), identity);
    const ends = writeSome(store, path("world"), 5);
    const first = ends[0] as number;
    const last = ends[5] as number;
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), (length) => {
        for (const end of ["", "-wal"]) copyFileSync(path(`world${end}`), path(`copy${end}`));
        truncateSync(path("copy-wal"), length);
        const batches = ends.findLastIndex((end) => end <= length);
        const torn = length - (ends[batches] as number);
        expect(readWalTail(path("copy-wal")).bytes).toBe(torn);
        const copy = JournalStore.open(path("copy"), identity);
        expect(copy.history().reached).toBe(batches);
        expect(copy.history().frames).toHaveLength(batches);
        const told =
          torn > 0 ? [expect.stringMatching(`a torn tail of ${torn} bytes was cut`)] : [];
        expect(copy.problems).toEqual(told);
        copy.close();
      }),
      { numRuns: 40 },
    );
    store.close();
  });
});

/** Copies the file of an open world, with a page of the log changed that is written after `kept` batches. */
function copyDamaged(path: (name: string) => string, batches: number, kept: number) {
  const store = JournalStore.open(path("world"), identity);
  const ends = writeSome(store, path("world"), batches);
  for (const end of ["", "-wal"]) copyFileSync(path(`world${end}`), path(`copy${end}`));
  store.close();
  const log = readFileSync(path("copy-wal"));
  const from = ends[kept] as number;
  log[from + frameBytes - 1] = (log[from + frameBytes - 1] as number) ^ 1;
  writeFileSync(path("copy-wal"), log);
  return { log, from };
}

function reachedIn(file: string): number {
  const store = JournalStore.open(file, identity);
  const { reached } = store.history();
  store.close();
  return reached;
}

test("a page of the last transaction that was written wrongly ends what counts", () => {
  inDirectory((path) => {
    const { log, from } = copyDamaged(path, 3, 2);
    const bytes = log.length - from;
    expect(readWalTail(path("copy-wal"))).toEqual({ bytes, commits: 1, from });
    expect(reachedIn(path("copy"))).toBe(2);
  });
});

test("damage with whole transactions behind it is refused, and nothing is changed", () => {
  inDirectory((path) => {
    const { log, from } = copyDamaged(path, 6, 2);
    expect(() => JournalStore.open(path("copy"), identity)).toThrow(
      new RegExp(`is damaged from byte ${from} on: 4 transactions`),
    );
    expect(readFileSync(path("copy-wal"))).toEqual(log);
    truncateSync(path("copy-wal"), from);
    expect(reachedIn(path("copy"))).toBe(2);
  });
});

test("what is left in a log from before it began anew is not torn", () => {
  inDirectory((path) => {
    const database = new DatabaseSync(path("some.db"));
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a BLOB)");
    for (let i = 0; i < 10; i += 1) database.exec("INSERT INTO t VALUES (zeroblob(5000))");
    const before = statSync(path("some.db-wal")).size;
    database.exec("PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (zeroblob(10))");
    expect(statSync(path("some.db-wal")).size).toBe(before);
    expect(readWalTail(path("some.db-wal")).bytes).toBe(0);
    database.close();
  });
});

test("a log whose header was not written to its end holds nothing", () => {
  inDirectory((path) => {
    expect(readWalTail(path("missing")).bytes).toBe(0);
    for (const length of [0, 10, 32, 5_000]) {
      writeFileSync(path("log"), new Uint8Array(length));
      expect(readWalTail(path("log")).bytes).toBe(length);
    }
  });
});
