export interface Position {
  /** Metres. */
  readonly x: number;
  readonly y: number;
  /** Degrees from north, clockwise. */
  readonly heading: number;
}

interface Snapshot extends Position {
  readonly timeMs: number;
}

const snapshotsMax = 16;
const turn = 360;

/**
 * Where something was at the times that are known, and so about where it was in between: what moves in steps is shown
 * a little late and evenly. Beyond the last step it is carried on for a short time, and then brought back.
 */
export class Track {
  readonly #extrapolationMsMax: number;
  /** Oldest first, at most `snapshotsMax`. */
  readonly #snapshots: Snapshot[] = [];

  constructor(extrapolationMsMax = 100) {
    this.#extrapolationMsMax = extrapolationMsMax;
  }

  /** Adds where it is at a time. A time that is not after the last one corrects that one. */
  push(timeMs: number, { x, y, heading }: Position): void {
    const snapshots = this.#snapshots;
    while (snapshots.some((snapshot) => snapshot.timeMs >= timeMs)) snapshots.pop();
    if (snapshots.length === snapshotsMax) snapshots.shift();
    snapshots.push({ timeMs, x, y, heading });
  }

  /** It has not moved until this time. */
  rest(timeMs: number): void {
    const last = this.#snapshots.at(-1);
    if (last && last.timeMs < timeMs) this.push(timeMs, last);
  }

  /** Where it is at a time; undefined when nothing is known of it. */
  at(timeMs: number): Position | undefined {
    const snapshots = this.#snapshots;
    const after = snapshots.findIndex((snapshot) => snapshot.timeMs > timeMs);
    if (after === -1) return this.#beyond(timeMs);
    const next = snapshots[after] as Snapshot;
    const before = snapshots[after - 1];
    return before ? between(before, next, timeMs) : next;
  }

  #beyond(timeMs: number): Position | undefined {
    const last = this.#snapshots.at(-1);
    const before = this.#snapshots.at(-2);
    if (!last || !before) return last;
    const over = timeMs - last.timeMs;
    const carried = Math.max(0, Math.min(over, 2 * this.#extrapolationMsMax - over));
    return between(before, last, last.timeMs + carried);
  }
}

function between(from: Snapshot, to: Snapshot, timeMs: number): Position {
  const share = (timeMs - from.timeMs) / (to.timeMs - from.timeMs);
  const turned = ((to.heading - from.heading + turn * 1.5) % turn) - turn / 2;
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    heading: (from.heading + turned * share + turn) % turn,
  };
}
