import type { PackCheck } from "./check-pack.ts";

/** What services look for in their own definitions: each in its words, by the knowledge of its folder. */
export const serviceChecks: readonly PackCheck[] = [];
