import { Worker } from "node:worker_threads";
import { portsOf } from "./ports.ts";
import type { WorkerMessage, WorkerSetup } from "./worker-setup.ts";

/**
 * Memory of a worker's young generation, in MB. The hot path allocates nothing: a large one only makes an idle world
 * fat.
 */
const youngGenerationMb = 8;

/** Who hears of a thread. */
export interface ThreadListener {
  heard(message: WorkerMessage): void;
  /** It threw what nobody caught, or ran out of memory. It exits next. */
  failed(cause: unknown): void;
  exited(code: number): void;
}

/**
 * A thread that runs one worker of a world, and when that world is given up, one of the next: what it has imported and
 * compiled is still there, which is most of what a recovery would have to wait for.
 */
export class WorkerThread {
  readonly #thread: Worker;
  readonly #exit = Promise.withResolvers<void>();
  #listener: ThreadListener | undefined;
  #aborted = Promise.withResolvers<boolean>();

  /** `memoryMb`: of its heap. Undefined: Node's own limit. */
  constructor(name: string, memoryMb: number | undefined) {
    this.#thread = new Worker(new URL("./worker.ts", import.meta.url), {
      name,
      resourceLimits: {
        maxYoungGenerationSizeMb: youngGenerationMb,
        ...(memoryMb && { maxOldGenerationSizeMb: memoryMb }),
      },
    });
    this.#thread.on("message", (message: WorkerMessage) => {
      if (message.what === "aborted") this.#aborted.resolve(true);
      else this.#listener?.heard(message);
    });
    this.#thread.on("error", (cause) => this.#listener?.failed(cause));
    this.#thread.on("exit", (code) => {
      this.#exit.resolve();
      this.#aborted.resolve(false);
      this.#listener?.exited(code);
    });
  }

  /** Resolves when the thread is gone. */
  get gone(): Promise<void> {
    return this.#exit.promise;
  }

  /** Resolves when the thread has left an aborted world, with false when it has ended instead. */
  get aborted(): Promise<boolean> {
    return this.#aborted.promise;
  }

  /** Runs a worker. From now on, `listener` hears of the thread. */
  run(setup: WorkerSetup, listener: ThreadListener): void {
    this.#listener = listener;
    this.#aborted = Promise.withResolvers();
    this.#thread.postMessage(setup, [
      ...portsOf(setup.ports),
      ...(setup.conductor ? portsOf(setup.conductor.ports) : []),
      ...(setup.journal ? [setup.journal.port] : []),
    ]);
  }

  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }
}
