import { type ComputeOptions, poolEffect } from "./compute.ts";
import type { EffectDefinition } from "./effect.ts";

/**
 * Defines an effect that branches the world and looks what becomes of it, on a thread of its own: the thread takes up
 * the newest snapshot, runs again what was journalled since, and goes on as the module says. Fails for good in a world
 * that has no journal.
 */
export function exploreEffect(options: ComputeOptions): EffectDefinition {
  return poolEffect(options, async ({ branch }) => ({ source: await branch() }));
}
