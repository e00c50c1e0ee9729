import type { PackedHistory } from "../journal/packed-history.ts";
import type { WorldLimits } from "../world/limits.ts";

/** All that another thread needs to go on with a world on its own. Only `history` is large, and it is shared. */
export interface BranchSource {
  readonly seed: number;
  readonly tickHz: number;
  /** URL of the module that exports `actors`. */
  readonly actorsModule: string;
  readonly limits: WorldLimits;
  /** The newest snapshot, and what was journalled since. */
  readonly history: PackedHistory;
}
