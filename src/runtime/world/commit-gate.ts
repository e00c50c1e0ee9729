/** Holds back what must not leave before its frame is on the disk: replies to durable commands, effects. */
export class CommitGate {
  /** In the order of their frames, nearly: what is released looks at all that come first. */
  #held: { readonly frame: number; readonly release: () => void }[] = [];
  #committed = 0;

  /** The greatest frame that something waits for, or 0. */
  get awaited(): number {
    return this.#held.reduce((most, { frame }) => Math.max(most, frame), 0);
  }

  /** Calls `release` when `frame` is on the disk: at once if it is. */
  hold(frame: number, release: () => void): void {
    if (frame <= this.#committed) release();
    else this.#held.push({ frame, release });
  }

  /** All up to `frame` is on the disk. */
  commit(frame: number): void {
    if (frame <= this.#committed) return;
    this.#committed = frame;
    const ready = this.#held.filter((held) => held.frame <= frame);
    if (ready.length === 0) return;
    this.#held = this.#held.filter((held) => held.frame > frame);
    for (const { release } of ready) release();
  }

  /** Forgets what waits for frames after `frame`: they did not last, and will be run anew. */
  forgetAfter(frame: number): void {
    this.#held = this.#held.filter((held) => held.frame <= frame);
  }
}
