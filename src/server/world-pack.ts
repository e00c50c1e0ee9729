import type { Bootstrap } from "../runtime/host.ts";
import { loadPack } from "./pack/load.ts";
import type { Pack } from "./pack/pack.ts";

/** A world to begin with: its name, and the actors it has and what they are told first. */
export interface WorldPack {
  readonly name: string;
  readonly bootstrap: readonly Bootstrap[];
}

/**
 * Reads the world pack in a directory. Throws INVALID_WORLD_PACK with the file, the line and the path
 * within it, the value that is wrong, and what would be valid.
 */
export async function loadWorldPack(directory: string): Promise<WorldPack> {
  const { pack, messages, faults } = await loadPack(directory);
  faults.throwIfAny();
  const { plan } = pack as Pack;
  return { name: plan.name, bootstrap: messages };
}
