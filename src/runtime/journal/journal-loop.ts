import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { FrameRingReader } from "./frame-ring.ts";
import type { History } from "./history.ts";
import type { JournalMessage, JournalRequest, JournalSetup } from "./journal-messages.ts";
import type { SentEntry } from "./journal-sender.ts";
import { JournalStatus } from "./journal-status.ts";
import { JournalStore } from "./journal-store.ts";
import { JournalWriter } from "./journal-writer.ts";
import { keyedInputsOf } from "./keyed-inputs.ts";
import { packHistory } from "./packed-history.ts";

/** After a write that failed, the next try is so much later, in ms. */
const retryMs = 500;
/** Marks wait so long for something that makes a write worth while, in ms. */
const idleMs = 1_000;

/** The journal's thread: takes entries from the world's threads and brings them to the disk, as many at once as wait. */
export class JournalLoop {
  readonly #setup: JournalSetup;
  readonly #post: (message: JournalMessage) => void;
  readonly #status: JournalStatus;
  readonly #store: JournalStore;
  readonly #writer: JournalWriter;
  readonly #frames: FrameRingReader;
  #ports: readonly MessagePort[] = [];
  #scheduled = false;
  #retry: NodeJS.Timeout | undefined;
  /** What the last frames took of the main thread's inputs: those that are not committed, and the last one that is. */
  #taken: { readonly frame: number; readonly through: number }[] = [];
  /** The last of the main thread's inputs that the workers before these took. */
  #throughBefore = 0;
  #settling = 0;

  /** Opens the store. Throws WORLD_FILE_IN_USE, WORLD_FILE_INVALID, WORLD_FILE_TOO_NEW. */
  constructor(setup: JournalSetup, post: (message: JournalMessage) => void) {
    const { path, identity, retention } = setup;
    this.#setup = setup;
    this.#post = post;
    this.#status = new JournalStatus(setup.status);
    this.#frames = new FrameRingReader(setup.frames);
    this.#store = JournalStore.open(path, identity, retention);
    const { since } = setup;
    const isIts = since?.worldId === this.#store.identity.id;
    const history = this.#historySince(since && isIts ? since.frame : Number.MAX_SAFE_INTEGER);
    this.#status.setCommitted(history.reached);
    this.#writer = this.#createWriter();
    const written = this.#store.identity;
    this.#store.adopt(identity.node, identity.schemaHash);
    post({
      what: "opened",
      opened: {
        identity: written,
        created: this.#store.created,
        history: packHistory(history),
        replies: history.replies,
        keyed: keyedInputsOf(history),
        problems: this.#store.problems,
      },
    });
  }

  receive(request: JournalRequest): void {
    // What the main thread says is later than what it has seen of the workers.
    this.#arrive(undefined);
    switch (request.what) {
      case "connect":
        this.#connect(request.ports);
        return;
      case "entry":
        this.#take(request.sent);
        return;
      case "reopen":
        this.#reopen(request.since);
        return;
      case "branch":
        this.#flush();
        this.#post({ what: "branched", history: packHistory(this.#store.history()) });
        return;
      case "close":
        this.#close();
    }
  }

  #createWriter(): JournalWriter {
    return new JournalWriter(this.#store, this.#status, {
      pendingBytesMax: this.#setup.pendingBytesMax,
      now: () => performance.now(),
      retryMs,
      onCommitted: (frame) => {
        this.#post({ what: "committed", frame, through: this.#throughOf(frame) });
      },
      onDegraded: (reason) => this.#post({ what: "degraded", reason }),
    });
  }

  #connect(ports: readonly MessagePort[]): void {
    for (const port of this.#ports) port.close();
    this.#ports = ports;
    this.#taken = [];
    for (const port of ports) {
      port.on("message", (sent: SentEntry | undefined) => this.#arrive(sent));
    }
  }

  /**
   * Takes all that has come: frames last, for those that are in the ring now have followed what is on the ports by now,
   * and a frame that follows a snapshot must not be taken before it.
   */
  #arrive(first: SentEntry | undefined): void {
    this.#status.answerFrames();
    const frames = this.#frames.take();
    if (first) this.#take(first);
    for (const port of this.#ports) {
      for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
        if (got.message !== undefined) this.#take(got.message as SentEntry);
      }
    }
    for (const { entry, through } of frames) this.#take({ entry, through, bytes: 0 });
  }

  #take({ entry, bytes, through }: SentEntry): void {
    this.#status.subtractQueued(bytes);
    this.#writer.put(entry);
    if (entry.kind === "frame") this.#noteTaken(entry.frame, through);
    if (entry.kind === "snapshot" && entry.frame > this.#settling) {
      this.#settling = entry.frame;
      this.#post({ what: "settle", frame: entry.frame });
    }
    if (entry.kind !== "mark") this.#schedule();
    else this.#retry ??= setTimeout(() => this.#flush(), idleMs);
  }

  /** All that arrives in one turn of the event loop is written at once; so is all that arrives during a write. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#writer.flush();
    const { committed } = this.#status;
    while ((this.#taken[1]?.frame ?? Number.POSITIVE_INFINITY) <= committed) this.#taken.shift();
    if (this.#status.degraded) this.#retry = setTimeout(() => this.#flush(), retryMs);
  }

  /** A frame that is too large for the ring overtakes those in it. */
  #noteTaken(frame: number, through: number): void {
    const last = this.#taken.at(-1)?.frame ?? 0;
    this.#taken.push({ frame, through });
    if (frame < last) this.#taken.sort((a, b) => a.frame - b.frame);
  }

  /** The last of the main thread's inputs that frames up to this one took. */
  #throughOf(frame: number): number {
    return this.#taken.findLast((taken) => taken.frame <= frame)?.through ?? this.#throughBefore;
  }

  #reopen(since: number): void {
    this.#flush();
    const history = this.#historySince(since);
    this.#writer.rewind();
    this.#settling = 0;
    const through = this.#throughOf(history.reached);
    this.#throughBefore = through;
    this.#post({ what: "reopened", reopened: { history: packHistory(history), through } });
  }

  /** The history from which all frames after `since` are run again, as far as they are kept. */
  #historySince(since: number): History {
    return this.#store.history(undefined, Math.max(since, this.#store.oldest()));
  }

  #close(): void {
    this.#flush();
    clearTimeout(this.#retry);
    for (const port of this.#ports) port.close();
    this.#store.close();
  }
}
