import { wallMs } from "../wall-clock.ts";
import type { ControlBlock } from "./control-block.ts";

/**
 * Wakes the conductor when a frame is due: each a step after the one before was due, so that lateness does not add up.
 * A world that falls more than a frame behind does not hurry to catch up: its time runs slower for as long.
 */
export class FramePacer {
  readonly #control: ControlBlock;
  #due = wallMs();

  constructor(control: ControlBlock) {
    this.#control = control;
  }

  /** Begins anew: the next frame is due a step from now. */
  restart(): void {
    this.#due = wallMs();
  }

  /**
   * Sleeps until the next frame is due, or a stop is requested. `stepMs` is the present length of a frame, which is
   * longer when time is dilated. Returns how late it is, in ms.
   */
  wait(stepMs: number): number {
    this.#due += stepMs;
    for (;;) {
      const left = this.#due - wallMs();
      if (left <= 0 || this.#control.stopRequested) break;
      this.#control.sleep(left);
    }
    const late = Math.max(wallMs() - this.#due, 0);
    if (late > stepMs) this.#due += late;
    return late;
  }
}
