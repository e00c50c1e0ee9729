import { MessageChannel, Worker } from "node:worker_threads";
import { TellurionError } from "../errors.ts";
import type { JournalEntry } from "./entries.ts";
import type { JournalEnd } from "./journal-end.ts";
import type {
  JournalMessage,
  JournalRequest,
  JournalSetup,
  OpenedJournal,
  ReopenedJournal,
} from "./journal-messages.ts";
import { JournalSender, type SentEntry } from "./journal-sender.ts";
import { createJournalStatusMemory, JournalStatus } from "./journal-status.ts";
import type { PackedHistory } from "./packed-history.ts";

/** Who hears of the journal, on the main thread. */
export interface JournalEvents {
  /** All up to this frame is on the disk, with the main thread's inputs up to `through`. */
  committed(frame: number, through: number): void;
  /** A snapshot waits until a `settled` entry says that the replies of this frame have been handed over. */
  settle(frame: number): void;
  /** With the reason when entries do not get to the disk any more; undefined when they do again. */
  degraded(reason: string | undefined): void;
  /** The journal's thread is gone. */
  failed(error: TellurionError): void;
}

/** Time in ms that closing may take: the last commit, and the thread's end. */
const closeMsMax = 5_000;
/** Memory of the thread's young generation, in MB: its messages are short-lived, and few at a time. */
const youngGenerationMb = 4;

/** A world's journal, as the main thread holds it: its thread writes the world's file. */
export class Journal {
  readonly status: JournalStatus;
  readonly #statusMemory: SharedArrayBuffer;
  readonly #frames: SharedArrayBuffer;
  readonly #thread: Worker;
  readonly #events: JournalEvents;
  readonly #exit: Promise<void>;
  readonly #opened = Promise.withResolvers<OpenedJournal>();
  #reopened = Promise.withResolvers<ReopenedJournal>();
  /** Answered in the order in which they were asked. */
  readonly #branches: PromiseWithResolvers<PackedHistory>[] = [];
  readonly #sender: JournalSender;
  #closing = false;

  private constructor(setup: Omit<JournalSetup, "status">, events: JournalEvents) {
    this.#statusMemory = createJournalStatusMemory();
    this.#frames = setup.frames;
    this.status = new JournalStatus(this.#statusMemory);
    this.#events = events;
    this.#opened.promise.catch(() => {});
    this.#reopened.promise.catch(() => {});
    this.#thread = new Worker(new URL("./journal-thread.ts", import.meta.url), {
      name: "tellurion-journal",
      workerData: { ...setup, status: this.#statusMemory } satisfies JournalSetup,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    const port = {
      postMessage: (sent: SentEntry | undefined) => {
        if (sent) this.#thread.postMessage({ what: "entry", sent } satisfies JournalRequest);
      },
    };
    this.#sender = new JournalSender(port, this.status, setup.pendingBytesMax);
    this.#thread.on("message", (message: JournalMessage) => this.#hear(message));
    this.#thread.on("error", (cause) => this.#fail("INTERNAL_ERROR", String(cause)));
    this.#exit = new Promise((resolve) => {
      this.#thread.on("exit", () => {
        if (!this.#closing) this.#fail("INTERNAL_ERROR", "its thread ended by itself");
        resolve();
      });
    });
  }

  /** Opens or creates a world's file. Rejects with WORLD_FILE_IN_USE, WORLD_FILE_INVALID, WORLD_FILE_TOO_NEW. */
  static async open(
    setup: Omit<JournalSetup, "status">,
    events: JournalEvents,
  ): Promise<{ readonly journal: Journal; readonly opened: OpenedJournal }> {
    const journal = new Journal(setup, events);
    return { journal, opened: await journal.#opened.promise };
  }

  /** For those who read `JournalStatus` on other threads. */
  get statusMemory(): SharedArrayBuffer {
    return this.#statusMemory;
  }

  /** Ways to the journal for a set of workers. Those of workers before them are closed. */
  connect(workers: number): JournalEnd[] {
    const channels = Array.from({ length: workers }, () => new MessageChannel());
    const ports = channels.map(({ port2 }) => port2);
    this.#thread.postMessage({ what: "connect", ports } satisfies JournalRequest, ports);
    return channels.map(({ port1 }, worker) => ({
      port: port1,
      status: this.#statusMemory,
      frames: worker === 0 ? this.#frames : undefined,
    }));
  }

  send(entry: JournalEntry): void {
    this.#sender.send(entry);
  }

  /** After the workers are gone: what the world goes on from, and runs all frames after `since` again. */
  reopen(since = Number.MAX_SAFE_INTEGER): Promise<ReopenedJournal> {
    this.#reopened = Promise.withResolvers();
    if (this.#closing) this.#reopened.reject(closed());
    this.#thread.postMessage({ what: "reopen", since } satisfies JournalRequest);
    return this.#reopened.promise;
  }

  /** What is journalled by now, for a branch of the world. Rejects with WORLD_STOPPED. */
  branch(): Promise<PackedHistory> {
    if (this.#closing) return Promise.reject(closed());
    const asked = Promise.withResolvers<PackedHistory>();
    this.#branches.push(asked);
    this.#thread.postMessage({ what: "branch" } satisfies JournalRequest);
    return asked.promise;
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#thread.postMessage({ what: "close" } satisfies JournalRequest);
    const timer = setTimeout(() => void this.#thread.terminate(), closeMsMax);
    await this.#exit;
    clearTimeout(timer);
    for (const asked of this.#branches.splice(0)) asked.reject(closed());
  }

  #hear(message: JournalMessage): void {
    switch (message.what) {
      case "opened":
        this.#opened.resolve(message.opened);
        return;
      case "reopened":
        this.#reopened.resolve(message.reopened);
        return;
      case "branched":
        this.#branches.shift()?.resolve(message.history);
        return;
      case "committed":
        this.#events.committed(message.frame, message.through);
        return;
      case "settle":
        this.#events.settle(message.frame);
        return;
      case "degraded":
        this.#events.degraded(message.reason);
        return;
      case "failed":
        this.#fail(message.code, message.text);
    }
  }

  #fail(code: TellurionError["code"], text: string): void {
    if (this.#closing) return;
    this.#closing = true;
    const error = new TellurionError(code, code === "INTERNAL_ERROR" ? `journal: ${text}` : text);
    this.#opened.reject(error);
    this.#reopened.reject(error);
    for (const asked of this.#branches.splice(0)) asked.reject(error);
    this.#events.failed(error);
  }
}

function closed(): TellurionError {
  return new TellurionError("WORLD_STOPPED", "the journal is closed");
}
