import type { JournalEntry } from "./entries.ts";
import type { JournalStatus } from "./journal-status.ts";

/** What travels to the journal's thread. */
export interface SentEntry {
  readonly entry: JournalEntry;
  readonly bytes: number;
  /** Of a frame: the last of the main thread's inputs that it took. */
  readonly through: number;
}

/** Where entries go: a MessagePort, or what puts an envelope around them. */
interface EntryPort {
  postMessage(sent: SentEntry): void;
}

/** Bytes that an entry counts for beside what it carries. */
const entryBytes = 64;

/**
 * Hands entries to the journal's thread, and never waits: when too much is on its way to a disk that cannot keep up,
 * they are dropped, and the journal is told that it has a gap.
 */
export class JournalSender {
  readonly #port: EntryPort;
  readonly #status: JournalStatus;
  readonly #queuedBytesMax: number;

  constructor(port: EntryPort, status: JournalStatus, queuedBytesMax: number) {
    this.#port = port;
    this.#status = status;
    this.#queuedBytesMax = queuedBytesMax;
  }

  send(entry: JournalEntry, through = 0): void {
    const bytes = entryBytes + carriedBytes(entry);
    // Whatever its size, one entry more is taken as long as the bound is not reached: a snapshot may be large.
    if (this.#status.queuedBytes > this.#queuedBytesMax) {
      // Without a mark, a check is lost and nothing else.
      if (entry.kind !== "mark") this.#status.setLost();
      return;
    }
    this.#status.addQueued(bytes);
    const sent: SentEntry = { entry, bytes, through };
    this.#port.postMessage(sent);
  }
}

function carriedBytes(entry: JournalEntry): number {
  switch (entry.kind) {
    case "frame":
      return entry.inputs.length;
    case "mark":
      return entry.hashes.byteLength;
    case "snapshot":
      return entry.part.length;
    case "reply":
      return entry.payload.length;
    default:
      return 0;
  }
}
