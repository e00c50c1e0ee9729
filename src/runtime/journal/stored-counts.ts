import type { DatabaseSync } from "node:sqlite";

/** How many rows a world's file has of each kind, without those that are forgotten. */
export interface StoredCounts {
  /** Frames that took something from outside. */
  readonly frames: number;
  readonly snapshots: number;
  readonly marks: number;
  /** Answers under idempotency keys. */
  readonly replies: number;
  /** What was put in quarantine, and when, for people. */
  readonly quarantine: readonly { readonly frame: number; readonly text: string }[];
}

/** `dropped`: what came up to this frame is forgotten. */
export function readCounts(database: DatabaseSync, dropped: number): StoredCounts {
  const count = (table: string, from: number): number => {
    const statement = database.prepare(`SELECT count(*) AS rows FROM ${table} WHERE frame >= ?`);
    const { rows } = statement.get(from) as { rows: number };
    return rows;
  };
  const quarantine = database
    .prepare("SELECT frame, text FROM quarantine WHERE frame > ? ORDER BY frame, round, actor")
    .all(dropped)
    .map((row) => ({ ...row })) as unknown as StoredCounts["quarantine"];
  return {
    frames: count("frames", dropped + 1),
    snapshots: count("snapshots", dropped),
    marks: count("marks", dropped + 1),
    replies: count("replies", 0),
    quarantine,
  };
}
