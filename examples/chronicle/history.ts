import { DatabaseSync, type StatementSync } from "node:sqlite";
import { toJson } from "@bufbuild/protobuf";
import { EventType, type WorldEvent } from "../../clients/consumer/src/index.ts";
import { SqlitePositions } from "../../clients/consumer/src/sqlite-positions.ts";

export interface Selection {
  readonly topic?: string | undefined;
  /** Entries after this one. */
  readonly after: number;
  readonly limit: number;
}

/** The world's history in a file: an entry for each event, and how far it has come, in one transaction. */
export class History {
  readonly positions: SqlitePositions;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE IF NOT EXISTS events (
        entry INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
        frame INTEGER NOT NULL, world_time_ms INTEGER NOT NULL, topic TEXT NOT NULL,
        source TEXT NOT NULL, message TEXT NOT NULL) STRICT;
      CREATE INDEX IF NOT EXISTS events_by_topic ON events (topic, entry)`);
    this.#insert = this.#database.prepare(
      `INSERT OR IGNORE INTO events (event_id, type, frame, world_time_ms, topic, source, message)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.positions = new SqlitePositions(this.#database);
  }

  /** Throws when the event's message cannot be read. */
  add(event: WorldEvent): void {
    const { eventId, eventType, frame, worldTimeMs, topic, source, schema } = event;
    const type = Object.entries(EventType).find(([, number]) => number === eventType)?.[0];
    // An event of a newer world is kept without its message.
    const message = schema ? JSON.stringify(toJson(schema, event.as(schema))) : "null";
    this.#insert.run(eventId, type ?? `${eventType}`, frame, worldTimeMs, topic, source, message);
  }

  read({ topic, after, limit }: Selection): unknown[] {
    const where = topic === undefined ? "entry > ?" : "entry > ? AND topic = ?";
    const rows = this.#database
      .prepare(`SELECT * FROM events WHERE ${where} ORDER BY entry LIMIT ?`)
      .all(...(topic === undefined ? [after, limit] : [after, topic, limit]));
    return rows.map((row) => ({ ...row, message: JSON.parse(String(row["message"])) as unknown }));
  }

  close(): void {
    this.#database.close();
  }
}
