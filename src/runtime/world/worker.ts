import { parentPort } from "node:worker_threads";
import type { ActorDefinition } from "../actor/definition.ts";
import { installTraps, withholdWebSocket } from "../actor/traps.ts";
import { TellurionError } from "../errors.ts";
import { Barrier } from "../memory/barrier.ts";
import { takeRealtime } from "./realtime.ts";
import { WorkerLoop } from "./worker-loop.ts";
import type { WorkerMessage, WorkerSetup } from "./worker-setup.ts";

/** A worker's thread begins here. Kept thin: coverage does not see it. */
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);
// Before the actors' modules: what these keep for later is trapped too. Nothing is refused outside of handlers.
withholdWebSocket();
installTraps();
parentPort?.on("message", (setup: WorkerSetup) => void run(setup));

async function run(setup: WorkerSetup): Promise<void> {
  let started = false;
  try {
    if (setup.realtime) takeRealtime();
    const { actors } = (await import(setup.actorsModule)) as { actors: readonly ActorDefinition[] };
    const loop = new WorkerLoop(setup, actors, post);
    started = true;
    // Its caller has given the world up: another one may follow.
    if (!loop.run()) post({ what: "aborted" });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const code = error instanceof TellurionError ? error.code : undefined;
    // A typed error says all there is to say to whoever runs the world; any other is a defect, and needs its stack.
    post({ what: "crashed", text: code ? (error as Error).message : text, started, code });
    new Barrier(new Int32Array(setup.memory.barrier), setup.workers).abort();
  }
}
