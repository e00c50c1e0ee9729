import { availableParallelism } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { ActorDefinition } from "../actor/definition.ts";
import { type ErrorCode, TellurionError } from "../errors.ts";
import type { JournalEnd } from "../journal/journal-end.ts";
import type { PackedHistory } from "../journal/packed-history.ts";
import { Barrier } from "../memory/barrier.ts";
import { encodeBootstrap } from "./bootstrap.ts";
import { type Catalogue, catalogueOf } from "./catalogue.ts";
import { ControlBlock } from "./control-block.ts";
import type { NowReading } from "./flight-recorder.ts";
import { interestBit, showInterest } from "./interest.ts";
import { bindKinds, type Kinds } from "./kinds.ts";
import { defaultLimits, type WorldLimits, workersMax } from "./limits.ts";
import { createWorldMemory, type WorldMemory } from "./memory.ts";
import { createPorts } from "./ports.ts";
import { defaultSnapshots, type SnapshotOptions } from "./snapshot-schedule.ts";
import { addHash, type StateHash } from "./state-hash.ts";
import type { WorkerMessage, WorkerSetup } from "./worker-setup.ts";
import { WorkerThread } from "./worker-thread.ts";
import type { WorldOptions } from "./world.ts";

/**
 * Looks at the barrier before a thread sleeps on it: about 30 µs, half of what a sleep and its wake-up take. More of
 * them gain nothing on a free machine, and where two workers share a core each of them is time that the other lacks.
 */
const spinsWithCores = 1_000;
/** Frames between two checkpoints of a world that makes no snapshots. */
const checkpointFrames = 600;
/** Errors about the world's file, or of an option that the system refuses: trying again finds the same. */
const lastingErrors: Partial<Record<ErrorCode, true>> = {
  HISTORY_DIVERGED: true,
  WORLD_FILE_INVALID: true,
  INVALID_OPTION: true,
};
/** No limit of a world may be larger: ring positions and actor numbers have 32 bits, with a sign. */
const limitMax = 2 ** 30;
/** How long workers may take to import their actors and begin, in ms. */
const startMsMax = 30_000;
/** How long workers may take to leave a world that is given up before they are ended, in ms. */
const abandonMsMax = 50;
/** How long workers may take to leave after a stop before they are terminated, in ms. */
const stopMsMax = 1_500;

/** What a set of threads begins with. */
export interface Launch {
  /** What the world goes on from. Undefined: it begins. */
  readonly history: PackedHistory | undefined;
  /** One for each worker, or none. */
  readonly journal: readonly JournalEnd[];
  /** Frames up to this one have been seen outside. */
  readonly mutedThrough: number;
  /** The feed's reader has the events of frames up to this one. Undefined: none. */
  readonly fedThrough?: number;
  /** Who called in frames that are run again still waits for the reply. */
  readonly callersWait: boolean;
  /** Numbers of the events that are listened to as the first frame begins. Undefined: none. */
  readonly listenedTo?: ReadonlySet<number>;
  /** Frames follow one another as fast as they can, up to this one. 0: they are paced, and go on. */
  readonly lastFrame: number;
}

/** A world that was never kept: it begins, and runs as many frames. 0: paced, until it is stopped. */
export function newLaunch(lastFrame: number): Launch {
  return {
    history: undefined,
    journal: [],
    mutedThrough: 0,
    fedThrough: 0,
    callersWait: true,
    lastFrame,
  };
}

/** What the owner of a world's threads hears from them. */
export interface ThreadEvents {
  output(): void;
  /** The threads cannot go on; they are ending. Called once, after `start` and not after `stop`. */
  lost(loss: WorldLoss): void;
}

/** Why a world's threads cannot go on. */
export interface WorldLoss {
  readonly error: TellurionError;
  /** The worker that was lost. Undefined: the world itself failed, and would again. */
  readonly worker: number | undefined;
  /** What the worker was at, when its handler does not return. */
  readonly stuck?: NowReading;
}

/** What the threads of a world are made from. */
export interface WorldParts {
  readonly catalogue: Catalogue;
  readonly kinds: Kinds;
  readonly limits: WorldLimits;
}

/** Imports a world's actors. Rejects with WORKER_START_FAILED or INVALID_DEFINITION. */
export async function loadParts(options: WorldOptions): Promise<WorldParts> {
  checkOptions(options);
  const actors = await importActors(options.actorsModule);
  const catalogue = catalogueOf(actors);
  const kinds = bindKinds(actors, catalogue);
  return { catalogue, kinds, limits: { ...defaultLimits, ...options.limits } };
}

/** The worker threads of one world and the memory they share: started together, ended together. */
export class WorldThreads {
  readonly memory: WorldMemory;
  readonly control: ControlBlock;
  /** Resolves when the first frame is next that has not been run before. */
  readonly caughtUp: Promise<void>;
  /** Resolves with the state hash when all workers have left their loops; rejects when one was lost. */
  readonly ended: Promise<StateHash>;

  readonly #options: WorldOptions;
  readonly #parts: WorldParts;
  readonly #events: ThreadEvents;
  readonly #threads: WorkerThread[];
  readonly #ready = Promise.withResolvers<void>();
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<StateHash>();
  readonly #hash = { a: 0, b: 0 };
  readonly #left = new Set<number>();
  #readyCount = 0;
  /** The workers leave, or have left, in good order or not: what they do from here on is no failure. */
  #over = false;

  private constructor(
    options: WorldOptions,
    parts: WorldParts,
    launch: Launch,
    events: ThreadEvents,
    spares: readonly WorkerThread[],
  ) {
    const { workers } = options;
    this.#options = options;
    this.#parts = parts;
    this.#events = events;
    const { catalogue, kinds, limits } = parts;
    const counts = { messages: catalogue.messages.length, handlers: kinds.handlers.length };
    const { feed } = options;
    this.memory = createWorldMemory(workers, limits, counts, feed?.ringBytes);
    if (feed) showInterest(this.memory, catalogue, new Set(feed.events), interestBit.feed);
    this.control = new ControlBlock(this.memory.control, workers);
    // Until a frame ends here, it is the snapshot's that has.
    this.control.setEnded(launch.history?.snapshotFrame ?? 0);
    if (launch.listenedTo) showInterest(this.memory, parts.catalogue, launch.listenedTo);
    this.caughtUp = this.#caughtUp.promise;
    this.ended = this.#ended.promise;
    for (const promise of [this.caughtUp, this.ended, this.#ready.promise]) promise.catch(() => {});
    this.#threads = this.#setups(launch).map((setup) => {
      const { worker } = setup;
      const thread =
        spares[worker] ?? new WorkerThread(`tellurion-worker-${worker}`, options.workerMemoryMb);
      thread.run(setup, {
        heard: (message) => this.#hear(worker, message),
        failed: (cause) => this.#lose({ error: lostBy(worker, cause), worker }),
        exited: (code) => this.#exited(worker, code),
      });
      return thread;
    });
  }

  /**
   * Starts all workers, on `spares` as far as these go. Rejects with WORKER_START_FAILED or INVALID_DEFINITION when one
   * cannot.
   */
  static async start(
    options: WorldOptions,
    parts: WorldParts,
    launch: Launch,
    events: ThreadEvents,
    spares: readonly WorkerThread[] = [],
  ): Promise<WorldThreads> {
    const threads = new WorldThreads(options, parts, launch, events, spares);
    const timer = setTimeout(() => threads.#ready.reject(startedTooSlowly()), startMsMax);
    try {
      await threads.#ready.promise;
    } catch (error) {
      await threads.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return threads;
  }

  /** Ends the running frame, then the workers; those that do not leave in time are terminated. */
  async stop(): Promise<void> {
    this.#over = true;
    this.control.requestStop();
    const timer = setTimeout(() => void this.terminate(), stopMsMax);
    await Promise.all(this.#threads.map((thread) => thread.gone));
    clearTimeout(timer);
    this.#caughtUp.reject(new TellurionError("WORLD_STOPPED", "the world was stopped"));
  }

  /** Ends the workers at once, wherever they are. */
  async terminate(): Promise<void> {
    this.#abort();
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** Gives the world up. Returns the threads that are free for another one; the others are ended. */
  async abandon(): Promise<WorkerThread[]> {
    this.#abort();
    const leave = async (thread: WorkerThread): Promise<WorkerThread[]> => {
      const late = delay(abandonMsMax, false, { ref: false });
      if (await Promise.race([thread.aborted, late])) return [thread];
      await thread.terminate();
      return [];
    };
    return (await Promise.all(this.#threads.map(leave))).flat();
  }

  /** Gives a worker up: its handler does not return. */
  giveUp(stuck: NowReading, error: TellurionError): void {
    const { worker } = stuck;
    void this.#threads[worker]?.terminate();
    this.#lose({ error, worker, stuck });
  }

  #setups(launch: Launch): WorkerSetup[] {
    const { workers, seed, tickHz, actorsModule, bootstrap } = this.#options;
    const { history, journal, lastFrame, mutedThrough, fedThrough = 0, callersWait } = launch;
    const ports = createPorts(workers);
    const conductor = {
      ports: ports.conductor,
      bootstrap: encodeBootstrap(bootstrap),
      lastFrame,
      shuffleEveryFrames: this.#options.shuffleEveryFrames ?? 0,
      fixedPlacement: this.#options.fixedPlacement ?? false,
      snapshots: snapshotOptions(this.#options, journal.length > 0),
    };
    return ports.workers.map((own, worker) => ({
      ...{ worker, workers, seed, tickHz, history, mutedThrough, fedThrough, callersWait },
      limits: this.#parts.limits,
      actorsModule: actorsModule.href,
      memory: this.memory,
      ports: own,
      spins: workers <= availableParallelism() ? spinsWithCores : 0,
      paced: lastFrame === 0,
      realtime: this.#options.realtime ?? false,
      journal: journal[worker],
      conductor: worker === 0 ? conductor : undefined,
    }));
  }

  #hear(worker: number, message: WorkerMessage): void {
    const { workers } = this.#options;
    switch (message.what) {
      case "ready":
        this.#readyCount += 1;
        if (this.#readyCount === workers) this.#ready.resolve();
        return;
      case "caught-up":
        this.#caughtUp.resolve();
        return;
      case "output":
        this.#events.output();
        return;
      case "failed": {
        const error = new TellurionError("WORLD_FAILED", `the world stopped: ${message.text}`);
        this.#lose({ error, worker: undefined });
        return;
      }
      case "crashed":
        this.#lose(crash(worker, message));
        return;
      case "ended":
        addHash(this.#hash, message.hash);
        this.#left.add(worker);
        // It would wait for another world, or for what an imported module has left open.
        void this.#threads[worker]?.terminate();
        if (this.#left.size === workers) this.#ended.resolve(this.#hash);
        return;
      case "aborted":
    }
  }

  #exited(worker: number, code: number): void {
    const hasBegun = this.#readyCount === this.#options.workers;
    if (this.#left.has(worker)) return;
    this.#lose({ error: unexpectedExit(worker, code, hasBegun), worker });
  }

  #lose(loss: WorldLoss): void {
    if (this.#over) return;
    this.#abort();
    const hasBegun = this.#readyCount === this.#options.workers;
    for (const { reject } of [this.#ready, this.#caughtUp, this.#ended]) reject(loss.error);
    if (hasBegun) this.#events.lost(loss);
  }

  #abort(): void {
    this.#over = true;
    new Barrier(new Int32Array(this.memory.barrier), this.#options.workers).abort();
    this.control.requestStop();
  }
}

/** A world that is kept nowhere has checkpoints only, at frames that do not depend on the wall clock. */
function snapshotOptions(options: WorldOptions, isKept: boolean): SnapshotOptions {
  if (isKept) return { ...defaultSnapshots, ...options.snapshots };
  return { ...defaultSnapshots, framesMin: checkpointFrames, framesMax: checkpointFrames };
}

async function importActors(module: URL): Promise<readonly ActorDefinition[]> {
  try {
    const { actors } = (await import(module.href)) as { actors?: readonly ActorDefinition[] };
    if (Array.isArray(actors) && actors.every(isDefinition)) return actors;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new TellurionError("WORKER_START_FAILED", `${module.href} cannot be imported: ${text}`, {
      cause,
    });
  }
  throw new TellurionError(
    "INVALID_DEFINITION",
    `${module.href} does not export \`actors\`, a list of what defineActor returns`,
  );
}

function isDefinition(value: unknown): value is ActorDefinition {
  const { kind, handlers, state } = (value ?? {}) as Partial<ActorDefinition>;
  return typeof kind === "string" && Array.isArray(handlers) && state?.kind === "message";
}

function startedTooSlowly(): TellurionError {
  return new TellurionError(
    "WORKER_START_FAILED",
    `a worker was not ready after ${startMsMax} ms; does a module of the actors wait for something?`,
  );
}

function lostBy(worker: number, cause: unknown): TellurionError {
  const text = `worker ${worker} was lost: ${cause instanceof Error ? cause.message : cause}`;
  return new TellurionError("WORLD_FAILED", text, { cause });
}

function unexpectedExit(worker: number, code: number, started: boolean): TellurionError {
  const text = `worker ${worker} exited by itself, with code ${code}`;
  return new TellurionError(started ? "WORLD_FAILED" : "WORKER_START_FAILED", text);
}

function crash(
  worker: number,
  { text, started, code }: Extract<WorkerMessage, { what: "crashed" }>,
): WorldLoss {
  if (code && code in lastingErrors) {
    return { error: new TellurionError(code, text), worker: undefined };
  }
  if (!started) {
    const whole = `worker ${worker} did not start: ${text}`;
    return { error: new TellurionError("WORKER_START_FAILED", whole), worker: undefined };
  }
  return { error: new TellurionError("WORLD_FAILED", `worker ${worker} crashed: ${text}`), worker };
}

function checkOptions({ workers, tickHz, seed, limits = {} }: WorldOptions): void {
  const refuse = (name: string, value: number, valid: string): never => {
    throw new TellurionError("INVALID_OPTION", `${name}=${value} is not valid; valid are ${valid}`);
  };
  if (!Number.isInteger(workers) || workers < 1 || workers > workersMax) {
    refuse("workers", workers, `integers from 1 to ${workersMax}`);
  }
  if (!Number.isInteger(tickHz) || tickHz < 1 || tickHz > 240) {
    refuse("tickHz", tickHz, "integers from 1 to 240");
  }
  if (!Number.isSafeInteger(seed) || seed < 0) refuse("seed", seed, "integers from 0 to 2^53 - 1");
  for (const [name, value] of Object.entries(limits)) {
    const ofTwo =
      !name.endsWith("RingBytes") || (value >= 1_024 && Number.isInteger(Math.log2(value)));
    if (Number.isSafeInteger(value) && value > 0 && value <= limitMax && ofTwo) continue;
    refuse(name, value, `integers from 1 to ${limitMax}, and powers of two from 1024 for rings`);
  }
}
