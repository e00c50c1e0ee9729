import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JournalBatch, QuarantineEntry } from "../../src/runtime/journal/entries.ts";
import type { WorldIdentity } from "../../src/runtime/journal/history.ts";
import { JournalStore } from "../../src/runtime/journal/journal-store.ts";
import type { JournalDisk } from "../../src/runtime/journal/journal-writer.ts";
import type { Retention } from "../../src/runtime/journal/retention.ts";

let files = 0;

/**
 * A world's file, which outlives the processes that write it: what has been written stays, whatever happens to them. It
 * can be full. On a file of its own, rows can be damaged while no process runs.
 */
export class SimulatedDisk implements JournalDisk {
  isFull = false;
  /** All that was ever put in quarantine. */
  readonly quarantine: QuarantineEntry[] = [];
  readonly #identity: WorldIdentity;
  readonly #retention: Retention;
  readonly #path: string;
  #store: JournalStore;

  constructor(identity: WorldIdentity, retention: Retention, isFile: boolean) {
    files += 1;
    this.#identity = identity;
    this.#retention = retention;
    const name = `tellurion-simulation-${process.pid}-${files}`;
    this.#path = isFile ? join(tmpdir(), name) : ":memory:";
    this.#store = JournalStore.open(this.#path, identity, retention);
  }

  get store(): JournalStore {
    return this.#store;
  }

  write(batch: JournalBatch): void {
    if (this.isFull) throw new Error("database or disk is full");
    this.#store.write(batch);
    this.quarantine.push(...batch.quarantine);
  }

  /** Flips bits of the newest snapshot, if the world can do without it. Between two processes only. */
  damageNewestSnapshot(): void {
    const frames = this.#store.snapshotFrames();
    const newest = frames.at(-1);
    if (this.#path === ":memory:" || newest === undefined) return;
    const others = frames.slice(0, -1).filter((frame) => this.#store.snapshotAt(frame));
    if (others.length === 0 && this.#store.oldest() > 0) return;
    this.#store.close();
    const database = new DatabaseSync(this.#path);
    const { body } = database
      .prepare("SELECT body FROM snapshots WHERE frame = ?")
      .get(newest) as unknown as { body: Uint8Array };
    const damaged = Uint8Array.from(body, (byte, i) => (i % 64 === 5 ? byte ^ 0x10 : byte));
    database.prepare("UPDATE snapshots SET body = ? WHERE frame = ?").run(damaged, newest);
    database.close();
    this.#store = JournalStore.open(this.#path, this.#identity, this.#retention);
  }

  destroy(): void {
    this.#store.close();
    if (this.#path === ":memory:") return;
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${this.#path}${suffix}`, { force: true });
  }
}
