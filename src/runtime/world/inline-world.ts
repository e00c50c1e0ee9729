import type { Catalogue } from "./catalogue.ts";
import { Conductor } from "./conductor.ts";
import { WorkerCore } from "./core.ts";
import type { Kinds } from "./kinds.ts";
import type { WorldLimits } from "./limits.ts";
import { createWorldMemory, type WorldMemory } from "./memory.ts";
import { OutputReader, type OutputSinks } from "./output-reader.ts";
import { createPorts, openConductorEnds, openCoreEnds } from "./ports.ts";
import { Quarantine } from "./quarantine.ts";
import type { RestoredWorld } from "./restored-world.ts";
import { addHash, type StateHash } from "./state-hash.ts";

export interface InlineWorldOptions {
  readonly catalogue: Catalogue;
  readonly kinds: Kinds;
  readonly limits: WorldLimits;
  readonly seed: number;
  readonly tickHz: number;
  readonly workers: number;
  readonly shuffleEveryFrames: number;
  /** Switches on the checks that cost time. */
  readonly checks: boolean;
  readonly sinks: OutputSinks;
  /** What the world goes on from. Undefined: it begins. */
  readonly restored?: RestoredWorld | undefined;
  readonly quarantine?: Quarantine;
  /** As in CoreOptions. */
  readonly mutedThrough?: number;
  readonly fedThrough?: number;
  readonly replayedThrough?: number;
  readonly callersWait?: boolean;
  /** Of each worker's ring of a feed. 0: there is no feed. */
  readonly feedRingBytes?: number;
  /** Actors whose addresses can be read from its memory, by whoever looks at it from outside. Undefined: all. */
  readonly namesMax?: number;
}

/**
 * A world in the calling thread: its workers take turns. It is the code of the real one but for threads, barriers and
 * pacing, for those who look into a world or test it.
 */
export class InlineWorld {
  frame: number;
  readonly memory: WorldMemory;
  readonly cores: readonly WorkerCore[];
  readonly conductor: Conductor;
  readonly #output: OutputReader;
  readonly #roundsMax: number;
  /** No message is on its way. */
  quiet = true;

  constructor(options: InlineWorldOptions) {
    const { catalogue, kinds, limits, workers, restored, feedRingBytes, namesMax } = options;
    const counts = { messages: catalogue.messages.length, handlers: kinds.handlers.length };
    const ports = createPorts(workers);
    this.memory = createWorldMemory(workers, limits, counts, feedRingBytes, namesMax);
    const common = {
      ...options,
      memory: this.memory,
      quarantine: options.quarantine ?? new Quarantine([]),
      mutedThrough: options.mutedThrough ?? 0,
      fedThrough: options.fedThrough ?? 0,
      replayedThrough: options.replayedThrough ?? 0,
      callersWait: options.callersWait ?? true,
    };
    this.cores = ports.workers.map(
      (own, worker) =>
        new WorkerCore({ ...common, worker, ends: openCoreEnds(this.memory, worker, own) }),
    );
    const ends = openConductorEnds(this.memory, ports.conductor);
    this.conductor = new Conductor({ ...common, ...ends, reports: this.#core(0).reports });
    if (restored) {
      this.conductor.restore(restored);
      for (const core of this.cores) core.restore(restored);
    }
    this.#output = new OutputReader(this.memory.outputRings, catalogue, options.sinks);
    this.#roundsMax = limits.roundsMax;
    this.frame = restored?.frame ?? 0;
  }

  /** Runs the next frame. False when a failure escalated to the top, which `conductor.failure` tells. */
  runFrame(inputs: readonly Uint8Array[], checkpoint = false): boolean {
    const { cores, conductor } = this;
    const frame = this.frame + 1;
    const moves = conductor.plan(frame, inputs, this.quiet);
    if (conductor.failure !== undefined) return false;
    this.frame = frame;
    for (const core of cores) core.beginFrame(frame, moves, checkpoint);
    if (moves) for (const core of cores) core.installImages();
    this.quiet = false;
    for (let round = 0; round < this.#roundsMax && !this.quiet; round += 1) {
      const sent = cores.map((core) => core.runRound(round));
      this.quiet = sent.every((records) => records === 0);
    }
    for (const core of cores) core.endFrame();
    this.#output.read(frame | 0);
    return true;
  }

  /** The parts of a Snapshot of the world as it is now: the conductor's, then each worker's. */
  snapshotParts(): Uint8Array[] {
    return [
      this.conductor.encodeImage(this.frame),
      ...this.cores.map((core) => core.survey.encodeImages()),
    ];
  }

  hash(): StateHash {
    const sum = this.conductor.hash();
    for (const core of this.cores) addHash(sum, core.survey.hash());
    return sum;
  }

  /** The worker on which an actor sits. */
  coreOf(actor: number): WorkerCore {
    return this.#core(this.cores[0]?.directory.workerOf(actor) ?? 0);
  }

  #core(worker: number): WorkerCore {
    const core = this.cores[worker];
    if (core === undefined) throw new RangeError(`worker=${worker} is not in this world`);
    return core;
  }
}
