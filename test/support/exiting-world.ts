import { isMainThread } from "node:worker_threads";
import type { ActorDefinition } from "../../src/runtime/index.ts";

/** A module of actors that ends its worker without a word. */
if (!isMainThread) process.exit(3);

export const actors: readonly ActorDefinition[] = [];
