import { parentPort, workerData } from "node:worker_threads";
import type { ActorDefinition } from "../actor/definition.ts";
import { installTraps } from "../actor/traps.ts";
import { TellurionError } from "../errors.ts";
import { Barrier } from "../memory/barrier.ts";
import { WorkerLoop } from "./worker-loop.ts";
import type { WorkerMessage, WorkerSetup } from "./worker-setup.ts";

/** A worker's thread begins here. Kept thin: coverage does not see it. */
const setup = workerData as WorkerSetup;
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);
let started = false;
try {
  // Before the actors' modules: what these keep for later is trapped too. Nothing is refused outside of handlers.
  installTraps();
  const { actors } = (await import(setup.actorsModule)) as { actors: readonly ActorDefinition[] };
  const loop = new WorkerLoop(setup, actors, post);
  started = true;
  loop.run();
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const code = error instanceof TellurionError ? error.code : undefined;
  // A typed error says all there is to say to whoever runs the world; any other is a defect, and needs its stack.
  post({ what: "crashed", text: code ? (error as Error).message : text, started, code });
  new Barrier(new Int32Array(setup.memory.barrier), setup.workers).abort();
}
