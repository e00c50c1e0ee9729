import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TellurionError } from "../../runtime/index.ts";

/** For `openOutboxFile`: it is kept in memory, and ends with the process. */
export const outboxInMemory = ":memory:";

/** The bytes "TELO": by them an outbox is told from any other SQLite file. */
const applicationId = 0x54_45_4c_4f;
const formatVersion = 2;

/** SQLite's result codes of a file that somebody else has open. */
const busy = new Set([5, 6]);
/** Of one whose bytes make no sense, in part or as a whole. */
const damaged = new Set([11, 26]);

/**
 * `meta` has one row; `fed` are the numbers of the events that marks count, `selection` which stream takes
 * which of them, `place` what tells the file from its copies. A stream's row stays when it is configured no
 * longer, so that its numbers go on where it comes back; `frame` is then NULL. Numbers of packs (`id`) are never used again.
 */
const tables = `
  CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    world_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    fed TEXT NOT NULL,
    place TEXT NOT NULL,
    selection TEXT NOT NULL
  ) STRICT;
  CREATE TABLE streams (
    name TEXT PRIMARY KEY,
    frame INTEGER,
    events INTEGER NOT NULL,
    next INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE packs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    epoch TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    events INTEGER NOT NULL,
    codec TEXT NOT NULL,
    schema TEXT NOT NULL,
    closed_ms INTEGER NOT NULL,
    traceparent TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX packs_by_stream ON packs (stream, id);
  CREATE TABLE refused (
    id INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    epoch TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    events INTEGER NOT NULL,
    codec TEXT NOT NULL,
    schema TEXT NOT NULL,
    closed_ms INTEGER NOT NULL,
    traceparent TEXT NOT NULL,
    body BLOB NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE TABLE sheds (
    stream TEXT NOT NULL,
    what TEXT NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (stream, what)
  ) STRICT;
  CREATE TABLE rates (
    stream TEXT NOT NULL,
    number INTEGER NOT NULL,
    topic TEXT NOT NULL,
    world_ms INTEGER NOT NULL,
    PRIMARY KEY (stream, number, topic)
  ) STRICT;
`;

/** What format 2 knows beside format 1. */
const sinceFormat1 = `
  ALTER TABLE meta ADD COLUMN place TEXT NOT NULL DEFAULT '';
  ALTER TABLE meta ADD COLUMN selection TEXT NOT NULL DEFAULT '';
`;

/** What is damaged among what a start needs is found at once. */
const readThrough = `
  SELECT * FROM meta; SELECT * FROM streams ORDER BY name;
  SELECT * FROM sheds ORDER BY stream, what; SELECT * FROM rates ORDER BY stream, number, topic;
  SELECT sum(length(body)) FROM packs; SELECT stream, id FROM packs ORDER BY stream, id;
`;

/**
 * Opens an outbox for its one writer, or creates it. Throws WORLD_FILE_IN_USE, WORLD_FILE_INVALID and WORLD_FILE_TOO_NEW:
 * it belongs to a world's file.
 */
export function openOutboxFile(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    // A path that is absolute is never taken for a URI.
    const location = path === outboxInMemory ? path : resolve(path);
    database = new DatabaseSync(location, { timeout: 0 });
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    const created = isEmpty(database);
    if (created) create(database);
    else {
      if (formatOf(path, database) < formatVersion) upgrade(database);
      database.exec(readThrough);
    }
    database.exec("COMMIT; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    return database;
  } catch (cause) {
    database?.close();
    throw typedError(path, cause);
  }
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function create(database: DatabaseSync): void {
  database.exec(tables);
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}`);
}

function upgrade(database: DatabaseSync): void {
  database.exec(`${sinceFormat1}; PRAGMA user_version = ${formatVersion}`);
}

/** Throws WORLD_FILE_INVALID and WORLD_FILE_TOO_NEW. */
function formatOf(path: string, database: DatabaseSync): number {
  const pragma = (name: "application_id" | "user_version") =>
    database.prepare(`PRAGMA ${name}`).get()?.[name];
  if (pragma("application_id") !== applicationId) {
    const text = `"${path}" is a database, but no outbox; valid is one that Tellurion has made, or a path where none is`;
    throw new TellurionError("WORLD_FILE_INVALID", text);
  }
  const version = pragma("user_version") as number;
  if (version <= formatVersion) return version;
  const text = `the outbox "${path}" has format ${version}; valid is up to ${formatVersion}: use the version of Tellurion that wrote it`;
  throw new TellurionError("WORLD_FILE_TOO_NEW", text);
}

function typedError(path: string, cause: unknown): unknown {
  if (cause instanceof TellurionError || !(cause instanceof Error) || !("errcode" in cause)) {
    return cause;
  }
  if (busy.has((cause.errcode as number) & 0xff)) {
    const text = `the outbox "${path}" is in use (${cause.message}); stop the process that has it open`;
    return new TellurionError("WORLD_FILE_IN_USE", text, { cause });
  }
  if (damaged.has((cause.errcode as number) & 0xff)) {
    const text =
      `the outbox "${path}" is damaged, or no outbox (${cause.message}); move it and "${path}-wal" away and start again: ` +
      "what it held does not go out, and a new epoch begins";
    return new TellurionError("WORLD_FILE_INVALID", text, { cause });
  }
  const text =
    `the outbox "${path}" cannot be used (${cause.message}); valid is one that Tellurion has made, or a path where none is, ` +
    "on a disk that takes writes and has room";
  return new TellurionError("WORLD_FILE_INVALID", text, { cause });
}
