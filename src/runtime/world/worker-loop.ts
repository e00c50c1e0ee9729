import type { ActorDefinition } from "../actor/definition.ts";
import { FrameRingWriter } from "../journal/frame-ring.ts";
import { JournalSender } from "../journal/journal-sender.ts";
import { JournalStatus } from "../journal/journal-status.ts";
import { Barrier } from "../memory/barrier.ts";
import { catalogueOf } from "./catalogue.ts";
import { Conductor } from "./conductor.ts";
import { ControlBlock, command } from "./control-block.ts";
import { WorkerCore } from "./core.ts";
import { bindKinds } from "./kinds.ts";
import { Lead, markActors } from "./lead.ts";
import { MarkCheck } from "./mark-check.ts";
import { openConductorEnds, openCoreEnds } from "./ports.ts";
import { Quarantine } from "./quarantine.ts";
import { readSnapshot } from "./restored-world.ts";
import { addHash } from "./state-hash.ts";
import type { WorkerMessage, WorkerSetup } from "./worker-setup.ts";

/** One worker's thread: it goes through the steps of each frame together with the others. */
export class WorkerLoop {
  readonly #setup: WorkerSetup;
  readonly #post: (message: WorkerMessage) => void;
  readonly #control: ControlBlock;
  readonly #barrier: Barrier;
  readonly #core: WorkerCore;
  readonly #conductor: Conductor | undefined;
  readonly #lead: Lead | undefined;
  readonly #journal: JournalSender | undefined;
  readonly #check: MarkCheck | undefined;
  /** The last round sent nothing: no message is on its way. */
  #quiet = true;

  constructor(
    setup: WorkerSetup,
    actors: readonly ActorDefinition[],
    post: (message: WorkerMessage) => void,
  ) {
    const { memory, worker, workers, history, limits } = setup;
    const catalogue = catalogueOf(actors);
    const kinds = bindKinds(actors, catalogue);
    const quarantine = new Quarantine(history?.quarantine ?? []);
    const replayedThrough = history?.reached ?? 0;
    const status = setup.journal && new JournalStatus(setup.journal.status);
    this.#setup = setup;
    this.#post = post;
    this.#control = new ControlBlock(memory.control, workers);
    this.#barrier = new Barrier(new Int32Array(memory.barrier), workers);
    this.#journal =
      setup.journal &&
      status &&
      new JournalSender(
        setup.journal.port,
        status,
        limits.journalBytesMax,
        setup.journal.frames && new FrameRingWriter(setup.journal.frames),
      );
    this.#check = history && new MarkCheck(history);
    const ends = openCoreEnds(memory, worker, setup.ports);
    const parts = { ...setup, catalogue, kinds, quarantine, replayedThrough };
    this.#core = new WorkerCore({ ...parts, ends, checks: false });
    if (setup.conductor) {
      const { ports, shuffleEveryFrames } = setup.conductor;
      const { reports } = this.#core;
      const conductorEnds = openConductorEnds(memory, ports);
      const conductor = new Conductor({ ...parts, ...conductorEnds, reports, shuffleEveryFrames });
      this.#conductor = conductor;
      const [control, core, journal] = [this.#control, this.#core, this.#journal];
      this.#lead = new Lead(setup, setup.conductor, {
        ...{ conductor, control, core, journal, status, post },
      });
    }
  }

  /**
   * Runs frames until the conductor ends the world. The thread's event loop stands still meanwhile. False when the world
   * was given up instead.
   */
  run(): boolean {
    this.#post({ what: "ready" });
    const { paced, spins } = this.#setup;
    // Between paced frames there is nothing to be gained by spinning: the next one is milliseconds away.
    const spinsBetween = paced ? 0 : spins;
    if (!this.#restore()) return false;
    for (;;) {
      this.#lead?.prepare();
      if (!this.#barrier.wait(spinsBetween)) return false;
      const ended = this.#control.command !== command.run;
      this.#survey(ended ? this.#control.frame : this.#control.frame - 1);
      if (ended) break;
      if (!this.#runFrame()) return false;
      this.#lead?.conclude(this.#quiet);
    }
    const hash = this.#core.survey.hash();
    if (this.#lead) addHash(hash, this.#lead.hash());
    this.#post({ what: "ended", hash });
    return true;
  }

  /** Takes up the stored world, the conductor first, which says who sits where. False when the barrier was aborted. */
  #restore(): boolean {
    const { history, spins } = this.#setup;
    if (history?.snapshot === undefined) return true;
    const restored = readSnapshot(history.snapshot, this.#core.catalogue);
    this.#conductor?.restore(restored);
    if (!this.#barrier.wait(spins)) return false;
    this.#core.restore(restored);
    return true;
  }

  /** Looks at the world between two frames, for the journal, or to compare it with what the journal says. */
  #survey(frame: number): void {
    const { worker, workers } = this.#setup;
    this.#check?.checkActors(frame, this.#core);
    const { snapshot, marksFrom } = this.#control;
    if (snapshot && this.#journal) {
      const part = this.#core.survey.encodeImages();
      this.#journal.send({ kind: "snapshot", frame, parts: workers + 1, part });
    }
    if (marksFrom < 0) return;
    const hashes = this.#core.survey.marks(marksFrom, marksFrom + markActors);
    if (hashes.length > 0) this.#journal?.send({ kind: "mark", frame, worker, hashes });
  }

  /** False when the barrier was aborted. */
  #runFrame(): boolean {
    const { limits, spins, worker } = this.#setup;
    const control = this.#control;
    const { frame, moves } = control;
    this.#core.beginFrame(frame, moves, control.checkpoint);
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
