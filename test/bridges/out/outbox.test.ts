import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { type ClosedPack, Outbox, type StoredPack } from "../../../src/bridges/out/outbox.ts";
import { outboxPath, worldId } from "../../support/mirroring.ts";

const pack = (sequence: number, stream = "all"): ClosedPack => ({
  ...{
    stream,
    epoch: "e",
    sequence,
    events: 2,
    codec: "raw",
    schema: "s",
    closedMs: 1_000,
    traceparent: "",
  },
  body: Uint8Array.of(sequence, 1, 2),
});
const batch = (packs: readonly ClosedPack[], frame = 1, next = 1, name = "all") => ({
  packs,
  streams: [{ name, mark: { frame, events: 0 }, next }],
  ...{ sheds: [], taken: [], forget: [] },
});

/** Opens and begins it; then closes it, unless it is to be used. */
function epochOf(path: string, world: string, after: number, streams = ["all"]): string {
  const outbox = new Outbox(path, streams);
  outbox.begin({ worldId: world, after, reached: after }, [1]);
  const { epoch } = outbox;
  outbox.close();
  return epoch;
}

function packsOf(outbox: Outbox): StoredPack[] {
  const packs: StoredPack[] = [];
  for (let one = outbox.next(0); one; one = outbox.next(one.id)) packs.push(one);
  return packs;
}

describe("an epoch", () => {
  test("begins with the world's id, and lasts as long as the world goes on", () => {
    const path = outboxPath();
    const epoch = epochOf(path, worldId, 0);
    expect(epoch).toMatch(/^0a1b2c3d-[0-9a-f]{8}$/);
    expect(epochOf(path, worldId, 5)).toBe(epoch);
  });

  test("ends when the file is another world's", () => {
    const path = outboxPath();
    const epoch = epochOf(path, worldId, 0);
    expect(epochOf(path, "another-world", 0)).not.toBe(epoch);
  });

  test("ends when the world stands before what was packed of it: numbers begin anew, and packs on their way stay", () => {
    const path = outboxPath();
    const outbox = new Outbox(path, ["all"]);
    outbox.begin({ worldId, after: 0, reached: 0 }, [1]);
    outbox.write(batch([pack(1), pack(2)], 101, 3));
    outbox.close();
    const same = new Outbox(path, ["all"]);
    expect(same.since).toEqual({ worldId, frame: 100 });
    expect(same.begin({ worldId, after: 100, reached: 100 }, [1])).toEqual([
      { name: "all", mark: { frame: 101, events: 0 }, next: 3 },
    ]);
    const { epoch } = same;
    same.close();
    const restored = new Outbox(path, ["all"]);
    expect(restored.begin({ worldId, after: 99, reached: 99 }, [1])).toEqual([
      { name: "all", mark: { frame: 100, events: 0 }, next: 1 },
    ]);
    expect(restored.epoch).not.toBe(epoch);
    expect(packsOf(restored).map(({ sequence }) => sequence)).toEqual([1, 2]);
    restored.close();
  });

  test("ends too when the world stands behind what one of several streams has packed", () => {
    const path = outboxPath();
    const outbox = new Outbox(path, ["far", "near"]);
    outbox.begin({ worldId, after: 0, reached: 0 }, [1]);
    outbox.write(batch([], 101, 3, "far"));
    outbox.write(batch([], 51, 3, "near"));
    const { epoch } = outbox;
    outbox.close();
    for (const [reached, isSame] of [
      [100, true],
      [99, false],
    ] as const) {
      const copy = new Outbox(path, ["far", "near"]);
      copy.begin({ worldId, after: 50, reached }, [1]);
      expect(copy.epoch === epoch).toBe(isSame);
      copy.close();
    }
  });
});

describe("a copy of the file", () => {
  /** What a process that begins with the file gives the next pack. */
  const places = (path: string, options = {}) => {
    const outbox = new Outbox(path, ["all"], options);
    const [place] = outbox.begin({ worldId, after: 100, reached: 100 }, [1]);
    const { epoch } = outbox;
    outbox.close();
    return { epoch, ...place };
  };
  const written = () => {
    const path = outboxPath();
    const outbox = new Outbox(path, ["all"]);
    outbox.begin({ worldId, after: 0, reached: 0 }, [1]);
    outbox.write(batch([pack(1), pack(2)], 101, 3));
    outbox.close();
    return path;
  };
  const mark = { frame: 101, events: 0 };

  test("begins an epoch of its own where its marks are; the file itself does not", () => {
    const path = written();
    const { epoch } = places(path);
    const copy = outboxPath();
    copyFileSync(path, copy);
    expect(places(path)).toEqual({ epoch, name: "all", mark, next: 3 });
    expect(places(copy)).toMatchObject({ mark, next: 1 });
    expect(places(copy).epoch).not.toBe(epoch);
    expect(places(copy).epoch).toBe(places(copy).epoch);
  });

  test("is told when it comes back to the place of the file, whatever becomes of the inode", () => {
    const path = written();
    const backup = outboxPath();
    copyFileSync(path, backup);
    const { epoch } = places(path);
    rmSync(path);
    renameSync(backup, path);
    const moved = places(path);
    expect([moved.epoch === epoch, moved.next]).toEqual([false, 1]);
    copyFileSync(path, backup);
    rmSync(path);
    copyFileSync(backup, path);
    expect(places(path).epoch).not.toBe(moved.epoch);
  });

  test("that nothing tells from the file begins an epoch when it is told to", () => {
    const path = written();
    const { epoch } = places(path);
    const told = places(path, { newEpoch: true });
    expect(told).toMatchObject({ mark, next: 1 });
    expect(told.epoch).not.toBe(epoch);
    expect(places(path)).toEqual(told);
  });
});

test("an outbox of the first format goes on, in its epoch", () => {
  const path = outboxPath();
  const epoch = epochOf(path, worldId, 0);
  const database = new DatabaseSync(path);
  database.exec(
    "ALTER TABLE meta DROP COLUMN place; ALTER TABLE meta DROP COLUMN selection; PRAGMA user_version = 1",
  );
  database.close();
  expect(epochOf(path, worldId, 0)).toBe(epoch);
  expect(epochOf(path, worldId, 0)).toBe(epoch);
});

describe("a stream", () => {
  test("that is gone leaves what it had not packed to all others; then it holds nothing back", () => {
    const path = outboxPath();
    const first = new Outbox(path, ["old", "slow"], { selection: "old, slow" });
    first.begin({ worldId, after: 0, reached: 0 }, [1]);
    expect(first.since).toBeUndefined();
    first.write(batch([], 101, 7, "old"));
    first.write(batch([], 51, 3, "slow"));
    first.close();
    const second = new Outbox(path, ["old", "new"], { selection: "old, new" });
    expect(second.since).toEqual({ worldId, frame: 50 });
    expect(second.begin({ worldId, after: 50, reached: 200 }, [1])).toEqual([
      { name: "new", mark: { frame: 51, events: 0 }, next: 1 },
      { name: "old", mark: { frame: 51, events: 0 }, next: 7 },
    ]);
    second.write(batch([], 151, 8, "old"));
    second.write(batch([], 201, 8, "new"));
    second.close();
    const third = new Outbox(path, ["old", "new"], { selection: "old, new" });
    expect(third.since).toEqual({ worldId, frame: 150 });
    third.begin({ worldId, after: 150, reached: 200 }, [1]);
    expect(third.begin({ worldId, after: 150, reached: 200 }, [1])).toEqual([
      { name: "new", mark: { frame: 201, events: 0 }, next: 8 },
      { name: "old", mark: { frame: 151, events: 0 }, next: 8 },
    ]);
    third.close();
  });

  test("that comes back goes on with its numbers", () => {
    const path = outboxPath();
    const first = new Outbox(path, ["a", "b"]);
    first.begin({ worldId, after: 0, reached: 0 }, [1]);
    first.write(batch([pack(1, "a")], 50, 2, "a"));
    first.close();
    epochOf(path, worldId, 200, ["b"]);
    const third = new Outbox(path, ["a", "b"]);
    expect(third.begin({ worldId, after: 300, reached: 300 }, [1])[0]).toEqual({
      name: "a",
      mark: { frame: 301, events: 0 },
      next: 2,
    });
    third.close();
  });
});

test("marks that counted other events than those that come now begin their frame anew", () => {
  const path = outboxPath();
  const mark = { frame: 9, events: 5 };
  const write = { ...batch([]), streams: [{ name: "all", mark, next: 3 }] };
  const outbox = new Outbox(path, ["all"]);
  outbox.begin({ worldId, after: 0, reached: 0 }, [2, 1]);
  outbox.write(write);
  outbox.close();
  for (const [events, inFrame] of [
    [[1, 2], 5],
    [[1, 3], 0],
  ] as const) {
    const next = new Outbox(path, ["all"]);
    expect(next.begin({ worldId, after: 8, reached: 9 }, events)).toEqual([
      { name: "all", mark: { frame: 9, events: inFrame }, next: 3 },
    ]);
    next.close();
  }
});

describe("packs", () => {
  test("that have arrived are gone, of those that have not nothing is", () => {
    const path = outboxPath();
    const outbox = new Outbox(path, ["all"]);
    outbox.begin({ worldId, after: 0, reached: 0 }, [1]);
    outbox.write(batch([pack(1), pack(2), pack(3)]));
    const [first] = packsOf(outbox);
    outbox.published(first as StoredPack);
    expect([outbox.packs, outbox.bytes, outbox.oldestMs]).toEqual([2, 6, 1_000]);
    outbox.sweep();
    outbox.close();
    const again = new Outbox(path, ["all"]);
    expect([again.packs, again.bytes]).toEqual([2, 6]);
    expect(packsOf(again).map(({ id: _, ...rest }) => rest)).toEqual([pack(2), pack(3)]);
    again.close();
  });

  test("that are refused are kept apart with the reason, the last thousand of them", () => {
    const outbox = new Outbox(":memory:", ["all"]);
    outbox.begin({ worldId, after: 0, reached: 0 }, [1]);
    outbox.write(batch(Array.from({ length: 1_001 }, (_, i) => pack(i + 1))));
    for (const one of packsOf(outbox)) outbox.refuse(one, "too odd");
    const refused = outbox.refused();
    expect([outbox.packs, outbox.bytes, refused.length]).toEqual([0, 0, 1_000]);
    expect(refused[0]).toMatchObject({ ...pack(2), reason: "too odd" });
  });
});

describe("refused is", () => {
  const opening = (path: string) => () => new Outbox(path, ["all"]);

  test("an outbox that somebody has open", () => {
    const path = outboxPath();
    const outbox = new Outbox(path, ["all"]);
    expect(opening(path)).toThrow(expect.objectContaining({ code: "WORLD_FILE_IN_USE" }));
    outbox.close();
    opening(path)().close();
  });

  test("a file that is no database, or another one", () => {
    const path = outboxPath();
    writeFileSync(path, "Ducunt volentem fata, nolentem trahunt. ".repeat(100));
    expect(opening(path)).toThrow(expect.objectContaining({ code: "WORLD_FILE_INVALID" }));
    expect(opening(path)).toThrow(/is damaged.* move it and ".*-wal" away and start again/);
    const other = outboxPath();
    const database = new DatabaseSync(other);
    database.exec("CREATE TABLE letters (text TEXT)");
    database.close();
    expect(opening(other)).toThrow("is a database, but no outbox");
  });

  test.each([1, 2, 3, 4, 5, 7])("an outbox whose page %i is damaged", (page) => {
    const path = outboxPath();
    const outbox = new Outbox(path, ["all"]);
    outbox.begin({ worldId, after: 0, reached: 0 }, [1]);
    outbox.write(batch([pack(1), pack(2)]));
    outbox.close();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, (page - 1) * 4_096 + (page === 1 ? 100 : 0), page * 4_096);
    writeFileSync(path, bytes);
    expect(opening(path)).toThrow(
      expect.objectContaining({
        code: "WORLD_FILE_INVALID",
        message: expect.stringContaining("a new epoch begins"),
      }),
    );
  });

  test("an outbox of a later version", () => {
    const path = outboxPath();
    opening(path)().close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 3");
    database.close();
    expect(opening(path)).toThrow(expect.objectContaining({ code: "WORLD_FILE_TOO_NEW" }));
  });
});
