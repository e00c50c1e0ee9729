import type { JournalEntry } from "../../src/runtime/journal/entries.ts";
import type { JournalEvents } from "../../src/runtime/journal/journal.ts";
import type { OpenedJournal, ReopenedJournal } from "../../src/runtime/journal/journal-messages.ts";
import { JournalSender, type SentEntry } from "../../src/runtime/journal/journal-sender.ts";
import {
  createJournalStatusMemory,
  JournalStatus,
} from "../../src/runtime/journal/journal-status.ts";
import { JournalWriter } from "../../src/runtime/journal/journal-writer.ts";
import { keyedInputsOf } from "../../src/runtime/journal/keyed-inputs.ts";
import { packHistory } from "../../src/runtime/journal/packed-history.ts";
import type { Breakage } from "./breakage.ts";
import type { Chance } from "./chance.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { strike } from "./strike.ts";

/** After a write that failed, the next try is so much later, in ms: as JournalLoop has it. */
const retryMs = 500;

export interface JournalSettings {
  readonly bytesMax: number;
  readonly now: () => number;
  readonly chance: Chance;
  readonly breakage: Breakage | undefined;
}

/**
 * Does what Journal and JournalLoop do, without a thread: entries wait in the queue of each sender until the simulation
 * lets them arrive, and what the journal tells waits until the main thread hears it.
 */
export class SimulatedJournal {
  readonly status = new JournalStatus(createJournalStatusMemory());
  /** The disk is slow: nothing is taken or written. */
  isSlow = false;
  /** All that is on its way arrives in each step: so it has time for more than comes. */
  isPrompt = false;
  readonly #disk: SimulatedDisk;
  readonly #settings: JournalSettings;
  readonly #events: JournalEvents;
  readonly #sender: JournalSender;
  readonly #mainQueue: SentEntry[] = [];
  #workerQueues: SentEntry[][] = [];
  #told: (() => void)[] = [];
  #writer: JournalWriter;
  #taken: { readonly frame: number; readonly through: number }[] = [];
  #settling = 0;
  #frameEntries = 0;

  constructor(disk: SimulatedDisk, settings: JournalSettings, events: JournalEvents) {
    this.#disk = disk;
    this.#settings = settings;
    this.#events = events;
    // Answers are few, and what is not kept of them is answered anew: that is not what is looked for here.
    this.#sender = this.#senderTo(this.#mainQueue, Number.POSITIVE_INFINITY);
    this.#writer = this.#createWriter();
  }

  /** What the file says at the beginning. */
  open(): OpenedJournal {
    const { store } = this.#disk;
    const history = store.history();
    this.status.setCommitted(history.reached);
    this.#writer = this.#createWriter();
    return {
      identity: store.identity,
      created: history.reached === 0,
      history: packHistory(history),
      replies: history.replies,
      keyed: keyedInputsOf(history),
      problems: store.problems,
    };
  }

  /** A way to the journal for each of a new set of workers. */
  connect(workers: number): JournalSender[] {
    this.#drain();
    this.#taken = [];
    this.#workerQueues = Array.from({ length: workers }, () => []);
    return this.#workerQueues.map((queue) => this.#senderTo(queue));
  }

  send(entry: JournalEntry): void {
    this.#sender.send(entry);
  }

  /** Some of what is on its way arrives, and perhaps is written. */
  step(): void {
    const { chance } = this.#settings;
    if (this.isSlow) return;
    if (this.isPrompt) {
      this.catchUp();
      return;
    }
    for (let rounds = chance.between(0, 3); rounds > 0; rounds -= 1) {
      const queue = chance.pick([this.#mainQueue, ...this.#workerQueues]);
      // What the main thread says is later than what it has seen of the workers.
      if (queue === this.#mainQueue && queue.length > 0) this.#drain();
      for (let n = chance.between(1, 6); n > 0; n -= 1) this.#take(queue.shift());
    }
    strike.passEdge();
    if (chance.happens(0.6)) this.#flush();
    strike.passEdge();
  }

  /** All that is on its way arrives and is written. */
  catchUp(): void {
    this.#drain();
    for (const sent of this.#mainQueue.splice(0)) this.#take(sent);
    this.#flush();
  }

  /** The main thread hears some of what the journal has told. */
  tell(all: boolean): void {
    const { chance } = this.#settings;
    while (this.#told.length > 0 && (all || chance.happens(0.8))) {
      this.#told.shift()?.();
      if (!all) strike.passEdge();
    }
  }

  /** The workers are gone: takes what they have sent, and tells what the world goes on from. */
  reopen(): ReopenedJournal {
    this.catchUp();
    const history = this.#disk.store.history();
    this.#writer.rewind();
    this.#settling = 0;
    const through = this.#throughOf(history.reached);
    this.tell(true);
    return { history: packHistory(history), through };
  }

  #createWriter(): JournalWriter {
    return new JournalWriter(this.#disk, this.status, {
      pendingBytesMax: this.#settings.bytesMax,
      now: this.#settings.now,
      retryMs,
      onCommitted: (frame) => {
        const through = this.#throughOf(frame);
        this.#told.push(() => this.#events.committed(frame, through));
      },
      onDegraded: (reason) => this.#told.push(() => this.#events.degraded(reason)),
    });
  }

  #senderTo(queue: SentEntry[], bytesMax = this.#settings.bytesMax): JournalSender {
    // Without a ring for frames they go the way of all entries, so that they can be late like these.
    const port = { postMessage: (sent: SentEntry | undefined) => sent && queue.push(sent) };
    return new JournalSender(port, this.status, bytesMax);
  }

  #drain(): void {
    for (const queue of this.#workerQueues) {
      for (const sent of queue.splice(0)) this.#take(sent);
    }
  }

  #take(sent: SentEntry | undefined): void {
    if (sent === undefined) return;
    const { entry, bytes, through } = sent;
    this.status.subtractQueued(bytes);
    if (entry.kind === "frame") {
      this.#frameEntries += 1;
      if (this.#settings.breakage === "recording" && this.#frameEntries % 20 === 0) return;
    }
    this.#writer.put(entry);
    if (entry.kind === "frame") this.#taken.push({ frame: entry.frame, through });
    if (entry.kind === "snapshot" && entry.frame > this.#settling) {
      this.#settling = entry.frame;
      this.#told.push(() => this.#events.settle(entry.frame));
    }
  }

  #flush(): void {
    this.#writer.flush();
    const { committed } = this.status;
    while ((this.#taken[1]?.frame ?? Number.POSITIVE_INFINITY) <= committed) this.#taken.shift();
  }

  #throughOf(frame: number): number {
    return this.#taken.findLast((taken) => taken.frame <= frame)?.through ?? 0;
  }
}
