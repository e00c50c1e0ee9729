import type { ReliableFrame, ReliableLog } from "./reliable-log.ts";
import type { Session } from "./session.ts";

/**
 * What a client that was away is still to be sent, and what happens meanwhile: a place in the log, from which it is taken
 * as the client's line takes it. However much it is, it costs no memory for the client.
 */
export class Backlog {
  readonly #log: ReliableLog;
  readonly #session: Session;
  readonly #shownThrough: () => number;
  #next: ReliableFrame | undefined;

  /** `after`: the client has all up to this frame. */
  constructor(log: ReliableLog, session: Session, after: number, shownThrough: () => number) {
    this.#log = log;
    this.#session = session;
    this.#shownThrough = shownThrough;
    this.#next = this.#find(after);
  }

  /** The client has all that it may know: what happens from now on is not in it. */
  get isDone(): boolean {
    return this.#next === undefined;
  }

  /** The log had to let go of frames that are not taken yet. */
  get isTorn(): boolean {
    const frame = this.#next?.frame ?? Number.POSITIVE_INFINITY;
    return this.#log.droppedThrough > frame && this.#session.lastReliable > frame;
  }

  take(): ReliableFrame | undefined {
    const frame = this.#next;
    if (frame) this.#next = this.#find(frame.frame);
    return frame;
  }

  /** Frames after this one did not last. */
  rewindTo(frame: number): void {
    if (this.#next && this.#next.frame > frame) this.#next = undefined;
  }

  #find(after: number): ReliableFrame | undefined {
    const wants = this.#session.wants.bind(this.#session);
    return this.#log.firstAfter(after, this.#shownThrough(), wants);
  }
}
