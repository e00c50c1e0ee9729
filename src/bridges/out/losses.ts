/** Events are lost no longer when none was for so long. */
const quietMs = 1_000;
/** What goes on for longer is told this often. */
const toldEveryMs = 60_000;

/** What a feed's reader knows of events that found no room. */
export interface LostSoFar {
  /** Since the process began. */
  readonly lost: number;
  /** The frame of the last one. */
  readonly lostFrame: number;
  /** All events up to this frame have been read, but for those that were lost. */
  readonly readTo: number;
}

/** Finds the words for events that are lost: once for each time that it happens, with the frames they were of. */
export class Losses {
  #told = 0;
  #seen = 0;
  #seenMs = 0;
  #beganMs = 0;
  /** Nothing was lost in frames up to this one, beside what was told. */
  #wholeThrough = 0;
  #lostFrame = 0;

  /** Rings are read from the frame after this one. */
  begin(after: number): void {
    this.#wholeThrough = after;
  }

  /** What is to be told now, if anything is. */
  observe({ lost, lostFrame, readTo }: LostSoFar, nowMs: number): string | undefined {
    if (lost > this.#seen) {
      if (this.#seen === this.#told) this.#beganMs = nowMs;
      this.#seen = lost;
      this.#seenMs = nowMs;
      this.#lostFrame = lostFrame;
    }
    if (this.#seen === this.#told) {
      this.#wholeThrough = readTo;
      return undefined;
    }
    const isOver = nowMs - this.#seenMs >= quietMs;
    return isOver || nowMs - this.#beganMs >= toldEveryMs ? this.tell() : undefined;
  }

  /** What has not been told yet. */
  tell(): string | undefined {
    const lost = this.#seen - this.#told;
    if (lost === 0) return undefined;
    const text =
      `${lost} events between the frames ${this.#wholeThrough + 1} and ${this.#lostFrame} found no room on their way ` +
      "from the core and do not go out: the bridge's thread was held up, or frames waited for the disk";
    this.#told = this.#seen;
    this.#wholeThrough = this.#lostFrame;
    return text;
  }
}
