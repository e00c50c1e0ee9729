import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { beforeEach, expect, test } from "vitest";
import { SessionFile, type SessionRecord } from "../../../src/server/gateway/session-file.ts";
import { temporaryFolder } from "../../support/kept-world.ts";

const record: SessionRecord = {
  id: "session",
  player: "anna",
  tokens: new Uint8Array(64).fill(7),
  topics: [
    ["weather", 3],
    ["quest/anna", 0],
  ],
  rates: [["weather", 500]],
  area: { x: 1, y: -2, radius: 3 },
  acked: 5,
  lastReliable: 9,
  rewinds: 2,
  rewoundFrom: [7, 9],
};

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), "sessions");
});

/** Opens the file anew, as a later process does. */
function reopened(file: SessionFile): SessionFile {
  file.close();
  return SessionFile.open(path);
}

test("what is written is there for the next process", () => {
  const first = SessionFile.open(path);
  first.setWorld("world");
  first.put(record);
  first.put({ ...record, id: "other", area: undefined });
  first.putAll([{ ...record, rewinds: 3, rewoundFrom: [4, 4, 6] }]);
  first.addFrame(7, Uint8Array.of(1, 2));
  first.addFrame(8, Uint8Array.of(3));
  const area = { x: 4, y: 5, radius: 6 };
  first.noteProgress([{ id: "session", area, acked: 6, lastReliable: 10 }], 11);
  first.remove("other");
  first.dropFrames(7);
  const second = reopened(first);
  expect(second).toMatchObject({ world: "world", droppedThrough: 7, progressThrough: 11 });
  expect(second.sessions()).toEqual([
    { ...record, area, acked: 6, lastReliable: 10, rewinds: 3, rewoundFrom: [4, 4, 6] },
  ]);
  expect(second.frames()).toEqual([{ frame: 8, events: Uint8Array.of(3) }]);
  second.forgetFrames(7);
  expect(second.frames()).toEqual([]);
  expect(second).toMatchObject({ droppedThrough: 6, progressThrough: 6 });
  second.clear();
  const third = reopened(second);
  expect(third.sessions()).toEqual([]);
  expect(third).toMatchObject({ world: "", droppedThrough: 0, progressThrough: 0 });
  third.close();
});

test("a file that is none, is damaged or of another format is begun anew", () => {
  writeFileSync(path, "no database at all, but long enough to be looked at as if it were one");
  let file = SessionFile.open(path);
  file.put(record);
  file.close();
  const database = new DatabaseSync(path);
  database.exec("UPDATE meta SET format = 99");
  database.close();
  file = SessionFile.open(path);
  expect(file.sessions()).toEqual([]);
  file.close();
});

test("when a write fails the file is gone: half of the truth is worse than none", () => {
  const file = SessionFile.open(path);
  file.put(record);
  const reasons: string[] = [];
  file.onLost = (reason) => reasons.push(reason);
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  file.addFrame(1, Uint8Array.of(1));
  other.close();
  expect(reasons).toEqual([expect.stringMatching(/locked/)]);
  expect(existsSync(path)).toBe(false);
  file.addFrame(2, Uint8Array.of(1));
  file.noteProgress([record], 3);
  expect(reasons).toHaveLength(1);
  expect(existsSync(path)).toBe(false);
});

/** Locks a file in another thread, and lets it go after 100 ms. */
const locker = `
  const { parentPort, workerData } = require("node:worker_threads");
  const database = new (require("node:sqlite").DatabaseSync)(workerData);
  database.exec("BEGIN IMMEDIATE");
  parentPort.postMessage("locked");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  database.close();
`;

test("a lock of some milliseconds is waited for, in a write and as the file is opened", async () => {
  const first = SessionFile.open(path);
  first.onLost = (reason) => expect.fail(reason);
  const lock = async () => {
    const worker = new Worker(locker, { eval: true, workerData: path });
    await once(worker, "message");
    return { free: once(worker, "exit") };
  };
  let { free } = await lock();
  first.put(record);
  await free;
  ({ free } = await lock());
  const second = reopened(first);
  second.setWorld("world");
  await free;
  expect(second.sessions()).toEqual([record]);
  second.close();
});

test("a file that cannot be opened is left as it is", () => {
  mkdirSync(path);
  expect(() => SessionFile.open(path)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(path) }),
  );
  expect(existsSync(path)).toBe(true);
  const locked = `${path}-locked`;
  SessionFile.open(locked).close();
  const other = new DatabaseSync(locked);
  other.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  expect(() => SessionFile.open(locked)).toThrow(/INVALID_OPTION|locked/);
  other.close();
  expect(existsSync(locked)).toBe(true);
});
