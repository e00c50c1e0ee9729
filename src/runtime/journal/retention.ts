/** How much of a world's past its file keeps. */
export interface Retention {
  /** A replay can begin at least so many frames back. */
  readonly historyFrames: number;
  /** Of snapshots older than the newest two, one in so many frames is kept. */
  readonly snapshotSpacingFrames: number;
  /** Answers under idempotency keys; beyond it the oldest are forgotten. */
  readonly repliesMax: number;
}

/** For 60 frames a second: an hour, in which a replay to any frame takes at most five minutes' worth of frames. */
export const defaultRetention: Retention = {
  historyFrames: 216_000,
  snapshotSpacingFrames: 18_000,
  repliesMax: 100_000,
};

export interface Sorted {
  /** A replay begins here at the earliest: everything before it, and what led up to it, may go. */
  readonly oldest: number;
  /** Snapshots after it that are not needed. */
  readonly thinned: readonly number[];
}

/**
 * Which snapshots stay. The newest two always do, so that there is one to fall back on. Calling it again with what has
 * stayed finds nothing more to thin.
 *
 * @param snapshots Frames of all snapshots, ascending.
 * @param dropped Where a replay begins at the earliest by now.
 */
export function sortSnapshots(
  snapshots: readonly number[],
  dropped: number,
  reached: number,
  retention: Retention,
): Sorted {
  const secondNewest = snapshots.at(-2) ?? dropped;
  const latest = Math.min(secondNewest, reached - retention.historyFrames);
  const oldest = snapshots.findLast((frame) => frame <= latest) ?? dropped;
  const thinned: number[] = [];
  let last = oldest;
  for (const frame of snapshots.slice(0, -2)) {
    if (frame <= oldest) continue;
    if (frame - last < retention.snapshotSpacingFrames) thinned.push(frame);
    else last = frame;
  }
  return { oldest, thinned };
}
