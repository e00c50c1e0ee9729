import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ActorDefinition } from "../actor/definition.ts";
import { TellurionError } from "../errors.ts";
import { Barrier } from "../memory/barrier.ts";
import { encodeBootstrap } from "./bootstrap.ts";
import { type Catalogue, catalogueOf } from "./catalogue.ts";
import { ControlBlock } from "./control-block.ts";
import { bindKinds, type Kinds } from "./kinds.ts";
import { defaultLimits, type WorldLimits, workersMax } from "./limits.ts";
import { createWorldMemory, type WorldMemory } from "./memory.ts";
import { createPorts, portsOf } from "./ports.ts";
import { addHash, type StateHash } from "./state-hash.ts";
import type { WorkerMessage, WorkerSetup } from "./worker-setup.ts";
import type { WorldOptions } from "./world.ts";

/**
 * Looks at the barrier before a thread sleeps on it: about 30 µs, half of what a sleep and its wake-up take. More of
 * them gain nothing on a free machine, and where two workers share a core each of them is time that the other lacks.
 */
const spinsWithCores = 1_000;
/**
 * Memory of a worker's young generation, in MB. The hot path allocates nothing: a large one only makes an idle world
 * fat.
 */
const youngGenerationMb = 8;
/** No limit of a world may be larger: ring positions and actor numbers have 32 bits, with a sign. */
const limitMax = 2 ** 30;
/** How long workers may take to import their actors and begin, in ms. */
const startMsMax = 30_000;
/** How long workers may take to leave after a stop before they are terminated, in ms. */
const stopMsMax = 1_500;

/** What the owner of a world's threads hears from them. */
export interface ThreadEvents {
  output(): void;
  /** The world ended by itself: a failure nobody took, or a worker that was lost. Not called after `stop`. */
  failed(error: TellurionError): void;
}

/** The worker threads of one world and the memory they share: started together, ended together. */
export class WorldThreads {
  readonly catalogue: Catalogue;
  readonly kinds: Kinds;
  readonly memory: WorldMemory;
  readonly limits: WorldLimits;
  readonly control: ControlBlock;
  /** Resolves with the state hash when all workers have left their loops; rejects when one was lost. */
  readonly ended: Promise<StateHash>;

  readonly #workers: Worker[] = [];
  readonly #exits: Promise<void>[] = [];
  /** The workers leave, or have left, in good order or not: what they do from here on is no failure. */
  #over = false;

  private constructor(
    options: WorldOptions,
    actors: readonly ActorDefinition[],
    framesMax: number,
    events: ThreadEvents,
    ready: { resolve: () => void; reject: (error: TellurionError) => void },
  ) {
    const { workers } = options;
    this.limits = { ...defaultLimits, ...options.limits };
    this.catalogue = catalogueOf(actors);
    this.kinds = bindKinds(actors, this.catalogue);
    this.memory = createWorldMemory(workers, this.limits, {
      messages: this.catalogue.messages.length,
      handlers: this.kinds.handlers.length,
    });
    this.control = new ControlBlock(this.memory.control, workers);
    const ended = Promise.withResolvers<StateHash>();
    this.ended = ended.promise;
    this.ended.catch(() => {});
    const sum = { a: 0, b: 0 };
    const counts = { ready: 0 };
    const left = new Set<number>();
    const lose = (error: TellurionError): void => {
      if (this.#over) return;
      this.#over = true;
      this.#abort();
      ready.reject(error);
      ended.reject(error);
      events.failed(error);
    };
    const hear = (worker: number, message: WorkerMessage): void => {
      if (message.what === "output") events.output();
      if (message.what === "ready" && ++counts.ready === workers) ready.resolve();
      if (message.what === "failed") {
        lose(new TellurionError("WORLD_FAILED", `the world stopped: ${message.text}`));
      }
      if (message.what === "crashed") lose(crash(worker, message));
      if (message.what === "ended") {
        addHash(sum, message.hash);
        left.add(worker);
        // Whatever an imported module may have left open must not keep the thread.
        void this.#workers[worker]?.terminate();
        if (left.size === workers) ended.resolve(sum);
      }
    };
    const exited = (worker: number, code: number): void => {
      if (!left.has(worker)) lose(unexpectedExit(worker, code, counts.ready === workers));
    };
    for (const setup of this.#setups(options, framesMax)) this.#start(setup, hear, exited, lose);
  }

  /** Starts all workers. Rejects with WORKER_START_FAILED or INVALID_DEFINITION when one cannot. */
  static async start(
    options: WorldOptions,
    framesMax: number,
    events: ThreadEvents,
  ): Promise<WorldThreads> {
    checkOptions(options);
    const actors = await importActors(options.actorsModule);
    const ready = Promise.withResolvers<void>();
    const threads = new WorldThreads(options, actors, framesMax, events, ready);
    const timer = setTimeout(() => ready.reject(startedTooSlowly()), startMsMax);
    try {
      await ready.promise;
    } catch (error) {
      threads.#abort();
      threads.#terminate();
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
    const timer = setTimeout(() => this.#terminate(), stopMsMax);
    await Promise.all(this.#exits);
    clearTimeout(timer);
  }

  #setups(options: WorldOptions, framesMax: number): WorkerSetup[] {
    const { workers, seed, tickHz, actorsModule, bootstrap } = options;
    const ports = createPorts(workers);
    const conductor = {
      ports: ports.conductor,
      bootstrap: encodeBootstrap(bootstrap),
      framesMax,
      shuffleEveryFrames: options.shuffleEveryFrames ?? 0,
    };
    return ports.workers.map((own, worker) => ({
      worker,
      workers,
      seed,
      tickHz,
      limits: this.limits,
      actorsModule: actorsModule.href,
      memory: this.memory,
      ports: own,
      spins: workers <= availableParallelism() ? spinsWithCores : 0,
      paced: framesMax === 0,
      conductor: worker === 0 ? conductor : undefined,
    }));
  }

  #start(
    setup: WorkerSetup,
    hear: (worker: number, message: WorkerMessage) => void,
    exited: (worker: number, code: number) => void,
    lose: (error: TellurionError) => void,
  ): void {
    const thread = new Worker(new URL("./worker.ts", import.meta.url), {
      name: `tellurion-worker-${setup.worker}`,
      workerData: setup,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
      transferList: [
        ...portsOf(setup.ports),
        ...(setup.conductor ? portsOf(setup.conductor.ports) : []),
      ],
    });
    const left = Promise.withResolvers<void>();
    thread.on("message", (message: WorkerMessage) => hear(setup.worker, message));
    thread.on("error", (cause) => {
      const text = `worker ${setup.worker} was lost: ${cause instanceof Error ? cause.message : cause}`;
      lose(new TellurionError("WORLD_FAILED", text, { cause }));
    });
    thread.on("exit", (code) => {
      left.resolve();
      exited(setup.worker, code);
    });
    this.#workers.push(thread);
    this.#exits.push(left.promise);
  }

  #abort(): void {
    new Barrier(new Int32Array(this.memory.barrier), this.#workers.length).abort();
    this.control.requestStop();
  }

  #terminate(): void {
    for (const worker of this.#workers) void worker.terminate();
  }
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

function unexpectedExit(worker: number, code: number, started: boolean): TellurionError {
  const text = `worker ${worker} exited by itself, with code ${code}`;
  return new TellurionError(started ? "WORLD_FAILED" : "WORKER_START_FAILED", text);
}

function crash(
  worker: number,
  message: { readonly text: string; readonly started: boolean },
): TellurionError {
  return message.started
    ? new TellurionError("WORLD_FAILED", `worker ${worker} crashed: ${message.text}`)
    : new TellurionError("WORKER_START_FAILED", `worker ${worker} did not start: ${message.text}`);
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
