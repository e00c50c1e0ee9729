import { availableParallelism } from "node:os";
import type { Piscina } from "piscina";
import { TellurionError } from "../errors.ts";
import type { ComputeReply, ComputeTask } from "./compute-task.ts";
import { checkLimit } from "./effect-limits.ts";

export interface ComputePoolLimits {
  /** Threads at once, one task on each. */
  readonly computeThreadsMax: number;
  /** Tasks that wait for a thread. One more fails, and is tried again like any other attempt. */
  readonly computeQueueMax: number;
  /** Time in ms after which a thread without a task ends. */
  readonly computeIdleMs: number;
}

/** One core is the world's. */
const defaultComputeLimits: ComputePoolLimits = {
  computeThreadsMax: Math.max(1, availableParallelism() - 1),
  computeQueueMax: 1_024,
  computeIdleMs: 10_000,
};

const workerFile = new URL("./compute-worker.ts", import.meta.url).href;

/**
 * Threads for compute effects. The first task loads piscina and starts a thread; a world that computes nothing has
 * neither. Piscina gets no more tasks than it has threads: its own queue is not bounded for tasks that can be aborted,
 * and stands still when the thread that it waits for was ended by an abort.
 */
export class ComputePool {
  readonly limits: ComputePoolLimits;
  #piscina: Promise<Piscina> | undefined;
  #holders = 0;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limits: Partial<ComputePoolLimits> = {}) {
    const check = (name: keyof ComputePoolLimits) =>
      checkLimit(name, limits[name] ?? defaultComputeLimits[name], "the compute pool");
    this.limits = {
      computeThreadsMax: check("computeThreadsMax"),
      computeQueueMax: check("computeQueueMax"),
      computeIdleMs: check("computeIdleMs"),
    };
  }

  /** Uses the pool until what it returns is called. The last one to let go ends the threads. */
  hold(): () => Promise<void> {
    this.#holders += 1;
    return async () => {
      this.#holders -= 1;
      if (this.#holders > 0) return;
      const piscina = this.#piscina;
      this.#piscina = undefined;
      await (await piscina)?.destroy();
    };
  }

  /** Threads at present. */
  async threads(): Promise<number> {
    return (await this.#piscina)?.threads.length ?? 0;
  }

  /** Runs a task. An abort ends its thread: nothing else stops a computation. */
  async run(task: ComputeTask, signal: AbortSignal): Promise<ComputeReply> {
    await this.#enter(signal);
    try {
      this.#piscina ??= this.#start();
      // The file is the task's and not the pool's: one that cannot be loaded then fails the task.
      const options = { filename: workerFile, name: "compute", signal };
      return (await (await this.#piscina).run(task, options)) as ComputeReply;
    } finally {
      this.#leave();
    }
  }

  async #start(): Promise<Piscina> {
    const { Piscina } = await import("piscina");
    const piscina = new Piscina({
      minThreads: 0,
      maxThreads: this.limits.computeThreadsMax,
      idleTimeout: this.limits.computeIdleMs,
    });
    // What a thread does without a task, such as a promise that a computation left behind, concerns no effect.
    piscina.on("error", () => {});
    return piscina;
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.limits.computeThreadsMax) {
      this.#running += 1;
      return;
    }
    const { computeQueueMax } = this.limits;
    if (this.#waiting.length >= computeQueueMax) {
      const text = `computeQueueMax=${computeQueueMax} computations wait for a thread already`;
      throw new TellurionError("RESOURCE_EXHAUSTED", text);
    }
    const turn = Promise.withResolvers<void>();
    const go = (): void => {
      signal.removeEventListener("abort", giveUp);
      turn.resolve();
    };
    const giveUp = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(go), 1);
      turn.reject(signal.reason);
    };
    this.#waiting.push(go);
    signal.addEventListener("abort", giveUp, { once: true });
    await turn.promise;
  }

  /** The next one takes over the place, or it is free. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}

/** The pool of this process. */
export const processComputePool: ComputePool = new ComputePool();
