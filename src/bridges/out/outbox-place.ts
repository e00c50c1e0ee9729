import { statSync } from "node:fs";
import { resolve } from "node:path";
import { outboxInMemory } from "./outbox-file.ts";

/**
 * What tells a file from its copies: its inode, when that was made (an inode of a deleted file is used again), and its path.
 * Not the device: disks that are mounted anew get other numbers.
 */
export function placeOf(path: string): string {
  if (path === outboxInMemory) return path;
  const { ino, birthtimeNs } = statSync(path, { bigint: true });
  return `${ino} ${birthtimeNs} ${resolve(path)}`;
}
