import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import { storedWorldAt } from "../../../src/runtime/journal/stored-world.ts";
import { temporaryFolder } from "../../support/kept-world.ts";
import { batch, frame, identity } from "./fixtures.ts";

test("a file says whose world it is, and how far it has come", () => {
  const file = join(temporaryFolder(), "world.tellurion");
  const store = JournalStore.open(file, identity);
  store.write(batch(7, { frames: [frame(3)] }));
  expect(() => storedWorldAt(file)).toThrow("is in use");
  store.close();
  expect(storedWorldAt(file)).toEqual({ identity, reached: 7 });
});

test("where no world has begun, there is none: no file, an empty one, or a beginning that was interrupted", () => {
  const folder = temporaryFolder();
  expect(storedWorldAt(join(folder, "none.tellurion"))).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  const empty = join(folder, "empty.tellurion");
  writeFileSync(empty, "");
  expect(storedWorldAt(empty)).toBeUndefined();
  const interrupted = join(folder, "interrupted.tellurion");
  const database = new DatabaseSync(interrupted);
  database.exec("PRAGMA journal_mode = WAL");
  database.close();
  expect(storedWorldAt(interrupted)).toBeUndefined();
});

test("a file that is no world's is not taken for one", () => {
  const file = join(temporaryFolder(), "other.db");
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE other (one INTEGER)");
  database.close();
  expect(() => storedWorldAt(file)).toThrow("is a database, but no world file");
});
