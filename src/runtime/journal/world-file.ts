import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TellurionError } from "../errors.ts";
import type { WorldIdentity } from "./history.ts";
import { memoryPath } from "./memory-path.ts";

/** The bytes "TELL": by them a world's file is told from any other SQLite file. */
const applicationId = 0x54_45_4c_4c;
const formatVersion = 1;

/** SQLite's result codes that say more than "damaged". */
const sqlite = { busy: 5, locked: 6, full: 13, notADatabase: 26 } as const;
const sqliteNoAccess = new Set([3, 8, 10, 14, 23]);

/**
 * `meta` has one row. Up to frame `dropped` everything is forgotten, though some rows may still be there; 0: nothing.
 * `writes` only counts: with it, even a write without rows reaches the disk, and so tells whether the disk takes it.
 */
const tables = `
  CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    seed INTEGER NOT NULL,
    tick_hz INTEGER NOT NULL,
    node TEXT NOT NULL,
    schema_hash TEXT NOT NULL,
    reached INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    writes INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE frames (
    frame INTEGER PRIMARY KEY,
    inputs BLOB NOT NULL,
    keyed INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE marks (
    frame INTEGER NOT NULL,
    worker INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (frame, worker)
  ) STRICT;
  CREATE TABLE snapshots (
    frame INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE TABLE replies (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    frame INTEGER NOT NULL,
    digest BLOB NOT NULL,
    error TEXT,
    payload BLOB NOT NULL
  ) STRICT;
  CREATE TABLE quarantine (
    frame INTEGER NOT NULL,
    round INTEGER NOT NULL,
    actor INTEGER NOT NULL,
    place INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (frame, round, actor, place)
  ) STRICT;
`;

export interface WorldFile {
  readonly database: DatabaseSync;
  readonly created: boolean;
}

/** Opens a world's file for its one writer, or creates it. Until it is closed, nobody else opens it. */
export function openWorldFile(path: string, identityOfANewWorld: WorldIdentity): WorldFile {
  return opening(path, "writing", (database) => {
    // Nothing is written before it is known whose file it is. The lock stays when the transaction ends.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    const created = isEmpty(database);
    if (!created) checkFormat(path, database);
    database.exec("COMMIT; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    if (created) create(database, identityOfANewWorld);
    return { database, created };
  });
}

/** Opens a world's file for tools. It must exist, and no server may have it. */
export function openWorldFileReadOnly(path: string): DatabaseSync {
  if (!existsSync(path)) {
    const text = `there is no world file "${path}"; valid is the path of one that exists`;
    throw new TellurionError("WORLD_FILE_INVALID", text);
  }
  return opening(path, "reading", (database) => {
    checkFormat(path, database);
    return database;
  });
}

/** Whether a path has a file that a world has begun to write: not one whose creation was interrupted. */
export function isBegun(path: string): boolean {
  if (!existsSync(path)) return false;
  let begun = false;
  opening(path, "reading", (database) => {
    begun = !isEmpty(database);
    database.close();
  });
  return begun;
}

/** Runs what reads from or opens a file; what SQLite says against it becomes an error of the catalogue. */
export function withFileErrors<T>(path: string, purpose: "reading" | "writing", run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw typedError(path, purpose, cause);
  }
}

function opening<T>(
  path: string,
  purpose: "reading" | "writing",
  use: (database: DatabaseSync) => T,
): T {
  return withFileErrors(path, purpose, () => {
    // A path that is absolute is never taken for a URI. A lock is not waited for: its owner keeps it while it runs.
    const location = path === memoryPath ? path : resolve(path);
    const database = new DatabaseSync(location, { readOnly: purpose === "reading", timeout: 0 });
    try {
      return use(database);
    } catch (cause) {
      database.close();
      throw cause;
    }
  });
}

function pragma(database: DatabaseSync, name: "application_id" | "user_version"): number {
  return database.prepare(`PRAGMA ${name}`).get()?.[name] as number;
}

/** A new file, or one whose creation was interrupted. */
function isEmpty(database: DatabaseSync): boolean {
  if (pragma(database, "application_id") !== 0) return false;
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function checkFormat(path: string, database: DatabaseSync): void {
  if (pragma(database, "application_id") !== applicationId) {
    throw new TellurionError(
      "WORLD_FILE_INVALID",
      `"${path}" is a database, but no world file; valid is a file that Tellurion has made, or a path where none is`,
    );
  }
  const version = pragma(database, "user_version");
  if (version > formatVersion) {
    throw new TellurionError(
      "WORLD_FILE_TOO_NEW",
      `the world file "${path}" has format ${version}; valid is up to ${formatVersion}: use the version of Tellurion that wrote it`,
    );
  }
}

function create(database: DatabaseSync, identity: WorldIdentity): void {
  database.exec(`BEGIN IMMEDIATE; ${tables}`);
  database
    .prepare("INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, 0, 0, 0)")
    .run(
      identity.id,
      identity.name,
      identity.seed,
      identity.tickHz,
      identity.node,
      identity.schemaHash,
    );
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}`);
  database.exec("COMMIT");
  // From now on the file itself says what it is: without its log it is not taken for one that is empty.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** SQLite's primary result code. Undefined for errors that are not SQLite's. */
function resultCode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !("errcode" in cause)) return undefined;
  return (cause.errcode as number) & 0xff;
}

function typedError(path: string, purpose: "reading" | "writing", cause: unknown): unknown {
  const code = resultCode(cause);
  if (code === undefined) return cause;
  const said = (cause as Error).message;
  if (code === sqlite.busy || code === sqlite.locked) {
    const text = `the world file "${path}" is in use (${said}); stop the process that has it open, or choose another file`;
    return new TellurionError("WORLD_FILE_IN_USE", text, { cause });
  }
  let text = `the world file "${path}" is damaged (${said}); restore a copy of it`;
  if (code === sqlite.notADatabase) {
    text = `"${path}" is no world file (${said}); valid is a file that Tellurion has made, or a path where none is`;
  } else if (code === sqlite.full) {
    text = `there is no room on the disk of the world file "${path}" (${said}); make some, or choose another place`;
  } else if (sqliteNoAccess.has(code)) {
    text =
      `the world file "${path}" cannot be opened for ${purpose} (${said}); valid is a file, in a directory, ` +
      "that this process may write, on a disk that takes writes and has room";
  }
  return new TellurionError("WORLD_FILE_INVALID", text, { cause });
}
