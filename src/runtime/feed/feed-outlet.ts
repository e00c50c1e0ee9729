import type { Cell } from "../actor/cell.ts";
import { recordKind } from "../memory/record.ts";
import type { RingWriter } from "../memory/ring.ts";
import type { Area, Outgoing } from "../world/outgoing.ts";

/** How long a frame that is run again waits for the feed's reader before events are given up, in ms. */
const catchUpMsMax = 5_000;

/** Copies the events of one worker that are fed into its ring of the feed, each actor's address before its first. */
export class FeedOutlet {
  /** The events of this frame are in a safe place. */
  muted = false;
  readonly #outgoing: Outgoing;
  readonly #ring: RingWriter;
  #gaveUp = false;
  /** The running actor's address was written in its present handler. */
  #introduced: Cell | undefined;

  constructor(outgoing: Outgoing, ring: RingWriter) {
    this.#outgoing = outgoing;
    this.#ring = ring;
  }

  publish(cell: Cell, from: Area, at: number, round: number, frameLow: number): void {
    const isIn =
      (cell.isFed || this.#introduce(cell, frameLow)) &&
      this.#outgoing.copyToRing(this.#ring, from, at, round, frameLow);
    if (!isIn) this.#ring.noteLost(frameLow);
  }

  commit(): void {
    this.#introduced = undefined;
  }

  rollback(): void {
    if (this.#introduced) this.#introduced.isFed = false;
    this.#introduced = undefined;
  }

  /** Shows the reader the frame's events. */
  show(): void {
    this.#ring.publish();
  }

  /** Frames that are run again follow one another faster than a reader may be: they wait for it, nobody else does. */
  awaitReader(): void {
    if (this.muted) return;
    const half = this.#ring.capacity / 2;
    // Whoever was waited for in vain is not waited for again, until he has read.
    if (this.#gaveUp && this.#ring.used > half) return;
    this.#gaveUp = !this.#ring.waitForRoom(half, catchUpMsMax);
  }

  #introduce(cell: Cell, frameLow: number): boolean {
    const head = { kind: recordKind.name, type: 0, sender: cell.number, target: 0, sequence: 0 };
    const name = Buffer.from(cell.address, "latin1");
    if (!this.#outgoing.writeToRing(this.#ring, { ...head, extra: frameLow }, name)) return false;
    cell.isFed = true;
    this.#introduced = cell;
    return true;
  }
}
