import type { DatabaseSync } from "node:sqlite";
import type { Range, StreamPosition } from "./position.ts";
import type { PositionStore } from "./position-store.ts";

/**
 * Keeps positions in a database of the service: what the handler writes to the same database is committed with them. Other
 * transactions on this connection are not to begin while a handler runs.
 */
export class SqlitePositions implements PositionStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(
      `CREATE TABLE IF NOT EXISTS stream_positions (
        stream TEXT NOT NULL, epoch TEXT NOT NULL, next INTEGER NOT NULL, missing TEXT NOT NULL,
        PRIMARY KEY (stream, epoch)) STRICT, WITHOUT ROWID`,
    );
  }

  load(): readonly StreamPosition[] {
    const rows = this.#database.prepare(
      "SELECT stream, epoch, next, missing FROM stream_positions",
    );
    return rows.all().map(({ stream, epoch, next, missing }) => ({
      stream: String(stream),
      epoch: String(epoch),
      next: Number(next),
      missing: JSON.parse(String(missing)) as Range[],
    }));
  }

  async commit(position: StreamPosition, work: () => void | Promise<void>): Promise<void> {
    const { stream, epoch, next, missing } = position;
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      await work();
      this.#database
        .prepare("INSERT OR REPLACE INTO stream_positions VALUES (?, ?, ?, ?)")
        .run(stream, epoch, next, JSON.stringify(missing));
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
