import { DatabaseSync, type StatementSync } from "node:sqlite";

/** The effects of a consumer, in its file: how many events of each topic it has had, and what was wrong with them. */
export class Effects {
  readonly database: DatabaseSync;
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #note: StatementSync;

  constructor(file: string) {
    this.database = new DatabaseSync(file);
    this.database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 10000;
      CREATE TABLE IF NOT EXISTS topics (
        topic TEXT PRIMARY KEY, last INTEGER NOT NULL, count INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS problems (text TEXT NOT NULL) STRICT`);
    this.#read = this.database.prepare("SELECT last, count FROM topics WHERE topic = ?");
    this.#write = this.database.prepare("INSERT OR REPLACE INTO topics VALUES (?, ?, ?)");
    this.#note = this.database.prepare("INSERT INTO problems VALUES (?)");
  }

  /** Within a transaction of the caller. `number`: what the event says which one of its topic it is. */
  take(events: Iterable<{ readonly topic: string; readonly number: number }>): void {
    const topics = new Map<string, { last: number; count: number }>();
    for (const { topic, number } of events) {
      const effects = topics.get(topic) ?? this.of(topic);
      topics.set(topic, effects);
      if (number !== effects.last + 1) this.note(`${topic}: ${number} after ${effects.last}`);
      effects.last = number;
      effects.count += 1;
    }
    for (const [topic, { last, count }] of topics) this.#write.run(topic, last, count);
  }

  note(problem: string): void {
    this.#note.run(problem);
  }

  of(topic: string): { last: number; count: number } {
    const row = this.#read.get(topic);
    return { last: Number(row?.["last"] ?? 0), count: Number(row?.["count"] ?? 0) };
  }

  get total(): number {
    return Number(this.database.prepare("SELECT SUM(count) AS n FROM topics").get()?.["n"] ?? 0);
  }

  get problems(): string[] {
    const rows = this.database.prepare("SELECT text FROM problems").all();
    return rows.map((row) => String(row["text"]));
  }
}
