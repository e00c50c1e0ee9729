import { FrameInputsSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import type { JournalEntry } from "./entries.ts";
import type { FrameRingWriter, TakenInputs } from "./frame-ring.ts";
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
  /** Nothing: there are frames in their ring. */
  postMessage(sent: SentEntry | undefined): void;
}

const frameCodec = codecOf(FrameInputsSchema);

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
  readonly #frames: FrameRingWriter | undefined;

  /** `frames`: the conductor's, where frames have a way of their own. */
  constructor(
    port: EntryPort,
    status: JournalStatus,
    queuedBytesMax: number,
    frames?: FrameRingWriter,
  ) {
    this.#port = port;
    this.#frames = frames;
    this.#status = status;
    this.#queuedBytesMax = queuedBytesMax;
  }

  /** Records what a frame takes from outside. It is safe from the conductor's end when this returns. */
  recordFrame(frame: number, taken: TakenInputs, keyed: boolean, through: number): void {
    if (!this.#frames?.takes(taken)) {
      this.send({ kind: "frame", frame, inputs: frameCodec.toBytes(taken), keyed }, through);
    } else if (!this.#frames.write(frame, taken, keyed, through)) {
      this.#status.setLost();
    }
  }

  /** Wakes the journal for frames that were recorded: when they have been run, since it takes time. */
  tellFrames(): void {
    if (this.#frames === undefined || this.#frames.isEmpty) return;
    if (this.#status.ringFrames()) this.#port.postMessage(undefined);
  }

  /** So much waits for the disk that nothing more is taken. No snapshot is begun then. */
  get isBehind(): boolean {
    return this.#status.queuedBytes > this.#queuedBytesMax;
  }

  send(entry: JournalEntry, through = 0): void {
    const bytes = entryBytes + carriedBytes(entry);
    // A snapshot that was begun is handed over whole, whatever its size: it may be what bridges a gap.
    if (this.isBehind && entry.kind !== "snapshot") {
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
