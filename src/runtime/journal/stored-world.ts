import type { WorldIdentity } from "./history.ts";
import { JournalStore } from "./journal-store.ts";
import { isBegun } from "./world-file.ts";

/** What a world's file says of its world. */
export interface StoredWorld {
  readonly identity: WorldIdentity;
  /** The last frame that the world is known to have come to. */
  readonly reached: number;
}

/**
 * Looks into a world's file without changing it. Undefined where there is none yet. Throws WORLD_FILE_IN_USE,
 * WORLD_FILE_INVALID and WORLD_FILE_TOO_NEW.
 */
export function storedWorldAt(path: string): StoredWorld | undefined {
  if (!isBegun(path)) return undefined;
  const store = JournalStore.openReadOnly(path);
  const { identity, reached } = store;
  store.close();
  return { identity, reached };
}
