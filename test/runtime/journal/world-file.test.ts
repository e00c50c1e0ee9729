import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { JournalStore } from "../../../src/runtime/journal/journal-store.ts";
import { batch, frame, identity, inDirectory } from "./fixtures.ts";

const storeModule = new URL("../../../src/runtime/journal/journal-store.ts", import.meta.url);

/** What another process gets when it opens the file. */
function openElsewhere(path: string, how: "open" | "openReadOnly"): string {
  const given = JSON.stringify([path, identity]);
  const script = `
    const { JournalStore } = await import(${JSON.stringify(storeModule.href)});
    try {
      JournalStore.${how}(...${given}).close();
      console.log("opened");
    } catch (error) {
      console.log(error.code);
    }`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
  return child.stdout.toString().trim();
}

function refusal(code: string, text: RegExp): object {
  return expect.objectContaining({ code, message: expect.stringMatching(text) });
}

test("no second process opens a file that is open, neither for writing nor for reading", () => {
  inDirectory((path) => {
    const file = path("world.tellurion");
    const store = JournalStore.open(file, identity);
    expect(openElsewhere(file, "open")).toBe("WORLD_FILE_IN_USE");
    expect(openElsewhere(file, "openReadOnly")).toBe("WORLD_FILE_IN_USE");
    store.write(batch(1, { frames: [frame(1)] }));
    store.close();
    expect(openElsewhere(file, "openReadOnly")).toBe("opened");
    expect(openElsewhere(file, "open")).toBe("opened");
  });
});

test("the same process does not open a file twice either, whether anything was written or not", () => {
  inDirectory((path) => {
    const file = path("world.tellurion");
    JournalStore.open(file, identity).close();
    const store = JournalStore.open(file, identity);
    const inUse = refusal("WORLD_FILE_IN_USE", /world\.tellurion" is in use .*choose another file/);
    expect(() => JournalStore.open(file, identity)).toThrow(inUse);
    expect(() => JournalStore.openReadOnly(file)).toThrow(inUse);
    store.write(batch(1, { frames: [frame(1)] }));
    expect(() => JournalStore.open(file, identity)).toThrow(inUse);
    store.close();
    JournalStore.open(file, identity).close();
  });
});

test("a server does not take a file away from a tool that reads it", () => {
  inDirectory((path) => {
    const file = path("world.tellurion");
    JournalStore.open(file, identity).close();
    const tool = JournalStore.openReadOnly(file);
    const another = JournalStore.openReadOnly(file);
    expect(() => JournalStore.open(file, identity)).toThrow(refusal("WORLD_FILE_IN_USE", /in use/));
    another.close();
    tool.close();
    JournalStore.open(file, identity).close();
  });
});

test("a tool reads what a crash left in the log, and changes nothing in the file", () => {
  inDirectory((path) => {
    const file = path("world.tellurion");
    const store = JournalStore.open(file, identity);
    store.write(batch(3, { frames: [frame(1), frame(3)] }));
    const copy = path("copy.tellurion");
    for (const end of ["", "-wal"]) writeFileSync(copy + end, readFileSync(file + end));
    store.close();
    const before = readFileSync(copy);
    const tool = JournalStore.openReadOnly(copy);
    expect(tool.history().frames.map((entry) => entry.frame)).toEqual([1, 3]);
    expect(() => tool.write(batch(4))).toThrow(/readonly/);
    tool.close();
    expect(readFileSync(copy)).toEqual(before);
    const server = JournalStore.open(copy, identity);
    expect(server.history().reached).toBe(3);
    server.close();
  });
});

test("a file of a newer format is refused, and stays as it is", () => {
  inDirectory((path) => {
    const file = path("world.tellurion");
    JournalStore.open(file, identity).close();
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 2");
    database.close();
    const before = readFileSync(file);
    const tooNew = refusal("WORLD_FILE_TOO_NEW", /has format 2; valid is up to 1/);
    expect(() => JournalStore.open(file, identity)).toThrow(tooNew);
    expect(() => JournalStore.openReadOnly(file)).toThrow(tooNew);
    expect(readFileSync(file)).toEqual(before);
  });
});

test("what is no world file is refused, and stays as it is", () => {
  inDirectory((path) => {
    const foreign = path("foreign.db");
    const database = new DatabaseSync(foreign);
    database.exec("CREATE TABLE accounts (id INTEGER); PRAGMA application_id = 7");
    database.close();
    const unnamed = path("unnamed.db");
    const another = new DatabaseSync(unnamed);
    another.exec("CREATE TABLE accounts (id INTEGER)");
    another.close();
    const text = path("text");
    writeFileSync(text, "Not a database at all. ".repeat(500));
    for (const file of [foreign, unnamed, text]) {
      const before = readFileSync(file);
      const invalid = refusal("WORLD_FILE_INVALID", /no world file.*valid is/);
      expect(() => JournalStore.open(file, identity)).toThrow(invalid);
      expect(() => JournalStore.openReadOnly(file)).toThrow(invalid);
      expect(readFileSync(file)).toEqual(before);
    }
  });
});

test("a file that cannot be opened is told of with its name and the cause", () => {
  inDirectory((path) => {
    const invalid = refusal(
      "WORLD_FILE_INVALID",
      /cannot be opened for writing \(.*valid is a file/,
    );
    expect(() => JournalStore.open(path("missing/world"), identity)).toThrow(invalid);
    mkdirSync(path("directory"));
    expect(() => JournalStore.open(path("directory"), identity)).toThrow(invalid);
  });
});

test("a tool makes no file", () => {
  inDirectory((path) => {
    const missing = refusal("WORLD_FILE_INVALID", /there is no world file/);
    expect(() => JournalStore.openReadOnly(path("missing"))).toThrow(missing);
    expect(existsSync(path("missing"))).toBe(false);
  });
});

test("a file whose creation was interrupted is created anew", () => {
  inDirectory((path) => {
    writeFileSync(path("empty"), "");
    const bare = new DatabaseSync(path("bare"));
    bare.exec("PRAGMA journal_mode = WAL");
    bare.close();
    for (const name of ["empty", "bare"]) {
      const store = JournalStore.open(path(name), identity);
      expect(store.created).toBe(true);
      store.close();
    }
  });
});

test("a file that lacks a table, or is cut off, is damaged", () => {
  inDirectory((path) => {
    const file = path("world");
    const store = JournalStore.open(file, identity);
    store.write(batch(1, { frames: [frame(1, new Uint8Array(50_000))] }));
    store.close();
    const cut = path("cut");
    writeFileSync(cut, readFileSync(file).subarray(0, 6_000));
    const database = new DatabaseSync(file);
    database.exec("DROP TABLE marks");
    database.close();
    const damaged = refusal("WORLD_FILE_INVALID", /is damaged \(.*restore a copy/);
    expect(() => JournalStore.open(file, identity)).toThrow(damaged);
    expect(() => JournalStore.open(cut, identity)).toThrow(damaged);
  });
});
