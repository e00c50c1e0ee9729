import { rmSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { TellurionError } from "../../runtime/index.ts";
import { messageOf } from "../calls.ts";
import type { LookedAt } from "./surroundings.ts";

/** What is kept of a session. */
export interface SessionRecord {
  readonly id: string;
  readonly player: string;
  /** SHA-256 of each resume token that is good, one after another. */
  readonly tokens: Uint8Array;
  /** Topics, each with the frame after which its events count. */
  readonly topics: readonly (readonly [string, number])[];
  /** Intervals in milliseconds by topic. */
  readonly rates: readonly (readonly [string, number])[];
  readonly area: LookedAt | undefined;
  readonly acked: number;
  readonly lastReliable: number;
  readonly rewinds: number;
  /** `Session.rewoundFrom`. */
  readonly rewoundFrom: readonly number[];
}

interface SessionRow {
  readonly id: string;
  readonly player: string;
  readonly tokens: Uint8Array;
  readonly subscriptions: string;
  readonly area: string;
  readonly acked: number;
  readonly lastReliable: number;
  readonly rewinds: number;
  readonly rewoundFrom: string;
}

const format = 3;
/** How long another process may have the file locked, a copy being made of it for example. Everything waits meanwhile. */
const lockedMsMax = 500;
/** SQLITE_CORRUPT and SQLITE_NOTADB: the part of an error's code that `primaryCode` leaves. */
const damageCodes = new Set([11, 26]);
const primaryCode = 0xff;
const tables = `
  CREATE TABLE IF NOT EXISTS meta (
    format INTEGER, world TEXT, droppedThrough INTEGER, progressThrough INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, player TEXT, tokens BLOB, subscriptions TEXT, area TEXT,
    acked INTEGER, lastReliable INTEGER, rewinds INTEGER, rewoundFrom TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS frames (frame INTEGER PRIMARY KEY, events BLOB) STRICT;
`;

/**
 * Sessions and the reliable events that their clients may have missed, in a file beside the world's, so that they outlive
 * the process. Writes are not waited for: they outlive the process, but not the machine. After a power failure the file
 * may be damaged; then it is begun anew, and clients get new sessions.
 */
export class SessionFile {
  /** Hears that the disk took a write no longer: then the file is gone, for half of the truth is worse than none. */
  onLost: (reason: string) => void = () => {};
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #progress: StatementSync;
  readonly #remove: StatementSync;
  readonly #addFrame: StatementSync;
  readonly #dropFrames: StatementSync;
  readonly #noteDropped: StatementSync;
  readonly #noteThrough: StatementSync;
  #open = true;

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#progress = database.prepare(
      "UPDATE sessions SET area = ?, acked = ?, lastReliable = ? WHERE id = ?",
    );
    this.#remove = database.prepare("DELETE FROM sessions WHERE id = ?");
    this.#addFrame = database.prepare("INSERT OR IGNORE INTO frames VALUES (?, ?)");
    this.#dropFrames = database.prepare("DELETE FROM frames WHERE frame <= ?");
    this.#noteDropped = database.prepare("UPDATE meta SET droppedThrough = ?");
    this.#noteThrough = database.prepare("UPDATE meta SET progressThrough = ?");
  }

  /**
   * Opens a file, or begins it. One that is damaged, or of another format, is begun anew. Throws INVALID_OPTION for what
   * cannot be opened: a folder, or what another process has locked.
   */
  static open(path: string): SessionFile {
    try {
      return SessionFile.#tryToOpen(path);
    } catch (error) {
      if (!isOfNoUse(error)) throw notOpened(path, error);
    }
    try {
      removeFiles(path);
      return SessionFile.#tryToOpen(path);
    } catch (error) {
      throw notOpened(path, error);
    }
  }

  static #tryToOpen(path: string): SessionFile {
    const database = new DatabaseSync(path, { timeout: lockedMsMax });
    try {
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;");
      const found = database.prepare("PRAGMA quick_check(1)").get();
      if (!found || Object.values(found)[0] !== "ok") throw new UnusableFile("it is damaged");
      database.exec(tables);
      const query = database.prepare("SELECT format FROM meta");
      const meta = query.get() as { format: number } | undefined;
      if (meta && meta.format !== format) throw new UnusableFile("it has another format");
      if (!meta) database.prepare("INSERT INTO meta VALUES (?, '', 0, 0)").run(format);
      return new SessionFile(path, database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The world that it belongs to. Empty: none yet. */
  get world(): string {
    return String(this.#meta("world"));
  }

  get droppedThrough(): number {
    return Number(this.#meta("droppedThrough"));
  }

  /** Up to this frame it is known what each session was sent. */
  get progressThrough(): number {
    return Number(this.#meta("progressThrough"));
  }

  setWorld(id: string): void {
    this.#write(() => this.#database.prepare("UPDATE meta SET world = ?").run(id));
  }

  clear(): void {
    const tables = "DELETE FROM sessions; DELETE FROM frames";
    const reset = "UPDATE meta SET world = '', droppedThrough = 0, progressThrough = 0";
    this.#write(() => this.#database.exec(`${tables}; ${reset}`));
  }

  sessions(): SessionRecord[] {
    const rows = this.#database.prepare("SELECT * FROM sessions").all() as unknown as SessionRow[];
    return rows.map(({ subscriptions, area, rewoundFrom, ...row }) => ({
      ...row,
      area: (JSON.parse(area) as LookedAt | null) ?? undefined,
      rewoundFrom: JSON.parse(rewoundFrom) as number[],
      ...(JSON.parse(subscriptions) as Pick<SessionRecord, "topics" | "rates">),
    }));
  }

  put(session: SessionRecord): void {
    this.#write(() => this.#putOne(session));
  }

  putAll(sessions: readonly SessionRecord[]): void {
    this.#together(() => {
      for (const session of sessions) this.#putOne(session);
    });
  }

  /** How far clients have come, and where they look by then, as of a frame. */
  noteProgress(
    sessions: Iterable<Pick<SessionRecord, "id" | "area" | "acked" | "lastReliable">>,
    through: number,
  ): void {
    this.#together(() => {
      for (const { id, area, acked, lastReliable } of sessions) {
        this.#progress.run(areaText(area), acked, lastReliable, id);
      }
      this.#noteThrough.run(through);
    });
  }

  remove(id: string): void {
    this.#write(() => this.#remove.run(id));
  }

  frames(): { readonly frame: number; readonly events: Uint8Array }[] {
    const rows = this.#database.prepare("SELECT frame, events FROM frames ORDER BY frame").all();
    return rows as unknown as { frame: number; events: Uint8Array }[];
  }

  addFrame(frame: number, events: Uint8Array): void {
    this.#write(() => this.#addFrame.run(frame, events));
  }

  /** Frames up to this one are not needed any more. */
  dropFrames(through: number): void {
    this.#together(() => {
      this.#dropFrames.run(through);
      this.#noteDropped.run(through);
    });
  }

  /** Frames from this one on did not last. */
  forgetFrames(from: number): void {
    const marks =
      "droppedThrough = MIN(droppedThrough, ?1), progressThrough = MIN(progressThrough, ?1)";
    this.#together(() => {
      this.#database.prepare("DELETE FROM frames WHERE frame >= ?").run(from);
      this.#database.prepare(`UPDATE meta SET ${marks}`).run(from - 1);
    });
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#database.close();
  }

  #putOne({ id, player, tokens, topics, rates, area, ...progress }: SessionRecord): void {
    const subscriptions = JSON.stringify({ topics, rates });
    const { acked, lastReliable, rewinds } = progress;
    const rewoundFrom = JSON.stringify(progress.rewoundFrom);
    const kept = [id, player, tokens, subscriptions, areaText(area)] as const;
    this.#put.run(...kept, acked, lastReliable, rewinds, rewoundFrom);
  }

  #meta(column: "world" | "droppedThrough" | "progressThrough"): unknown {
    const query = this.#database.prepare(`SELECT ${column} AS found FROM meta`);
    return (query.get() as { found: unknown } | undefined)?.found;
  }

  #together(write: () => void): void {
    this.#write(() => {
      this.#database.exec("BEGIN");
      write();
      this.#database.exec("COMMIT");
    });
  }

  #write(write: () => void): void {
    if (!this.#open) return;
    try {
      write();
    } catch (error) {
      this.close();
      removeFiles(this.#path);
      this.onLost(messageOf(error));
    }
  }
}

function areaText(area: LookedAt | undefined): string {
  return JSON.stringify(area ?? null);
}

class UnusableFile extends Error {}

/** What is in the file is of no use to anybody: not only for the moment, and not only to this process. */
function isOfNoUse(error: unknown): boolean {
  if (error instanceof UnusableFile) return true;
  const { errcode } = error as { readonly errcode?: number };
  return errcode !== undefined && damageCodes.has(errcode & primaryCode);
}

function notOpened(path: string, error: unknown): TellurionError {
  return new TellurionError(
    "INVALID_OPTION",
    `the file of the sessions, ${path}, cannot be opened: ${messageOf(error)}; ` +
      "valid is a file that can be written, and that no other process has locked",
  );
}

function removeFiles(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
}
