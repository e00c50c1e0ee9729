import type { DatabaseSync } from "node:sqlite";
import type { FeedEnd, FeedMark } from "../../runtime/index.ts";
import { newEpochOf } from "./epoch.ts";
import { openOutboxFile } from "./outbox-file.ts";
import { placeOf } from "./outbox-place.ts";
import { type OutboxStatements, prepareOutbox } from "./outbox-statements.ts";
import type { Mark } from "./pack.ts";
import type { TakenAt } from "./rate.ts";

/** How the body of a message was made, as its attribute says. */
export type PackCodec = "raw" | "zstd" | "event" | "json";

/** What does not change any more. */
export interface ClosedPack {
  readonly stream: string;
  readonly epoch: string;
  /** From 1, without gaps in a stream and epoch. */
  readonly sequence: number;
  readonly events: number;
  readonly codec: PackCodec;
  /** Hash of the schema that its events were encoded with. */
  readonly schema: string;
  /** Milliseconds since 1970. */
  readonly closedMs: number;
  /** W3C trace context. Empty: it is not traced. */
  readonly traceparent: string;
  readonly body: Uint8Array;
}

export type StoredPack = ClosedPack & { readonly id: number };

/** Events that were left out, and why: their class where there was no room, or they were too large for any message. */
export interface ShedCount {
  readonly stream: string;
  readonly what: ShedReason;
  readonly events: number;
}

export type ShedReason = "cosmetic" | "latest-wins" | "reliable" | "too-large";

/** How far a stream has come. */
export interface StreamPlace {
  readonly name: string;
  readonly mark: Mark;
  /** Number of its next pack. */
  readonly next: number;
}

interface MetaRow {
  readonly worldId: string;
  readonly epoch: string;
  readonly fed: string;
  /** Empty: it was written before places were. */
  readonly place: string;
  readonly selection: string;
}

interface StreamRow {
  readonly name: string;
  readonly frame: number | null;
  readonly events: number;
  readonly next: number;
}

/** What one transaction writes. */
export interface OutboxBatch {
  readonly packs: readonly ClosedPack[];
  readonly streams: readonly StreamPlace[];
  readonly sheds: readonly ShedCount[];
  readonly taken: readonly { readonly stream: string; readonly taken: TakenAt }[];
  /** What a stream took up to this world time holds nothing back any more. */
  readonly forget: readonly { readonly stream: string; readonly worldMs: number }[];
}

export interface OutboxOptions {
  /** Begin a new epoch whatever is found: nothing in the file may tell that it is a copy. */
  readonly newEpoch?: boolean;
  /** Which stream takes which events, as `selectionText` writes it. */
  readonly selection?: string;
}

/** Packs that are kept to be looked at, though nobody will ever take them; older ones make room. */
const refusedMax = 1_000;

/**
 * Packs on their way, in a file beside the world's: what a pack holds, the world need not make again. Each write is one
 * transaction that is on the disk when it returns. An event is in the outbox, or behind its stream's mark: never both.
 */
export class Outbox {
  readonly #database: DatabaseSync;
  readonly #statements: OutboxStatements;
  readonly #streams: readonly string[];
  readonly #published = new Set<number>();
  readonly #since: FeedMark | undefined;
  readonly #place: string;
  readonly #newEpoch: boolean;
  readonly #selection: string;
  #epoch: string;
  #packs: number;
  #bytes: number;

  /** `streams` are those of the configuration. Throws what `openOutboxFile` throws. */
  constructor(path: string, streams: readonly string[], options: OutboxOptions = {}) {
    this.#database = openOutboxFile(path);
    this.#place = placeOf(path);
    this.#newEpoch = options.newEpoch ?? false;
    this.#selection = options.selection ?? "";
    this.#statements = prepareOutbox(this.#database);
    this.#streams = streams;
    const { packs, bytes } = this.#statements.size.get() as { packs: number; bytes: number };
    this.#packs = packs;
    this.#bytes = bytes;
    const meta = this.#meta();
    this.#epoch = meta?.epoch ?? "";
    const first = this.#firstFrame();
    this.#since =
      meta && first !== undefined ? { worldId: meta.worldId, frame: first - 1 } : undefined;
  }

  /** From where events are needed, as it was at opening. */
  get since(): FeedMark | undefined {
    return this.#since;
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** Packs that wait, and the bytes of their bodies. */
  get packs(): number {
    return this.#packs;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the oldest one was closed, in ms since 1970. */
  get oldestMs(): number | undefined {
    // Rows of packs that have arrived may still be there.
    const published = JSON.stringify([...this.#published]);
    return (this.#statements.oldest.get(published) as { ms: number } | undefined)?.ms;
  }

  /**
   * A world begins to be fed with these events, after a frame. Another world, or one that stands before what was packed of
   * it, begins a new epoch: its packs are not those that went out. So does a copy of the file: what it was copied from may
   * have given out the next numbers. Returns how far each configured stream has come.
   */
  begin(
    { worldId, after, reached }: Pick<FeedEnd, "worldId" | "after" | "reached">,
    events: readonly number[],
  ): StreamPlace[] {
    const found = this.#meta();
    const isBehind = this.#rows().some(({ frame }) => frame !== null && frame - 1 > reached);
    const isAnother = found?.worldId !== worldId || isBehind;
    const isCopy = (found?.place ?? "") !== "" && found?.place !== this.#place;
    if (isAnother || isCopy || this.#newEpoch) this.#epoch = newEpochOf(worldId);
    const fed = JSON.stringify(events.toSorted((a, b) => a - b));
    const { meta, restart, renumber, rewind, wholeFrames, leave, join } = this.#statements;
    this.#transaction(() => {
      meta.run(worldId, this.#epoch, fed, this.#place, this.#selection);
      if (this.#epoch !== found?.epoch) renumber.run();
      if (isAnother) {
        restart.run(after + 1);
        this.#statements.forgetAllRates.run();
      }
      // Marks count other events than those that come now: rather some of one frame twice than one of them not at all.
      if (fed !== found?.fed) wholeFrames.run();
      // What one stream has not packed yet another one may be to take now, which is further: rather twice here too.
      if (this.#selection !== found?.selection) rewind.run(this.#firstFrame() ?? null);
      for (const { name } of this.#rows()) if (!this.#streams.includes(name)) leave.run(name);
      for (const name of this.#streams) join.run(name, after + 1);
    });
    return this.#rows().flatMap(({ name, frame, events, next }) =>
      frame === null ? [] : [{ name, mark: { frame, events }, next }],
    );
  }

  /** What a stream with `everyMs` has taken. */
  takenBy(stream: string): TakenAt[] {
    return this.#statements.rates.all(stream) as unknown as TakenAt[];
  }

  /** Writes all of it or, when it throws SQLite's error, nothing: then it may be tried again. */
  write(batch: OutboxBatch): void {
    const { pack, place, shed, take, forgetRates } = this.#statements;
    this.#transaction(() => {
      for (const one of batch.packs) {
        const { stream, epoch, sequence, events, codec, schema, traceparent, body } = one;
        const closedMs = Math.floor(one.closedMs);
        pack.run(stream, epoch, sequence, events, codec, schema, closedMs, traceparent, body);
      }
      for (const { name, mark, next } of batch.streams) {
        place.run(mark.frame, mark.events, next, name);
      }
      for (const { stream, what, events } of batch.sheds) shed.run(stream, what, events);
      for (const { stream, taken } of batch.taken) {
        take.run(stream, taken.number, taken.topic, taken.worldMs);
      }
      for (const { stream, worldMs } of batch.forget) forgetRates.run(stream, worldMs);
      this.#deletePublished();
    });
    this.#published.clear();
    this.#packs += batch.packs.length;
    for (const { body } of batch.packs) this.#bytes += body.length;
  }

  /** Names of all streams that may have packs. */
  streamNames(): string[] {
    return this.#rows().map(({ name }) => name);
  }

  /** The first pack behind `id`, of one stream where it is given. */
  next(id: number, stream?: string): StoredPack | undefined {
    const { next, nextOf } = this.#statements;
    const row = stream === undefined ? next.get(id) : nextOf.get(stream, id);
    return row as unknown as StoredPack | undefined;
  }

  /** The pack has arrived. It is deleted with the next write: until then, an end of the process has it sent again. */
  published(pack: StoredPack): void {
    this.#published.add(pack.id);
    this.#packs -= 1;
    this.#bytes -= pack.body.length;
  }

  /** Nobody will ever take the pack: it is kept apart, with the reason. May throw SQLite's error. */
  refuse(pack: StoredPack, reason: string): void {
    const { refuse, forgetRefused } = this.#statements;
    this.#transaction(() => {
      refuse.run(reason, pack.id);
      forgetRefused.run(refusedMax);
      this.#deletePublished(pack.id);
    });
    this.#published.clear();
    this.#packs -= 1;
    this.#bytes -= pack.body.length;
  }

  /** Deletes what has arrived. May throw SQLite's error. */
  sweep(): void {
    if (this.#published.size === 0) return;
    this.#transaction(() => this.#deletePublished());
    this.#published.clear();
  }

  sheds(): ShedCount[] {
    return this.#statements.sheds.all() as unknown as ShedCount[];
  }

  refused(): (StoredPack & { readonly reason: string })[] {
    return this.#statements.refused.all() as unknown as (StoredPack & { reason: string })[];
  }

  close(): void {
    this.#database.close();
  }

  #deletePublished(...others: number[]): void {
    for (const id of [...this.#published, ...others]) this.#statements.remove.run(id);
  }

  #meta(): MetaRow | undefined {
    return this.#statements.readMeta.get() as MetaRow | undefined;
  }

  #rows(): StreamRow[] {
    return this.#statements.places.all() as unknown as StreamRow[];
  }

  /** Before it, all streams have packed what is theirs: also those that are to be no more. */
  #firstFrame(): number | undefined {
    const frames = this.#rows().flatMap(({ frame }) => frame ?? []);
    return frames.length === 0 ? undefined : Math.min(...frames);
  }

  #transaction(run: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      run();
      this.#database.exec("COMMIT");
    } catch (error) {
      rollBack(this.#database);
      throw error;
    }
  }
}

/** SQLite may have rolled back by itself, or not be able to: the error that led here is the one to tell. */
function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec("ROLLBACK");
  } catch {}
}
