import { wallMs } from "../wall-clock.ts";
import type { ControlBlock } from "./control-block.ts";

/**
 * Wakes the conductor when a frame is due: frame n at start + n × step, so that lateness does not add up. A world
 * that falls more than a frame behind does not hurry to catch up: its time runs slower for as long.
 */
export class FramePacer {
  readonly #control: ControlBlock;
  readonly #stepMs: number;
  #due: number;

  constructor(control: ControlBlock, stepMs: number) {
    this.#control = control;
    this.#stepMs = stepMs;
    this.#due = wallMs();
  }

  /** Sleeps until the next frame is due, or a stop is requested. Returns how late it is, in ms. */
  wait(): number {
    this.#due += this.#stepMs;
    for (;;) {
      const left = this.#due - wallMs();
      if (left <= 0 || this.#control.stopRequested) break;
      this.#control.sleep(left);
    }
    const late = Math.max(wallMs() - this.#due, 0);
    if (late > this.#stepMs) this.#due += late;
    return late;
  }
}
