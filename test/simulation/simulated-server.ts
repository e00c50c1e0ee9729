import { TellurionError } from "../../src/runtime/errors.ts";
import type { JournalEvents } from "../../src/runtime/journal/journal.ts";
import type { PackedHistory } from "../../src/runtime/journal/packed-history.ts";
import { CallDesk } from "../../src/runtime/world/call-desk.ts";
import type { MethodEntry } from "../../src/runtime/world/catalogue.ts";
import { CommitGate } from "../../src/runtime/world/commit-gate.ts";
import { EffectDesk } from "../../src/runtime/world/effect-desk.ts";
import { InputQueue } from "../../src/runtime/world/input-queue.ts";
import type { OutputSinks } from "../../src/runtime/world/output-reader.ts";
import { Recoveries } from "../../src/runtime/world/recoveries.ts";
import type { CallOptions, PublishedEvent } from "../../src/runtime/world/world.ts";
import type { Breakage } from "./breakage.ts";
import type { Chance } from "./chance.ts";
import type { Outside } from "./outside.ts";
import type { Plan } from "./plan.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { SimulatedJournal } from "./simulated-journal.ts";
import { limits, SimulatedThreads } from "./simulated-threads.ts";
import { Struck, strike } from "./strike.ts";

/** Ticks between two words to the journal of how far the world has come, when nobody waits for it. */
const reachedTicks = 60;

export interface ServerParts {
  readonly plan: Plan;
  /** Of this process: others have others. */
  readonly workers: number;
  readonly snapshotFrames: number;
  readonly chance: Chance;
  readonly disk: SimulatedDisk;
  readonly outside: Outside;
  /** Time of this process, for effects. It can jump. */
  readonly clock: SimulatedClock;
  /** Time that does not jump, in ms. */
  readonly now: () => number;
  readonly breakage: Breakage | undefined;
  /** Clients are shown a frame. */
  readonly onFrame: (frame: number, events: readonly PublishedEvent[]) => void;
  /** The world goes on from this frame: what came after it did not happen. */
  readonly onResumed: (frame: number) => void;
  /** The outcome of an effect is on its way into the world. */
  readonly onOutcome: (input: Uint8Array) => void;
}

/** One process: does what RunningWorld does, with threads and a journal that take turns. */
export class SimulatedServer implements JournalEvents {
  problem: string | undefined;
  /** The process ends because of this. */
  failure: TellurionError | undefined;
  isMainSlow = false;
  readonly journal: SimulatedJournal;
  readonly #parts: ServerParts;
  readonly #gate: CommitGate;
  readonly #inputs = new InputQueue(true);
  readonly #calls: CallDesk;
  readonly #effects: EffectDesk;
  readonly #recoveries = new Recoveries();
  readonly #sinks: OutputSinks;
  #threads: SimulatedThreads | undefined;
  #worldId = "";
  #readThrough = 0;
  #reachedSent = 0;
  #shownThrough = 0;
  #isBetweenThreads = false;
  #ticks = 0;

  constructor(parts: ServerParts) {
    const { plan, chance, now, breakage, clock } = parts;
    this.#parts = parts;
    this.#gate = breakage === "gate" ? new OpenGate() : new CommitGate();
    const settings = { bytesMax: plan.journalBytesMax, now, chance, breakage };
    this.journal = new SimulatedJournal(parts.disk, settings, this);
    this.#calls = new CallDesk({
      ...{ callsMax: limits.callsMax, inboxKeysMax: limits.inboxKeysMax, gate: this.#gate },
      offer: (input) => this.#inputs.offer(input),
      journal: (entry) => this.journal.send(entry),
    });
    this.#effects = new EffectDesk({
      definitions: [parts.outside.voucher(clock)],
      gate: this.#gate,
      put: (bytes) => {
        this.put(bytes);
        parts.onOutcome(bytes);
      },
      runner: { clock, random: () => chance.next() },
    });
    this.#sinks = {
      events: (frame, events) => parts.onFrame(frame, events),
      reply: (frame, call, error, payload) => this.#calls.reply(frame, call, { error, payload }),
      effect: (frame, id, type, request) =>
        this.#effects.ask(this.#worldId, frame, id, type, request),
      report: () => {},
    };
  }

  get threads(): SimulatedThreads {
    if (this.#threads === undefined) throw new Error("assertion failed: the world has not begun");
    return this.#threads;
  }

  /** Takes the world up where its file says it was, or begins it. */
  begin(): void {
    const { identity, history, replies, keyed } = this.journal.open();
    const { reached } = history;
    this.#worldId = identity.id;
    this.#gate.commit(reached);
    this.#readThrough = reached;
    if (this.#parts.breakage !== "inbox") this.#calls.restore(replies, keyed, reached);
    this.#parts.onResumed(reached);
    this.#launch(history, { mutedThrough: reached, callersWait: false }, 0);
  }

  /** As World.call. */
  call(
    method: MethodEntry,
    key: string,
    request: Uint8Array,
    options: CallOptions,
  ): Promise<Uint8Array> {
    const mustLast = method.durable || (options.idempotencyKey ?? "") !== "";
    if (mustLast && !method.isQuery && this.problem !== undefined) {
      return Promise.reject(new TellurionError("WORLD_NOT_DURABLE", this.problem));
    }
    return this.#calls.call(method, key, request, options);
  }

  /** Hands the outcome of an effect to the world. */
  put(bytes: Uint8Array): void {
    this.#inputs.put({ bytes, isQuery: false, isKeyed: false });
  }

  /** One frame, and what the other threads do meanwhile. Throws Struck when the process is killed. */
  step(): void {
    this.#ticks += 1;
    this.#guard(() => this.#runFrame());
    if (this.failure) return;
    if (!this.isMainSlow || this.#parts.chance.happens(0.1)) this.readOutput();
    if (this.#ticks % reachedTicks === 0) this.#tellReached();
    strike.passEdge();
    this.journal.step();
    this.journal.tell(false);
  }

  /** Ends the process in good order. Throws Struck when it is killed before it has. */
  stop(): void {
    this.threads.stop();
    this.readOutput();
    this.#tellReached();
    // The last snapshot need not ask any more.
    this.journal.send({ kind: "settled", frame: this.#readThrough });
    void this.#effects.stop();
    strike.passEdge();
    this.journal.catchUp();
    strike.passEdge();
    this.journal.tell(true);
  }

  /** Lets everything arrive that is on its way between the threads. */
  synchronize(): void {
    this.readOutput();
    this.#tellReached();
    this.journal.catchUp();
    this.journal.tell(true);
    this.readOutput();
    this.journal.catchUp();
    this.journal.tell(true);
  }

  /** Nobody waits any more: the process is gone. */
  abandon(): void {
    this.#calls.refuseAll(new TellurionError("WORLD_STOPPED", "the process is gone"));
  }

  readOutput(): void {
    if (this.#isBetweenThreads) return;
    this.#readThrough = Math.max(this.#readThrough, this.threads.readOutput());
    this.#inputs.flush();
    if (this.#gate.awaited > this.#reachedSent) this.#tellReached();
  }

  committed(frame: number, through: number): void {
    this.#gate.commit(frame);
    this.#inputs.trim(through);
  }

  settle(): void {
    this.readOutput();
    this.journal.send({ kind: "settled", frame: this.#readThrough });
  }

  degraded(reason: string | undefined): void {
    this.problem = reason;
  }

  failed(error: TellurionError): void {
    this.failure = error;
  }

  #launch(
    history: PackedHistory,
    seen: { readonly mutedThrough: number; readonly callersWait: boolean },
    through: number,
  ): void {
    const { plan, workers, snapshotFrames, breakage } = this.#parts;
    const threads = new SimulatedThreads(
      {
        ...{ seed: plan.seed, workers, snapshotFrames, history, ...seen },
        ...(breakage === "muting" && { mutedThrough: 0 }),
        shuffleEveryFrames: plan.shuffleEveryFrames,
        journal: this.journal.connect(workers),
        status: this.journal.status,
      },
      this.#sinks,
    );
    this.#threads = threads;
    this.#isBetweenThreads = false;
    this.#inputs.attach(threads.inputRing, breakage === "resend" ? allInputs : through);
    this.readOutput();
    this.#guard(() => {
      while (threads.world.frame < history.reached) {
        threads.runFrame();
        if (this.#parts.chance.happens(0.5)) this.readOutput();
      }
    });
  }

  #runFrame(): void {
    this.threads.runFrame();
    const { failure } = this.threads;
    if (failure) this.failed(new TellurionError("WORLD_FAILED", failure));
  }

  /** Runs what may cost a worker, and recovers from that. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof Struck && error.blow !== "kill") this.#lose(error.blow === "stuck");
      else if (error instanceof TellurionError) this.failed(error);
      else throw error;
    }
  }

  #lose(isStuck: boolean): void {
    const { control, deck, worker } = this.threads;
    if (!this.#recoveries.allow(this.#parts.now())) {
      this.failed(new TellurionError("WORLD_FAILED", tooManyLosses));
      return;
    }
    const at = deck.now().find((reading) => reading.worker === worker && reading.inHandler);
    this.readOutput();
    const { frame } = control;
    const suspect = this.#recoveries.judge({ isStuck, at }, frame);
    if (suspect && at) {
      this.journal.send({ kind: "quarantine", ...suspect, text: deck.describe(at) });
    }
    // The frame that was running is run again with what it took, and with nothing that comes now.
    this.journal.send({ kind: "reached", frame });
    this.#isBetweenThreads = true;
    this.#shownThrough = Math.max(this.#shownThrough, this.#readThrough);
    this.#readThrough = 0;
    this.#reachedSent = 0;
    const { history, through } = this.journal.reopen();
    this.#gate.forgetAfter(history.reached);
    this.#calls.refuseQueries();
    if (history.reached < frame) {
      this.#shownThrough = Math.min(this.#shownThrough, history.reached);
      if (suspect && at?.call !== undefined) {
        this.#inputs.drop(at.call);
        this.#calls.quarantine(at.call);
      }
    }
    this.#parts.onResumed(history.reached);
    const seen = { mutedThrough: this.#shownThrough, callersWait: true };
    this.#launch(history, seen, through);
  }

  #tellReached(): void {
    if (this.#readThrough <= this.#reachedSent) return;
    this.#reachedSent = this.#readThrough;
    this.journal.send({ kind: "reached", frame: this.#readThrough });
  }
}

/** Why a world is given up that a simulation of its own accord takes up again. */
export const tooManyLosses = "too many workers were lost";

/** More than the number of any input. */
const allInputs = 0x7fff_ffff;

/** Waits for nothing. */
class OpenGate extends CommitGate {
  override hold(_frame: number, release: () => void): void {
    release();
  }
}
