import { randomBytes } from "node:crypto";

const worldLength = 8;

/** The epoch of a stream says whose it is: `0a1b2c3d-9f8e7d6c` is of a world whose id begins with the first part. */
export function newEpochOf(worldId: string): string {
  return `${worldId.slice(0, worldLength)}-${randomBytes(4).toString("hex")}`;
}

/** Whether epochs are of one world. Parts of a split world are worlds of their own. */
export function areOfOneWorld(epoch: string, other: string): boolean {
  return epoch.length > worldLength && epoch.slice(0, worldLength) === other.slice(0, worldLength);
}
