import type { ActorDefinition } from "../actor/definition.ts";
import { Barrier } from "../memory/barrier.ts";
import { lengthWord, recordHeaderBytes } from "../memory/record.ts";
import { RingReader } from "../memory/ring.ts";
import { catalogueOf } from "./catalogue.ts";
import { Conductor } from "./conductor.ts";
import { ControlBlock, command } from "./control-block.ts";
import { WorkerCore } from "./core.ts";
import { FramePacer } from "./frame-pacer.ts";
import { bindKinds } from "./kinds.ts";
import type { WorldLimits } from "./limits.ts";
import type { WorldMemory } from "./memory.ts";
import { counter } from "./metrics.ts";
import { type ConductorPorts, openConductorEnds, openCoreEnds, type WorkerPorts } from "./ports.ts";
import { addHash, type StateHash } from "./state-hash.ts";

/** What the main thread hands to a worker as it starts. */
export interface WorkerSetup {
  readonly worker: number;
  readonly workers: number;
  readonly seed: number;
  readonly tickHz: number;
  readonly limits: WorldLimits;
  /** URL of the module that exports `actors`. */
  readonly actorsModule: string;
  readonly memory: WorldMemory;
  readonly ports: WorkerPorts;
  /** Looks at the barrier before a thread sleeps on it, within a frame. */
  readonly spins: number;
  /** A frame begins each step. Otherwise they follow one another as fast as they can. */
  readonly paced: boolean;
  /** On worker 0 only. */
  readonly conductor: ConductorSetup | undefined;
}

export interface ConductorSetup {
  readonly ports: ConductorPorts;
  readonly bootstrap: readonly Uint8Array[];
  /** The world ends after so many frames. 0: it runs until it is stopped. */
  readonly framesMax: number;
  readonly shuffleEveryFrames: number;
}

/** What a worker tells the main thread through its port. */
export type WorkerMessage =
  | { readonly what: "ready" }
  /** The conductor: there is output to read. */
  | { readonly what: "output" }
  /** The loop ended in good order. */
  | { readonly what: "ended"; readonly hash: StateHash }
  /** The conductor: a failure escalated to the top. */
  | { readonly what: "failed"; readonly text: string }
  /** The worker cannot go on, or never began. */
  | { readonly what: "crashed"; readonly text: string; readonly started: boolean };

const wallMs = performance.now.bind(performance);

/** One worker's thread: it goes through the steps of each frame together with the others. */
export class WorkerLoop {
  readonly #setup: WorkerSetup;
  readonly #post: (message: WorkerMessage) => void;
  readonly #control: ControlBlock;
  readonly #barrier: Barrier;
  readonly #core: WorkerCore;
  readonly #lead: Lead | undefined;
  /** The last round sent nothing: no message is on its way. */
  #quiet = true;

  constructor(
    setup: WorkerSetup,
    actors: readonly ActorDefinition[],
    post: (message: WorkerMessage) => void,
  ) {
    const { memory, worker, workers } = setup;
    const catalogue = catalogueOf(actors);
    const kinds = bindKinds(actors, catalogue);
    this.#setup = setup;
    this.#post = post;
    this.#control = new ControlBlock(memory.control, workers);
    this.#barrier = new Barrier(new Int32Array(memory.barrier), workers);
    const ends = openCoreEnds(memory, worker, setup.ports);
    this.#core = new WorkerCore({ ...setup, catalogue, kinds, ends, checks: false });
    if (setup.conductor === undefined) return;
    const conductor = new Conductor({
      ...openConductorEnds(memory, setup.conductor.ports),
      ...setup,
      catalogue,
      kinds,
      reports: this.#core.reports,
      shuffleEveryFrames: setup.conductor.shuffleEveryFrames,
    });
    this.#lead = new Lead(setup, setup.conductor, conductor, this.#control, this.#core, post);
  }

  /** Runs frames until the conductor ends the world. The thread's event loop stands still meanwhile. */
  run(): void {
    this.#post({ what: "ready" });
    const { paced, spins } = this.#setup;
    // Between paced frames there is nothing to be gained by spinning: the next one is milliseconds away.
    const spinsBetween = paced ? 0 : spins;
    for (;;) {
      this.#lead?.prepare();
      if (!this.#barrier.wait(spinsBetween)) return;
      if (this.#control.command !== command.run) break;
      if (!this.#runFrame()) return;
      this.#lead?.conclude(this.#quiet);
    }
    const hash = this.#core.hash();
    if (this.#lead) addHash(hash, this.#lead.hash());
    this.#post({ what: "ended", hash });
  }

  /** False when the barrier was aborted. */
  #runFrame(): boolean {
    const { limits, spins, worker } = this.#setup;
    const control = this.#control;
    const { frame, moves } = control;
    this.#core.beginFrame(frame, moves);
    if (moves) {
      if (!this.#barrier.wait(spins)) return false;
      this.#core.installImages();
      if (!this.#barrier.wait(spins)) return false;
    }
    for (let round = 0; round < limits.roundsMax; round += 1) {
      control.setSent(worker, round, this.#core.runRound(round));
      if (!this.#barrier.wait(spins)) return false;
      this.#quiet = control.sentIn(round) === 0;
      if (this.#quiet) break;
    }
    this.#core.endFrame();
    control.setOutput(worker, this.#core.hasOutput);
    return this.#barrier.wait(spins);
  }
}

/** The conductor's part of a worker's loop: what happens between two frames. */
class Lead {
  readonly #setup: ConductorSetup;
  readonly #limits: WorldLimits;
  readonly #conductor: Conductor;
  readonly #control: ControlBlock;
  readonly #core: WorkerCore;
  readonly #post: (message: WorkerMessage) => void;
  readonly #inputRing: RingReader;
  readonly #pacer: FramePacer;
  readonly #stepMs: number;
  readonly #paced: boolean;
  #bootstrap: readonly Uint8Array[];
  #frame = 0;
  #quiet = true;
  #began = 0;

  constructor(
    setup: WorkerSetup,
    conductorSetup: ConductorSetup,
    conductor: Conductor,
    control: ControlBlock,
    core: WorkerCore,
    post: (message: WorkerMessage) => void,
  ) {
    this.#setup = conductorSetup;
    this.#limits = setup.limits;
    this.#conductor = conductor;
    this.#control = control;
    this.#core = core;
    this.#post = post;
    this.#inputRing = new RingReader(setup.memory.inputRing);
    this.#stepMs = 1_000 / setup.tickHz;
    this.#paced = setup.paced;
    this.#pacer = new FramePacer(control, this.#stepMs);
    this.#bootstrap = conductorSetup.bootstrap;
  }

  /** Waits for the next frame and plans it, or ends the world. */
  prepare(): void {
    const { framesMax } = this.#setup;
    if (this.#paced) this.#pace();
    const ended = framesMax > 0 && this.#frame === framesMax;
    if (this.#control.stopRequested || ended) {
      this.#control.order(command.stop, this.#frame, false);
      return;
    }
    this.#began = wallMs();
    const moves = this.#conductor.plan(this.#frame + 1, this.#takeInputs(), this.#quiet);
    if (this.#conductor.failure !== undefined) {
      this.#post({ what: "failed", text: this.#conductor.failure });
      this.#control.order(command.failed, this.#frame, false);
      return;
    }
    this.#frame += 1;
    this.#control.order(command.run, this.#frame, moves);
  }

  /** After all workers have ended the frame. `quiet` tells that it left no message on its way. */
  conclude(quiet: boolean): void {
    const { metrics } = this.#core;
    const ms = wallMs() - this.#began;
    metrics.set(counter.frameMsLast, ms);
    if (ms > metrics.get(counter.frameMsMax)) metrics.set(counter.frameMsMax, ms);
    if (ms > this.#stepMs) metrics.add(counter.overruns, 1);
    metrics.set(counter.frames, this.#frame);
    this.#quiet = quiet;
    this.#control.setEnded(this.#frame);
    if (this.#control.output && this.#control.ringDoorbell()) this.#post({ what: "output" });
  }

  hash(): StateHash {
    return this.#conductor.hash();
  }

  #pace(): void {
    const late = this.#pacer.wait();
    const { metrics } = this.#core;
    metrics.set(counter.latenessMsLast, late);
    if (late > metrics.get(counter.latenessMsMax)) metrics.set(counter.latenessMsMax, late);
  }

  /** The inputs of the next frame: copies, since the ring's room is given back at once. */
  #takeInputs(): Uint8Array[] {
    const { inputsPerFrameMax } = this.#limits;
    if (this.#bootstrap.length > 0) {
      const inputs = this.#bootstrap.slice(0, inputsPerFrameMax);
      this.#bootstrap = this.#bootstrap.slice(inputsPerFrameMax);
      return inputs;
    }
    const inputs: Uint8Array[] = [];
    const ring = this.#inputRing;
    for (let at = ring.peek(); at !== -1 && inputs.length < inputsPerFrameMax; at = ring.peek()) {
      const start = at + recordHeaderBytes;
      inputs.push(ring.bytes.slice(start, start + (ring.words[(at >> 2) + lengthWord] as number)));
      ring.advance(at);
    }
    ring.release();
    return inputs;
  }
}
