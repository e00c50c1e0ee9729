import { Rejection } from "../../runtime/index.ts";
import type { Region } from "./region.ts";

/** Refuses what the owner of a lock alone may do. */
export function checkLock(region: Region, owner: string): void {
  if (region.lockedBy === "" || region.lockedBy === owner) return;
  throw new Rejection(
    "FAILED_PRECONDITION",
    `owner=${JSON.stringify(owner)} does not hold the weather of ${region.region}: ` +
      `it is locked; valid is owner=${JSON.stringify(region.lockedBy)}, ` +
      "or to wait until it is unlocked",
  );
}

/** Refuses what whoever the weather is lent to alone may do. A story beat gives way. */
export function checkLease(region: Region, owner: string): void {
  const { lease } = region;
  if (lease === undefined || lease.beat || lease.owner === owner) return;
  throw new Rejection(
    "FAILED_PRECONDITION",
    `owner=${JSON.stringify(owner)} does not hold the weather of ${region.region}: ` +
      `it is lent until game_ms=${lease.untilMs}; valid is owner=${JSON.stringify(lease.owner)}, ` +
      "or to wait until it is given back",
  );
}
