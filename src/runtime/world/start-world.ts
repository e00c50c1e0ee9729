import { memoryPath } from "../journal/memory-path.ts";
import { RunningWorld } from "./running-world.ts";
import type { World, WorldOptions } from "./world.ts";
import { openWorldJournal } from "./world-journal.ts";
import { loadParts } from "./world-threads.ts";

/**
 * Starts a world on worker threads, and its frames with it: from the beginning, or from where its file says it was.
 * Rejects with WORKER_START_FAILED, INVALID_DEFINITION, and what is wrong with the file: WORLD_FILE_IN_USE,
 * WORLD_FILE_INVALID, WORLD_FILE_TOO_NEW, HISTORY_DIVERGED.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const parts = await loadParts(options);
  const world = new RunningWorld(options, parts);
  try {
    if (options.file === undefined) {
      await world.begin();
    } else {
      const { journal, opened } = await openWorldJournal(options.file, options, parts, world);
      await world.beginKept(journal, opened);
    }
  } catch (error) {
    await world.stop();
    throw error;
  }
  return world;
}

/** For `WorldOptions.file`: the world is kept in memory, which outlives its workers but not the process. */
export const inMemory = memoryPath;
