import type { JournalSender } from "../journal/journal-sender.ts";
import type { JournalStatus } from "../journal/journal-status.ts";
import {
  extraWord,
  lengthWord,
  recordHeaderBytes,
  recordKind,
  sequenceWord,
  typeWord,
} from "../memory/record.ts";
import { RingReader } from "../memory/ring.ts";
import { wallMs } from "../wall-clock.ts";
import { Balance } from "./balance.ts";
import type { Conductor } from "./conductor.ts";
import { type ControlBlock, command, type FrameOrder } from "./control-block.ts";
import type { WorkerCore } from "./core.ts";
import { type ArrivedInputs, Course } from "./course.ts";
import { FramePacer } from "./frame-pacer.ts";
import type { WorldLimits } from "./limits.ts";
import { LoadMeter } from "./load-meter.ts";
import { MarkCheck, registryMark } from "./mark-check.ts";
import { ActorMetrics, counter } from "./metrics.ts";
import { SnapshotSchedule } from "./snapshot-schedule.ts";
import { foldHash, type StateHash } from "./state-hash.ts";
import { TimeDilation } from "./time-dilation.ts";
import type { ConductorSetup, WorkerMessage, WorkerSetup } from "./worker-setup.ts";

/** Frames between two marks, and actors in one: so each actor of a world of 10,000 is marked every three minutes. */
const markFrames = 64;
export const markActors = 64;
/** Frames between two marks of the registry, which is hashed as a whole. */
const registryMarkFrames = 1_024;
/** Stands for the conductor where a mark says whose it is. */
const conductorMark = -1;

/** What a frame's order says when nothing is out of the ordinary. */
const plainOrder = { moves: false, checkpoint: false, snapshot: false, marksFrom: -1 };

/** Where the conductor's part of a loop gets what it works with. */
export interface LeadParts {
  readonly conductor: Conductor;
  readonly control: ControlBlock;
  readonly core: WorkerCore;
  readonly journal: JournalSender | undefined;
  readonly status: JournalStatus | undefined;
  readonly post: (message: WorkerMessage) => void;
}

/** The conductor's part of a worker's loop: what happens between two frames. */
export class Lead {
  readonly #setup: ConductorSetup;
  readonly #parts: LeadParts;
  readonly #limits: WorldLimits;
  readonly #workers: number;
  readonly #inputRing: RingReader;
  readonly #course: Course;
  readonly #check: MarkCheck | undefined;
  readonly #snapshots: SnapshotSchedule;
  readonly #pacer: FramePacer;
  readonly #dilation: TimeDilation;
  readonly #meter: LoadMeter;
  readonly #balance: Balance | undefined;
  /** Frames in a second of world time: a window of measurement. */
  readonly #secondFrames: number;
  readonly #stepMs: number;
  readonly #paced: boolean;
  #quiet = true;
  #caughtUp = false;
  #warmFrame = 0;
  #began = 0;
  /** The last of the main thread's inputs that was taken. */
  #through = 0;

  constructor(setup: WorkerSetup, conductorSetup: ConductorSetup, parts: LeadParts) {
    const { journal } = parts;
    this.#setup = conductorSetup;
    this.#parts = parts;
    this.#limits = setup.limits;
    this.#workers = setup.workers;
    this.#inputRing = new RingReader(setup.memory.inputRing);
    this.#stepMs = 1_000 / setup.tickHz;
    this.#paced = setup.paced;
    this.#pacer = new FramePacer(parts.control);
    this.#secondFrames = setup.tickHz;
    this.#balance =
      setup.workers > 1 && !conductorSetup.fixedPlacement ? new Balance(setup.workers) : undefined;
    const actorMetrics = new ActorMetrics(setup.memory.actorMetrics);
    this.#meter = new LoadMeter(actorMetrics, setup.limits.actorsMax);
    this.#dilation = new TimeDilation(this.#stepMs);
    this.#course = new Course(
      setup.history,
      conductorSetup.bootstrap,
      journal && ((frame, taken, keyed) => journal.recordFrame(frame, taken, keyed, this.#through)),
    );
    this.#check = setup.history && new MarkCheck(setup.history);
    this.#snapshots = new SnapshotSchedule(conductorSetup.snapshots, this.#course.frame);
  }

  /** Waits for the next frame and plans it, or ends the world. */
  prepare(): void {
    const { conductor, control, post } = this.#parts;
    const { frame } = this.#course;
    const replaying = this.#course.isReplaying;
    if (!replaying && !this.#caughtUp) this.#catchUp();
    if (this.#paced && !replaying) this.#pace();
    const { lastFrame } = this.#setup;
    this.#check?.checkRegistry(frame, conductor);
    if (control.stopRequested || (lastFrame > 0 && frame >= lastFrame)) {
      const snapshot = !replaying && this.#quiet && this.#handOverSnapshot();
      control.order({ what: command.stop, frame, ...plainOrder, snapshot });
      return;
    }
    this.#began = wallMs();
    const snapshot = !replaying && this.#quiet && this.#isSnapshotDue() && this.#handOverSnapshot();
    const order = this.#planFrame(snapshot);
    if (conductor.failure !== undefined) {
      post({ what: "failed", text: conductor.failure });
      control.order({ ...order, what: command.failed });
      return;
    }
    control.order(order);
  }

  /** After all workers have ended the frame. `quiet` tells that it left no message on its way. */
  conclude(quiet: boolean): void {
    const { core, control, journal, post } = this.#parts;
    const { metrics } = core;
    const ms = wallMs() - this.#began;
    metrics.set(counter.frameMsLast, ms);
    metrics.set(counter.frames, this.#course.frame);
    this.#quiet = quiet;
    this.#snapshots.note(ms);
    if (this.#caughtUp) this.#weigh(ms);
    if (this.#balance && this.#course.frame % this.#secondFrames === 0) this.#level(this.#balance);
    control.setEnded(this.#course.frame);
    journal?.tellFrames();
    if (control.output && control.ringDoorbell()) post({ what: "output" });
  }

  hash(): StateHash {
    return this.#parts.conductor.hash();
  }

  #planFrame(snapshot: boolean): FrameOrder {
    const { conductor } = this.#parts;
    const marksFrom = this.#marksFrom();
    if (this.#course.frame % registryMarkFrames === 0 && marksFrom >= 0) this.#markRegistry();
    const { inputs, checkpoint, frame } = this.#course.next(() => this.#takeInputs(), snapshot);
    const moves = conductor.plan(frame, inputs, this.#quiet);
    return { what: command.run, frame, moves, checkpoint, snapshot, marksFrom };
  }

  #markRegistry(): void {
    const { journal, conductor } = this.#parts;
    const { frame } = this.#course;
    const hashes = Int32Array.of(registryMark, foldHash(conductor.hash()));
    journal?.send({ kind: "mark", frame, worker: conductorMark, hashes });
  }

  /** The first frame that has not been run before is next. */
  #catchUp(): void {
    this.#caughtUp = true;
    this.#warmFrame = this.#course.frame + this.#secondFrames;
    this.#pacer.restart();
    this.#parts.post({ what: "caught-up" });
  }

  #weigh(ms: number): void {
    const { metrics } = this.#parts.core;
    if (ms > metrics.get(counter.frameMsMax)) metrics.set(counter.frameMsMax, ms);
    // The first second is spent compiling, and says nothing of the world.
    if (ms > this.#stepMs && this.#course.frame > this.#warmFrame) metrics.add(counter.overruns, 1);
    if (!this.#paced) return;
    this.#dilation.note(ms);
    metrics.set(counter.timeDilation, this.#dilation.factor);
  }

  /** Moves actors from workers that have too much to do to those that have little. */
  #level(balance: Balance): void {
    const { registry, placement } = this.#parts.conductor;
    for (const { actor, worker } of balance.plan(this.#meter.measure(registry))) {
      const address = registry.of(actor)?.address;
      if (address) placement.request(address, worker);
    }
  }

  #pace(): void {
    const late = this.#pacer.wait(this.#stepMs / this.#dilation.factor);
    const { metrics } = this.#parts.core;
    metrics.set(counter.latenessMsLast, late);
    if (late > metrics.get(counter.latenessMsMax)) metrics.set(counter.latenessMsMax, late);
  }

  #isSnapshotDue(): boolean {
    const { journal, status } = this.#parts;
    if (journal?.isBehind) return false;
    return status?.snapshotWanted || this.#snapshots.isDue(this.#course.frame);
  }

  /** Begins a snapshot of the world as it is now; the workers add theirs to it. */
  #handOverSnapshot(): boolean {
    const { journal, status, conductor } = this.#parts;
    const { frame } = this.#course;
    if (frame === 0) return false;
    const started = wallMs();
    if (status?.snapshotWanted) status.beginSnapshot(frame);
    const parts = this.#workers + 1;
    journal?.send({ kind: "snapshot", frame, parts, part: conductor.encodeImage(frame) });
    // The workers take about as long as the conductor, each with its share of the actors, and at the same time.
    this.#snapshots.made(frame, 2 * (wallMs() - started));
    return true;
  }

  /** The first actor of the marks that are due now, or -1. All actors have their turn. */
  #marksFrom(): number {
    const { journal, conductor } = this.#parts;
    const { frame } = this.#course;
    if (!journal || frame === 0 || frame % markFrames !== 0 || this.#course.isReplaying) return -1;
    const windows = Math.ceil((conductor.registry.last + 1) / markActors);
    return ((frame / markFrames) % windows) * markActors;
  }

  /** The inputs of the next frame: copies, since the ring's room is given back at once. */
  #takeInputs(): ArrivedInputs {
    const { inputsPerFrameMax } = this.#limits;
    const all: Uint8Array[] = [];
    const recorded: Uint8Array[] = [];
    let keyed = false;
    const ring = this.#inputRing;
    for (let at = ring.peek(); at !== -1 && all.length < inputsPerFrameMax; at = ring.peek()) {
      const { words } = ring;
      const word = at >> 2;
      const start = at + recordHeaderBytes;
      const bytes = ring.bytes.slice(start, start + (words[word + lengthWord] as number));
      all.push(bytes);
      if ((words[word + typeWord] as number) >>> 16 !== recordKind.query) recorded.push(bytes);
      if (words[word + extraWord] === 1) keyed = true;
      this.#through = words[word + sequenceWord] as number;
      ring.advance(at);
    }
    ring.release();
    return { all, recorded, keyed };
  }
}
