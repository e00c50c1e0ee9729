import type { JournalSender } from "../../src/runtime/journal/journal-sender.ts";
import type { JournalStatus } from "../../src/runtime/journal/journal-status.ts";
import type { PackedHistory } from "../../src/runtime/journal/packed-history.ts";
import { RingWriter } from "../../src/runtime/memory/ring.ts";
import { encodeBootstrap } from "../../src/runtime/world/bootstrap.ts";
import { ControlBlock, command } from "../../src/runtime/world/control-block.ts";
import { FlightDeck } from "../../src/runtime/world/flight-deck.ts";
import { InlineWorld } from "../../src/runtime/world/inline-world.ts";
import { Lead, markActors } from "../../src/runtime/world/lead.ts";
import { defaultLimits, type WorldLimits } from "../../src/runtime/world/limits.ts";
import { MarkCheck } from "../../src/runtime/world/mark-check.ts";
import { OutputReader, type OutputSinks } from "../../src/runtime/world/output-reader.ts";
import { Quarantine } from "../../src/runtime/world/quarantine.ts";
import { readSnapshot } from "../../src/runtime/world/restored-world.ts";
import type { WorkerSetup } from "../../src/runtime/world/worker-setup.ts";
import { strike } from "./strike.ts";
import { bootstrap, catalogue, kinds } from "./workload.ts";

export const tickHz = 60;

/** As large as these small worlds need: thousands of them are made. */
export const limits: WorldLimits = {
  ...defaultLimits,
  actorsMax: 1_000,
  inputsPerFrameMax: 16,
  inputRingBytes: 65_536,
  outputRingBytes: 1_048_576,
  reportsPerFrameMax: 4,
  queryMsPerFrameMax: 60_000,
};

/** What a set of workers begins with. */
export interface ThreadsSetup {
  readonly seed: number;
  readonly workers: number;
  readonly shuffleEveryFrames: number;
  /** Frames between two snapshots. */
  readonly snapshotFrames: number;
  readonly history: PackedHistory;
  readonly mutedThrough: number;
  readonly callersWait: boolean;
  /** One for each worker. */
  readonly journal: readonly JournalSender[];
  readonly status: JournalStatus;
}

const nobody: OutputSinks = { events() {}, reply() {}, effect() {}, report() {} };

/**
 * The worker threads of a world, taking turns: Lead, the cores and the conductor go through the steps of WorkerLoop, and
 * between any two of them a blow can fall.
 */
export class SimulatedThreads {
  readonly world: InlineWorld;
  readonly control: ControlBlock;
  readonly deck: FlightDeck;
  readonly inputRing: RingWriter;
  /** Why the world cannot go on. */
  failure: string | undefined;
  /** The worker whose turn it is. */
  worker = 0;
  readonly #setup: ThreadsSetup;
  readonly #lead: Lead;
  readonly #checks: readonly MarkCheck[];
  readonly #output: OutputReader;
  readonly #loads: Float64Array;
  #ended: number;
  #quiet = true;

  constructor(setup: ThreadsSetup, sinks: OutputSinks) {
    const { history, workers } = setup;
    this.#setup = setup;
    this.world = new InlineWorld({
      ...{ catalogue, kinds, limits, tickHz, workers, checks: false, sinks: nobody },
      seed: setup.seed,
      shuffleEveryFrames: setup.shuffleEveryFrames,
      restored: history.snapshot && readSnapshot(history.snapshot, catalogue),
      quarantine: new Quarantine(history.quarantine),
      mutedThrough: setup.mutedThrough,
      replayedThrough: history.reached,
      callersWait: setup.callersWait,
    });
    const { memory } = this.world;
    new Int32Array(memory.interest).fill(1);
    this.control = new ControlBlock(memory.control, workers);
    this.deck = new FlightDeck(memory, kinds);
    this.inputRing = new RingWriter(memory.inputRing);
    this.#checks = this.world.cores.map(() => new MarkCheck(history));
    this.#output = new OutputReader(memory.outputRings, catalogue, sinks);
    this.#loads = new Float64Array(memory.actorMetrics);
    this.#ended = history.snapshotFrame;
    this.#lead = this.#createLead();
  }

  /** Runs the next frame. Throws Struck where it is struck, and HISTORY_DIVERGED. */
  runFrame(): void {
    const { world, control } = this;
    this.worker = 0;
    this.#lead.prepare();
    strike.passFrame();
    if (control.command !== command.run) return;
    this.#each((worker) => this.#survey(worker, control.frame - 1));
    this.#each((worker) => {
      world.cores[worker]?.beginFrame(control.frame, control.moves, control.checkpoint);
    });
    if (control.moves) this.#each((worker) => world.cores[worker]?.installImages());
    this.#quiet = false;
    for (let round = 0; round < limits.roundsMax && !this.#quiet; round += 1) {
      this.#each((worker) => {
        control.setSent(worker, round, world.cores[worker]?.runRound(round) ?? 0);
      });
      this.#quiet = control.sentIn(round) === 0;
    }
    this.#each((worker) => {
      world.cores[worker]?.endFrame();
      control.setOutput(worker, world.cores[worker]?.hasOutput ?? false);
    });
    world.frame = control.frame;
    // Where actors sit must not depend on how long their handlers took.
    this.#loads.fill(0);
    this.#lead.conclude(this.#quiet);
  }

  /** States of the actors of one kind, with their addresses. */
  *statesOf(kind: string): Generator<[string, unknown]> {
    const { world } = this;
    for (const { number, address } of world.conductor.registry.all()) {
      if (!address.startsWith(`${kind}/`)) continue;
      const cell = world.coreOf(number).cellAt(number);
      if (cell && !cell.fresh) yield [address, cell.state];
    }
  }

  /** Ends the world in good order, with a last snapshot where it is quiet. */
  stop(): void {
    this.control.requestStop();
    this.#lead.prepare();
    strike.passFrame();
    this.#each((worker) => this.#survey(worker, this.control.frame));
  }

  /** As ThreadView has it. */
  readOutput(): number {
    this.control.answerDoorbell();
    const low = this.control.endedLow;
    this.#ended += (low - (this.#ended | 0)) | 0;
    this.#output.read(low);
    return this.#ended;
  }

  #createLead(): Lead {
    const { world, control } = this;
    const { history, workers, seed, snapshotFrames, status, journal } = this.#setup;
    const setup = {
      ...{ worker: 0, workers, seed, tickHz, limits, history, spins: 0, paced: false },
      memory: world.memory,
    } as unknown as WorkerSetup;
    const conductorSetup = {
      bootstrap: encodeBootstrap(bootstrap),
      lastFrame: 0,
      shuffleEveryFrames: this.#setup.shuffleEveryFrames,
      snapshots: {
        // What frames cost by the wall clock decides nothing here.
        ...{ replayMsMax: Number.POSITIVE_INFINITY, framesMin: 1, framesMax: snapshotFrames },
      },
    };
    return new Lead(setup, conductorSetup as never, {
      ...{ conductor: world.conductor, control, core: world.cores[0] as never, status },
      journal: journal[0],
      post: (message) => {
        if (message.what === "failed") this.failure = message.text;
      },
    });
  }

  #each(run: (worker: number) => void): void {
    for (let worker = 0; worker < this.#setup.workers; worker += 1) {
      this.worker = worker;
      run(worker);
      strike.passFrame();
    }
  }

  /** Looks at one worker between two frames, for the journal, or to compare it with what the journal says. */
  #survey(worker: number, frame: number): void {
    const { workers, journal } = this.#setup;
    const core = this.world.cores[worker];
    if (core === undefined) return;
    this.#checks[worker]?.checkActors(frame, core);
    const { snapshot, marksFrom } = this.control;
    if (snapshot) {
      const part = core.survey.encodeImages();
      journal[worker]?.send({ kind: "snapshot", frame, parts: workers + 1, part });
    }
    if (marksFrom < 0) return;
    const hashes = core.survey.marks(marksFrom, marksFrom + markActors);
    if (hashes.length > 0) journal[worker]?.send({ kind: "mark", frame, worker, hashes });
  }
}
