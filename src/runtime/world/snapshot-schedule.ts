/** How often a world makes snapshots. */
export interface SnapshotOptions {
  /** Wall time that a replay of the frames since the last snapshot may take, in ms. */
  readonly replayMsMax: number;
  /** Frames between two snapshots, at least and at most. */
  readonly framesMin: number;
  readonly framesMax: number;
}

/** For 60 frames a second: at most once a second, at least once a minute. */
export const defaultSnapshots: SnapshotOptions = {
  replayMsMax: 100,
  framesMin: 60,
  framesMax: 3_600,
};

/** A snapshot may take this share of the time that frames take. */
const shareMax = 0.1;

/**
 * Decides when to make the next snapshot: when a replay of what has happened since the last one would take too long, but
 * not so often that snapshots themselves cost more than a tenth of the frames' time. It looks at the wall clock, which
 * is no harm: that a snapshot was made is recorded where it matters.
 */
export class SnapshotSchedule {
  readonly #options: SnapshotOptions;
  #frame: number;
  #frameMs = 0;
  #snapshotMs = 0;

  /** `frame`: the one before the first. */
  constructor(options: SnapshotOptions, frame: number) {
    this.#options = options;
    this.#frame = frame;
  }

  /** Notes how long a frame took. */
  note(ms: number): void {
    this.#frameMs += ms;
  }

  /** Whether a snapshot should be made after `frame`. */
  isDue(frame: number): boolean {
    const { replayMsMax, framesMin, framesMax } = this.#options;
    const frames = frame - this.#frame;
    if (frames < framesMin) return false;
    if (frames >= framesMax) return true;
    return this.#frameMs >= Math.max(replayMsMax, this.#snapshotMs / shareMax);
  }

  /** A snapshot was made, in so many ms. */
  made(frame: number, ms: number): void {
    this.#frame = frame;
    this.#frameMs = 0;
    this.#snapshotMs = ms;
  }
}
