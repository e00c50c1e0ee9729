import { execFileSync } from "node:child_process";
import { constants, setPriority } from "node:os";

/**
 * For what would be on another machine: it gets what the others leave, and gives way at once. Where the system cannot do
 * that (Linux can, by SCHED_IDLE), it has the lowest priority, and may keep a processor for a slice of some ms.
 */
export function stepAside(): void {
  try {
    execFileSync("chrt", ["--all-tasks", "--idle", "--pid", "0", `${process.pid}`]);
  } catch {
    setPriority(constants.priority.PRIORITY_LOW);
  }
}
