import type {
  FrameEntry,
  JournalBatch,
  JournalEntry,
  MarkEntry,
  QuarantineEntry,
  ReplyEntry,
  StoredSnapshot,
} from "./entries.ts";
import type { JournalStatus } from "./journal-status.ts";
import { SnapshotAssembly } from "./snapshot-assembly.ts";

/** Where batches go: a JournalStore, or what stands for it in a simulation. */
export interface JournalDisk {
  /** Keeps all of a batch, or throws and keeps nothing of it. */
  write(batch: JournalBatch): void;
}

export interface JournalWriterOptions {
  /** Bytes of entries that wait for a disk that is slow or takes nothing. */
  readonly pendingBytesMax: number;
  readonly now: () => number;
  /** After a write that failed, the next one is tried so much later. */
  readonly retryMs: number;
  readonly onCommitted: (frame: number) => void;
  /** With the reason when entries do not get to the disk any more; undefined when they do again. */
  readonly onDegraded: (reason: string | undefined) => void;
  readonly onSnapshot?: (frame: number) => void;
}

/**
 * How far the bridging of a gap has come. `asked` is left only when the conductor says of which frame the snapshot is
 * that it has begun since.
 */
type Gap = "none" | "unasked" | "asked" | "bridging";

/** What an entry costs beside its bytes, so that many small ones are bounded too. */
const entryBytes = 64;

/**
 * Brings entries to the disk, many in one batch, and says how far it has come.
 *
 * While the disk takes nothing, entries wait. When too many do, or one was lost on its way here, there is a gap in the
 * world's history: what waits is worth nothing without what is lost, and goes. Only a snapshot taken after that bridges
 * the gap. It is asked for when the disk takes writes again, and is written together with what came after it; until
 * then `committed` stands still.
 *
 * What tells of a frame (marks, replies) is written with what leads up to that frame or after it, never before: threads
 * post on their own, so it may arrive earlier.
 */
export class JournalWriter {
  readonly #disk: JournalDisk;
  readonly #status: JournalStatus;
  readonly #options: JournalWriterOptions;
  #assembly = new SnapshotAssembly();

  #frames: FrameEntry[] = [];
  #marks: MarkEntry[] = [];
  #replies: ReplyEntry[] = [];
  #quarantine: QuarantineEntry[] = [];
  /** Of frames and marks. */
  #historyBytes = 0;
  /** Of replies and quarantine. They outlive a gap, so they must not take the room of what bridges it. */
  #answerBytes = 0;
  /** The frame up to which what waits leads on from what is written. */
  #reached: number;

  #gap: Gap = "none";
  /** While bridging: a snapshot of this frame or a later one is coming. */
  #bridge = 0;
  #degraded = false;
  /** The disk's last answer was an error: it is not tried again before `#retryAt`. */
  #failing = false;
  #retryAt = 0;

  /** Goes on from the frame that the status says is committed. */
  constructor(disk: JournalDisk, status: JournalStatus, options: JournalWriterOptions) {
    this.#disk = disk;
    this.#status = status;
    this.#options = options;
    this.#reached = status.committed;
  }

  /** Takes an entry. It is on the disk when a later flush says so. */
  put(entry: JournalEntry): void {
    switch (entry.kind) {
      case "frame":
        if (!this.#keepHistory(this.#frames, entry)) return;
        this.#reached = Math.max(this.#reached, entry.frame);
        return;
      case "reached":
        if (this.#follows(entry.frame)) this.#reached = Math.max(this.#reached, entry.frame);
        return;
      case "mark":
        this.#keepHistory(this.#marks, entry);
        return;
      case "snapshot":
        if (this.#leadsOn(entry.frame)) this.#assembly.add(entry);
        return;
      case "reply":
        this.#keepAnswer(this.#replies, entry);
        return;
      case "settled":
        this.#assembly.settle(entry.frame);
        return;
      case "quarantine":
        this.#keepAnswer(this.#quarantine, entry);
        return;
    }
  }

  /** Writes all that waits and may be written. Never throws: what the disk says against it is told by `onDegraded`. */
  flush(): void {
    if (this.#status.takeLost()) this.#beginGap("an entry was dropped because too much was queued");
    if (this.#failing && this.#options.now() < this.#retryAt) return;
    if (this.#gap === "unasked") {
      if (this.#write(this.#emptyBatch())) this.#askForSnapshot();
      return;
    }
    const snapshot = this.#assembly.ready;
    if (this.#gap !== "none" && snapshot === undefined) return;
    const batch = this.#batch(snapshot);
    if (this.#isNothing(batch) || !this.#write(batch)) return;
    this.#drop(batch);
    this.#gap = "none";
    this.#reached = batch.reached;
    this.#status.setCommitted(batch.reached);
    this.#recover();
    this.#options.onCommitted(batch.reached);
    if (snapshot !== undefined) this.#options.onSnapshot?.(snapshot.frame);
  }

  /**
   * The world goes on from what is written: what waits of later frames did not happen. Answers of frames that are written
   * still wait, since nobody gives them again.
   */
  rewind(): void {
    const { committed } = this.#status;
    this.#frames = [];
    this.#marks = [];
    this.#historyBytes = 0;
    this.#replies = this.#replies.filter(({ frame }) => frame <= committed);
    this.#quarantine = this.#quarantine.filter(({ frame }) => frame <= committed);
    this.#answerBytes = sumOfBytes([...this.#replies, ...this.#quarantine]);
    this.#assembly = new SnapshotAssembly();
    this.#reached = committed;
    this.#gap = "none";
  }

  /** What is told of this frame leads on from what is written or, in a gap, from the snapshot that is coming. */
  #follows(frame: number): boolean {
    return this.#gap === "none" || (this.#gap === "bridging" && frame > this.#bridge);
  }

  /** In a gap, parts of snapshots that were taken before it may still arrive: what is lost may lie behind them. */
  #leadsOn(frame: number): boolean {
    if (this.#gap === "none") return true;
    if (this.#gap === "unasked" || this.#status.snapshotWanted) return false;
    if (frame < this.#status.snapshotBegun) return false;
    if (this.#gap === "asked") this.#bridge = frame;
    this.#gap = "bridging";
    return true;
  }

  /** False when the entry is not kept: it does not lead on from anything, or there is no room and now a gap. */
  #keepHistory<E extends FrameEntry | MarkEntry>(waiting: E[], entry: E): boolean {
    if (!this.#follows(entry.frame)) return false;
    const bytes = bytesOf(entry);
    if (this.#historyBytes + bytes > this.#options.pendingBytesMax) {
      this.#beginGap(`more than ${this.#options.pendingBytesMax} bytes wait for the disk`);
      return false;
    }
    this.#historyBytes += bytes;
    waiting.push(entry);
    return true;
  }

  /** Beyond the bound the entry is dropped: its key may be answered anew after a crash. */
  #keepAnswer<E extends ReplyEntry | QuarantineEntry>(waiting: E[], entry: E): void {
    const bytes = bytesOf(entry);
    if (this.#answerBytes + bytes > this.#options.pendingBytesMax) return;
    this.#answerBytes += bytes;
    waiting.push(entry);
  }

  #beginGap(reason: string): void {
    this.#frames = [];
    this.#marks = [];
    this.#historyBytes = 0;
    this.#assembly.clear();
    this.#reached = this.#status.committed;
    this.#gap = "unasked";
    this.#degrade(`${reason}; frames after ${this.#reached} are lost until a snapshot is written`);
    // A disk that takes nothing would not take the snapshot either: then it is tried first.
    if (!this.#failing) this.#askForSnapshot();
  }

  #askForSnapshot(): void {
    this.#gap = "asked";
    this.#status.wantSnapshot();
  }

  #batch(snapshot: StoredSnapshot | undefined): JournalBatch {
    const afterGap = this.#gap !== "none";
    const reached = Math.max(this.#reached, snapshot?.frame ?? 0);
    const from = afterGap && snapshot !== undefined ? snapshot.frame + 1 : 0;
    return {
      frames: this.#frames.filter(({ frame }) => frame >= from),
      marks: this.#marks.filter(({ frame }) => frame >= from && frame <= reached),
      replies: this.#replies.filter(({ frame }) => frame <= reached),
      quarantine: this.#quarantine,
      snapshot,
      afterGap,
      reached,
    };
  }

  #emptyBatch(): JournalBatch {
    const none = { frames: [], marks: [], replies: [], quarantine: [], snapshot: undefined };
    return { ...none, afterGap: false, reached: this.#status.committed };
  }

  #isNothing(batch: JournalBatch): boolean {
    const rows = batch.marks.length + batch.replies.length + batch.quarantine.length;
    if (rows + batch.frames.length > 0 || batch.snapshot !== undefined) return false;
    return batch.reached === this.#status.committed;
  }

  #write(batch: JournalBatch): boolean {
    try {
      this.#disk.write(batch);
      this.#failing = false;
      return true;
    } catch (error) {
      this.#failing = true;
      this.#retryAt = this.#options.now() + this.#options.retryMs;
      const said = error instanceof Error ? error.message : String(error);
      this.#degrade(`the disk did not take a write: ${said}`);
      return false;
    }
  }

  /** What has been written waits no longer. Marks and replies that came before their frame still do. */
  #drop({ reached, snapshot }: JournalBatch): void {
    this.#frames = [];
    this.#marks = this.#marks.filter(({ frame }) => frame > reached);
    this.#replies = this.#replies.filter(({ frame }) => frame > reached);
    this.#quarantine = [];
    this.#historyBytes = sumOfBytes(this.#marks);
    this.#answerBytes = sumOfBytes(this.#replies);
    if (snapshot !== undefined) this.#assembly.taken();
  }

  #degrade(reason: string): void {
    if (this.#degraded) return;
    this.#degraded = true;
    this.#status.setDegraded(true);
    this.#options.onDegraded(reason);
  }

  #recover(): void {
    if (!this.#degraded) return;
    this.#degraded = false;
    this.#status.setDegraded(false);
    this.#options.onDegraded(undefined);
  }
}

type KeptEntry = FrameEntry | MarkEntry | ReplyEntry | QuarantineEntry;

function bytesOf(entry: KeptEntry): number {
  switch (entry.kind) {
    case "frame":
      return entryBytes + entry.inputs.length;
    case "mark":
      return entryBytes + entry.hashes.byteLength;
    case "reply":
      return entryBytes + 2 * entry.key.length + entry.digest.length + entry.payload.length;
    case "quarantine":
      return entryBytes + 2 * entry.text.length;
  }
}

function sumOfBytes(entries: readonly KeptEntry[]): number {
  return entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
}
