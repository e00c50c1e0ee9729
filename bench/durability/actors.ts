import type { ActorDefinition } from "../../src/runtime/index.ts";
import { counter } from "../../test/support/counter.ts";
import { actors as ledgerActors } from "../../test/support/ledger-world.ts";
import { actors as frameActors } from "../frames/actors.ts";

/** Accounts, counters, and producers that keep frames busy. */
export const actors: readonly ActorDefinition[] = [...ledgerActors, ...frameActors, counter()];
