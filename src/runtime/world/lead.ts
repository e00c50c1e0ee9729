import { lengthWord, recordHeaderBytes } from "../memory/record.ts";
import { RingReader } from "../memory/ring.ts";
import { wallMs } from "../wall-clock.ts";
import type { Conductor } from "./conductor.ts";
import { type ControlBlock, command } from "./control-block.ts";
import type { WorkerCore } from "./core.ts";
import { FramePacer } from "./frame-pacer.ts";
import type { WorldLimits } from "./limits.ts";
import { counter } from "./metrics.ts";
import type { StateHash } from "./state-hash.ts";
import type { ConductorSetup, WorkerMessage, WorkerSetup } from "./worker-setup.ts";

/** The conductor's part of a worker's loop: what happens between two frames. */
export class Lead {
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
