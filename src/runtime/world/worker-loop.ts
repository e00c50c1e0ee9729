import type { ActorDefinition } from "../actor/definition.ts";
import { Barrier } from "../memory/barrier.ts";
import { catalogueOf } from "./catalogue.ts";
import { Conductor } from "./conductor.ts";
import { ControlBlock, command } from "./control-block.ts";
import { WorkerCore } from "./core.ts";
import { bindKinds } from "./kinds.ts";
import { Lead } from "./lead.ts";
import { openConductorEnds, openCoreEnds } from "./ports.ts";
import { addHash } from "./state-hash.ts";
import type { WorkerMessage, WorkerSetup } from "./worker-setup.ts";

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
