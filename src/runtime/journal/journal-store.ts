import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type ErrorCode, TellurionError } from "../errors.ts";
import type { FrameEntry, JournalBatch, StoredSnapshot } from "./entries.ts";
import type { History, WorldIdentity } from "./history.ts";
import { memoryPath } from "./memory-path.ts";
import { defaultRetention, type Retention, sortSnapshots } from "./retention.ts";
import { packSnapshot, type SnapshotRow, unpackSnapshot } from "./snapshot-row.ts";
import { readCounts, type StoredCounts } from "./stored-counts.ts";
import { readWalTail } from "./wal-tail.ts";
import { openWorldFile, openWorldFileReadOnly, withFileErrors } from "./world-file.ts";

/** Forgotten rows that one write deletes of each table, besides as many as it adds: the rest waits for the next. */
const rowsDeletedPerWrite = 512;
/** Snapshots are large. */
const snapshotsDeletedPerWrite = 4;

/** What one frame took from outside, as it is read back. */
export type StoredFrame = Pick<FrameEntry, "frame" | "inputs" | "keyed">;

type Meta = WorldIdentity & { readonly reached: number; readonly dropped: number };

/**
 * The file of one world: what came from outside, and snapshots from which to go on. Each write is one transaction that
 * is on the disk when it returns. What is forgotten is so at once, by `dropped`; its rows are deleted little by little,
 * so that no write takes long.
 */
export class JournalStore {
  /** The file was made by this opening. */
  readonly created: boolean;

  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #retention: Retention;
  readonly #insert: InsertStatements;
  readonly #forget: ForgetStatements;
  readonly #problems: string[] = [];
  #identity: WorldIdentity;
  #reached: number;
  /** What came up to this frame is forgotten; a snapshot of it is there, unless it is 0. */
  #dropped: number;
  /** There may be rows of what is forgotten. */
  #sweeping = true;

  /** Opens a world's file for writing, or creates it. No other process opens it as long as it is not closed. */
  static open(
    path: string,
    identityOfANewWorld: WorldIdentity,
    retention: Retention = defaultRetention,
  ): JournalStore {
    const torn = path === memoryPath ? 0 : tornBytes(path);
    const { database, created } = openWorldFile(path, identityOfANewWorld);
    return new JournalStore(path, database, created, torn, retention);
  }

  /** For tools: opens a file that exists and that no server has open. */
  static openReadOnly(path: string): JournalStore {
    const torn = tornBytes(path);
    return new JournalStore(path, openWorldFileReadOnly(path), false, torn, defaultRetention);
  }

  private constructor(
    path: string,
    database: DatabaseSync,
    created: boolean,
    torn: number,
    retention: Retention,
  ) {
    this.#path = path;
    this.#database = database;
    this.created = created;
    this.#retention = retention;
    try {
      const [meta, insert, forget] = withFileErrors(path, "reading", () => {
        const found = readMeta(path, database);
        return [found, prepareInserts(database), prepareForgetting(database)] as const;
      });
      ({ reached: this.#reached, dropped: this.#dropped, ...this.#identity } = meta);
      this.#insert = insert;
      this.#forget = forget;
    } catch (error) {
      database.close();
      throw error;
    }
    if (torn > 0) {
      const text = `a torn tail of ${torn} bytes was cut: it was being written when the last process ended`;
      this.#problems.push(`${text}; the world goes on from frame ${this.#reached}`);
    }
  }

  get identity(): WorldIdentity {
    return this.#identity;
  }

  /** The last frame that the world is known to have come to. */
  get reached(): number {
    return this.#reached;
  }

  /** What was found at opening or in reading the history, and mended, that people should know of. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Notes which versions write the file from now on. */
  adopt(node: string, schemaHash: string): void {
    withFileErrors(this.#path, "writing", () => {
      this.#database
        .prepare("UPDATE meta SET node = ?, schema_hash = ?, writes = writes + 1")
        .run(node, schemaHash);
    });
    this.#identity = { ...this.#identity, node, schemaHash };
  }

  /** Writes all of a batch or, when it throws SQLite's error, nothing of it: then it may be tried again. */
  write(batch: JournalBatch): void {
    const reached = Math.max(this.#reached, batch.reached);
    this.#database.exec("BEGIN IMMEDIATE");
    let dropped: number;
    let swept = true;
    try {
      this.#insertRows(batch);
      dropped = this.#retain(batch, reached);
      this.#insert.progress.run(reached, dropped);
      if (this.#sweeping || batch.snapshot !== undefined) swept = this.#sweep(batch, dropped);
      if (batch.replies.length > 0) this.#forgetReplies(batch.replies.length);
      this.#database.exec("COMMIT");
    } catch (error) {
      rollBack(this.#database);
      throw error;
    }
    this.#reached = reached;
    this.#dropped = dropped;
    this.#sweeping = !swept;
  }

  /**
   * What a world goes on from, or, with `at`, what leads to that frame. It begins with the newest good snapshot, or, with
   * `since`, with the newest one that is no later than that.
   */
  history(at?: number, since = Number.MAX_SAFE_INTEGER): History {
    if (at !== undefined && at < this.oldest()) throw this.#forgotten(at);
    return withFileErrors(this.#path, "reading", () => {
      const end = Math.min(at ?? this.#reached, this.#reached);
      const snapshot = this.#newestGoodSnapshot(Math.min(at ?? since, since));
      const from = snapshot?.frame ?? 0;
      const to = at ?? Number.MAX_SAFE_INTEGER;
      return {
        identity: this.#identity,
        snapshot,
        frames: [...this.framesBetween(from + 1, to)],
        marks: readMarks(this.#database, from, to),
        quarantine: readQuarantine(this.#database, from, to),
        replies: readReplies(this.#database),
        reached: Math.max(end, from),
      };
    });
  }

  /** Frames of all snapshots from which a replay can begin, ascending. They may turn out to be damaged. */
  snapshotFrames(): number[] {
    return this.#database
      .prepare("SELECT frame FROM snapshots WHERE frame >= ? ORDER BY frame")
      .all(this.#dropped)
      .map((row) => (row as unknown as { frame: number }).frame);
  }

  /** Undefined when the snapshot is damaged. */
  snapshotAt(frame: number): StoredSnapshot | undefined {
    const body = readSnapshot(this.#database, frame);
    return body && { frame, body };
  }

  counts(): StoredCounts {
    return withFileErrors(this.#path, "reading", () => readCounts(this.#database, this.#dropped));
  }

  /** The first frame from which a replay can begin; 0: the world's beginning. */
  oldest(): number {
    return this.#dropped;
  }

  /** What one frame took from outside. Undefined when it took nothing, or is forgotten. */
  inputsOf(frame: number): Uint8Array | undefined {
    for (const found of this.framesBetween(frame, frame)) return found.inputs;
    return undefined;
  }

  /** Frames that took something from outside, from `from` up to and with `to`, in their order. */
  *framesBetween(from: number, to: number): Generator<StoredFrame> {
    const statement = this.#database.prepare(
      "SELECT frame, inputs, keyed FROM frames WHERE frame BETWEEN ? AND ? ORDER BY frame",
    );
    statement.setReturnArrays(true);
    const rows = statement.iterate(Math.max(from, this.#dropped + 1), to);
    for (const row of rows as Iterable<unknown>) {
      const [frame, inputs, keyed] = row as [number, Uint8Array, number];
      yield { frame, inputs, keyed: keyed === 1 };
    }
  }

  close(): void {
    this.#database.close();
  }

  #insertRows(batch: JournalBatch): void {
    const { frame, mark, reply, quarantine, snapshot } = this.#insert;
    for (const entry of batch.frames) frame.run(entry.frame, entry.inputs, entry.keyed ? 1 : 0);
    for (const { frame: at, worker, hashes } of batch.marks) {
      mark.run(at, worker, new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength));
    }
    for (const { key, frame: at, digest, error, payload } of batch.replies) {
      reply.run(key, at, digest, error ?? null, payload);
    }
    for (const { frame: at, round, actor, place, text } of batch.quarantine) {
      quarantine.run(at, round, actor, place, text);
    }
    if (batch.snapshot === undefined) return;
    const row = packSnapshot(batch.snapshot.body);
    snapshot.run(batch.snapshot.frame, row.size, row.sha256, row.body);
  }

  /** Decides over what is forgotten now that a batch has come, and returns the frame up to which it is. */
  #retain(batch: JournalBatch, reached: number): number {
    if (batch.snapshot === undefined) return this.#dropped;
    if (batch.afterGap) return batch.snapshot.frame;
    const frames = this.snapshotFrames();
    const { oldest, thinned } = sortSnapshots(frames, this.#dropped, reached, this.#retention);
    for (const frame of thinned.slice(0, snapshotsDeletedPerWrite))
      this.#forget.snapshot.run(frame);
    return oldest;
  }

  /** Deletes some of what is forgotten. True when nothing of it is left. */
  #sweep(batch: JournalBatch, dropped: number): boolean {
    const limit = rowsDeletedPerWrite + batch.frames.length + batch.marks.length;
    const { frames, marks, quarantine, snapshots } = this.#forget;
    let swept = true;
    for (const table of [frames, marks, quarantine]) {
      if (Number(table.run(dropped, limit).changes) === limit) swept = false;
    }
    const { changes } = snapshots.run(dropped, snapshotsDeletedPerWrite);
    return swept && Number(changes) < snapshotsDeletedPerWrite;
  }

  #forgetReplies(added: number): void {
    this.#forget.replies.run(this.#retention.repliesMax, rowsDeletedPerWrite + added);
  }

  #newestGoodSnapshot(at: number): StoredSnapshot | undefined {
    const frames = this.snapshotFrames().filter((frame) => frame <= at);
    for (const frame of frames.reverse()) {
      const body = readSnapshot(this.#database, frame);
      if (body !== undefined) return { frame, body };
      const text = `the snapshot of frame ${frame} is damaged and was skipped`;
      if (!this.#problems.includes(text)) this.#problems.push(text);
    }
    if (this.#dropped === 0) return undefined;
    throw new TellurionError(
      "WORLD_FILE_INVALID",
      `the world file "${this.#path}" has no good snapshot, and frames up to ${this.#dropped} are forgotten; restore a copy of it`,
    );
  }

  #forgotten(at: number): TellurionError {
    const text = `frame ${at} of the world file "${this.#path}" is forgotten`;
    const valid = `valid are frames from ${this.oldest()} to ${this.#reached}`;
    return new TellurionError("INVALID_OPTION", `${text}; ${valid}`);
  }
}

type InsertStatements = ReturnType<typeof prepareInserts>;
type ForgetStatements = ReturnType<typeof prepareForgetting>;

/** A row that is already there is replaced. A reply keeps its place among the others. */
function prepareInserts(database: DatabaseSync) {
  return {
    frame: database.prepare("INSERT OR REPLACE INTO frames VALUES (?, ?, ?)"),
    mark: database.prepare("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)"),
    quarantine: database.prepare("INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?)"),
    snapshot: database.prepare("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)"),
    reply: database.prepare(
      `INSERT INTO replies (key, frame, digest, error, payload) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET frame = excluded.frame, digest = excluded.digest,
        error = excluded.error, payload = excluded.payload`,
    ),
    progress: database.prepare("UPDATE meta SET reached = ?, dropped = ?, writes = writes + 1"),
  };
}

function prepareForgetting(database: DatabaseSync) {
  const rowsUpTo = (table: string): StatementSync =>
    database.prepare(
      `DELETE FROM ${table} WHERE rowid IN
      (SELECT rowid FROM ${table} WHERE frame <= ? ORDER BY frame LIMIT ?)`,
    );
  return {
    frames: rowsUpTo("frames"),
    marks: rowsUpTo("marks"),
    quarantine: rowsUpTo("quarantine"),
    snapshots: database.prepare(
      `DELETE FROM snapshots WHERE frame IN
      (SELECT frame FROM snapshots WHERE frame < ? ORDER BY frame LIMIT ?)`,
    ),
    snapshot: database.prepare("DELETE FROM snapshots WHERE frame = ?"),
    replies: database.prepare(
      `DELETE FROM replies WHERE number IN
      (SELECT number FROM replies WHERE number <= (SELECT max(number) FROM replies) - ?
        ORDER BY number LIMIT ?)`,
    ),
  };
}

/** SQLite may have rolled back by itself, or not be able to: the error that led here is the one to tell. */
function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec("ROLLBACK");
  } catch {}
}

function readMeta(path: string, database: DatabaseSync): Meta {
  const row = database
    .prepare(
      `SELECT id, name, seed, tick_hz AS tickHz, node, schema_hash AS schemaHash, reached, dropped
      FROM meta`,
    )
    .get();
  if (row !== undefined) return { ...row } as unknown as Meta;
  const text = `the world file "${path}" is damaged (it does not say whose it is); restore a copy of it`;
  throw new TellurionError("WORLD_FILE_INVALID", text);
}

/** Undefined when the snapshot, or what SQLite keeps it in, is damaged. */
function readSnapshot(database: DatabaseSync, frame: number): Uint8Array | undefined {
  try {
    const row = database
      .prepare("SELECT size, sha256, body FROM snapshots WHERE frame = ?")
      .get(frame);
    return row && unpackSnapshot(row as unknown as SnapshotRow);
  } catch {
    return undefined;
  }
}

function readMarks(database: DatabaseSync, after: number, to: number): History["marks"] {
  const rows = database
    .prepare(
      "SELECT frame, hashes FROM marks WHERE frame > ? AND frame <= ? ORDER BY frame, worker",
    )
    .all(after, to) as unknown as { frame: number; hashes: Uint8Array }[];
  // A copy of its own begins where 32-bit words may begin. All machines that Node runs on here are little-endian.
  return rows.map(({ frame, hashes }) => {
    return { frame, hashes: new Int32Array(Uint8Array.from(hashes).buffer) };
  });
}

function readQuarantine(database: DatabaseSync, after: number, to: number): History["quarantine"] {
  const rows = database
    .prepare(
      `SELECT frame, round, actor, place FROM quarantine WHERE frame > ? AND frame <= ?
      ORDER BY frame, round, actor, place`,
    )
    .all(after, to);
  return rows.map((row) => ({ ...row })) as unknown as History["quarantine"];
}

function readReplies(database: DatabaseSync): History["replies"] {
  const rows = database
    .prepare("SELECT key, frame, digest, error, payload FROM replies ORDER BY number")
    .all();
  type Row = Omit<History["replies"][number], "error"> & { readonly error: ErrorCode | null };
  return (rows as unknown as Row[]).map((row) => ({ ...row, error: row.error ?? undefined }));
}

/**
 * Bytes of a transaction that was being written when the last process ended. Throws WORLD_FILE_INVALID when more than
 * that does not count: since a transaction begins when the one before is on the disk, something has damaged them.
 */
function tornBytes(path: string): number {
  const { bytes, commits, from } = readWalTail(`${path}-wal`);
  if (commits <= 1) return bytes;
  throw new TellurionError(
    "WORLD_FILE_INVALID",
    `"${path}-wal" is damaged from byte ${from} on: ${commits} transactions behind it are lost; restore a copy of it ` +
      "and of the world file, or cut it there to go on without them",
  );
}
