import type { DatabaseSync } from "node:sqlite";

export type OutboxStatements = ReturnType<typeof prepareOutbox>;

const packColumns = "stream, epoch, sequence, events, codec, schema, closed_ms, traceparent";
const readPack =
  "id, stream, epoch, sequence, events, codec, schema, closed_ms AS closedMs, traceparent, body";

/** Everything an outbox asks its file. */
export function prepareOutbox(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    readMeta: prepare("SELECT world_id AS worldId, epoch, fed, place, selection FROM meta"),
    meta: prepare(
      `INSERT INTO meta (one, world_id, epoch, fed, place, selection)
      VALUES (1, ?, ?, ?, ?, ?)
      ON CONFLICT (one) DO UPDATE SET world_id = excluded.world_id, epoch = excluded.epoch,
      fed = excluded.fed, place = excluded.place, selection = excluded.selection`,
    ),
    places: prepare("SELECT name, frame, events, next FROM streams ORDER BY name"),
    /** Where they are is NULL for streams that are configured no longer, and stays so. */
    rewind: prepare("UPDATE streams SET frame = min(frame, ?), events = 0"),
    restart: prepare("UPDATE streams SET frame = ?, events = 0"),
    renumber: prepare("UPDATE streams SET next = 1"),
    wholeFrames: prepare("UPDATE streams SET events = 0"),
    leave: prepare("UPDATE streams SET frame = NULL, events = 0 WHERE name = ?"),
    join: prepare(
      `INSERT INTO streams VALUES (?, ?, 0, 1)
      ON CONFLICT (name) DO UPDATE SET frame = excluded.frame WHERE frame IS NULL`,
    ),
    place: prepare("UPDATE streams SET frame = ?, events = ?, next = ? WHERE name = ?"),
    pack: prepare(`INSERT INTO packs (${packColumns}, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    next: prepare(`SELECT ${readPack} FROM packs WHERE id > ? ORDER BY id LIMIT 1`),
    nextOf: prepare(
      `SELECT ${readPack} FROM packs WHERE stream = ? AND id > ? ORDER BY id LIMIT 1`,
    ),
    remove: prepare("DELETE FROM packs WHERE id = ?"),
    size: prepare("SELECT count(*) AS packs, ifnull(sum(length(body)), 0) AS bytes FROM packs"),
    oldest: prepare(
      `SELECT closed_ms AS ms FROM packs WHERE id NOT IN (SELECT value FROM json_each(?))
      ORDER BY id LIMIT 1`,
    ),
    refuse: prepare(
      `INSERT INTO refused SELECT id, ${packColumns}, body, ? FROM packs WHERE id = ?`,
    ),
    refused: prepare(`SELECT ${readPack}, reason FROM refused ORDER BY id`),
    forgetRefused: prepare(
      "DELETE FROM refused WHERE id NOT IN (SELECT id FROM refused ORDER BY id DESC LIMIT ?)",
    ),
    shed: prepare(
      `INSERT INTO sheds VALUES (?, ?, ?)
      ON CONFLICT (stream, what) DO UPDATE SET events = events + excluded.events`,
    ),
    sheds: prepare("SELECT stream, what, events FROM sheds ORDER BY stream, what"),
    rates: prepare("SELECT number, topic, world_ms AS worldMs FROM rates WHERE stream = ?"),
    take: prepare(
      `INSERT INTO rates VALUES (?, ?, ?, ?)
      ON CONFLICT (stream, number, topic) DO UPDATE SET world_ms = excluded.world_ms`,
    ),
    forgetRates: prepare("DELETE FROM rates WHERE stream = ? AND world_ms <= ?"),
    forgetAllRates: prepare("DELETE FROM rates"),
  };
}
