import type { Limits } from "../limits.ts";
import type { Backlog } from "./backlog.ts";
import type { Connection, Line } from "./connection.ts";
import type { Lanes } from "./lanes.ts";
import type { OutgoingFrame } from "./outgoing-frame.ts";
import type { Subprotocol } from "./subprotocol.ts";

/**
 * What is on its way to one client: it goes at once, or waits in the lanes and in the backlog until the client's line has
 * room.
 */
export class Outgoing {
  readonly #connection: Connection;
  readonly #line: Line;
  readonly #lanes: Lanes;
  readonly #subprotocol: Subprotocol;
  readonly #limits: Limits;
  /** What is still to be sent of what the client missed while it was away. */
  #backlog: Backlog | undefined;
  /** It waits in the lanes: the client was told that events are missing. */
  #resync: Uint8Array | undefined;
  /** Something waits in the lanes or in the backlog. Noted here, since it is asked in every frame for every client. */
  #hasWaiting = false;
  resyncs = 0;

  constructor(connection: Connection, line: Line, limits: Limits) {
    this.#connection = connection;
    this.#line = line;
    this.#lanes = connection.lanes;
    this.#subprotocol = connection.subprotocol;
    this.#limits = limits;
  }

  /** Nothing waits: what is sent now goes at once. */
  get isInStep(): boolean {
    return !this.#hasWaiting && this.#hasRoom;
  }

  /** Sends what a frame holds, or puts it into the lanes. True when it went at once. */
  deliver(frame: OutgoingFrame): boolean {
    // What happens while a backlog lasts is in it: this frame's reliable events too, should it end here.
    const isInBacklog = this.#backlog !== undefined;
    if (!this.isInStep) this.drained();
    if (!this.#connection.isOpen) return false;
    if (this.isInStep && !isInBacklog) {
      // An update of its area follows mostly.
      this.#line.sendWithNext(frame.whole(this.#subprotocol));
      return true;
    }
    const reliable = isInBacklog ? undefined : frame.reliablePart(this.#subprotocol);
    let fits = reliable === undefined || this.#lanes.offerReliable(frame.frame, reliable);
    for (const event of frame.others) fits = this.#lanes.offerEvent(frame.frame, event) && fits;
    if (!fits) this.#overflow();
    this.drained();
    return false;
  }

  /** Sends a backlog, as fast as the line takes it. */
  repeat(backlog: Backlog): void {
    if (!backlog.isDone) this.#backlog = backlog;
    this.drained();
  }

  /** Frames after this one did not last: what is still to be sent of them is not sent. */
  rewindTo(frame: number): void {
    this.#lanes.rewindTo(frame);
    this.#backlog?.rewindTo(frame);
    // What happens from now on is not in it, and goes by the lanes.
    if (this.#backlog?.isDone) this.#backlog = undefined;
  }

  /** Sends a message that may not be left out. */
  sendControl(message: Uint8Array): void {
    if (this.isInStep) {
      this.#put(message);
      return;
    }
    if (!this.#lanes.offerControl(message)) {
      const { controlLaneBytesMax } = this.#limits;
      const detail = `more than ${controlLaneBytesMax} bytes of answers wait`;
      this.#connection.refuse("CLIENT_TOO_SLOW", detail);
      return;
    }
    this.drained();
  }

  /** The line has room again. */
  drained(): void {
    while (this.#connection.isOpen && this.#hasRoom) {
      if (this.#backlog && !this.#lanes.hasReliable) this.#refill(this.#backlog);
      const message = this.#lanes.next();
      if (!message) break;
      this.#put(message);
    }
    this.#hasWaiting = this.#backlog !== undefined || this.#lanes.bytes > 0;
  }

  get #hasRoom(): boolean {
    return this.#line.bufferedBytes <= this.#limits.lineBytesMax;
  }

  /** A lane had no room, or the log lost some of the backlog: what waits is worth nothing with a hole in it. */
  #overflow(): void {
    this.#lanes.dropEvents();
    this.#backlog = undefined;
    if (this.#resync) {
      const detail = "its lanes were full again before it took the resync";
      this.#connection.refuse("CLIENT_TOO_SLOW", detail);
      return;
    }
    this.resyncs += 1;
    const value = { reason: "CLIENT_TOO_SLOW" };
    this.#resync = this.#subprotocol.encode({ body: { case: "resync", value } });
    this.sendControl(this.#resync);
  }

  /** Puts one more frame of the backlog into its lane: what is in the log already need not wait there too. */
  #refill(backlog: Backlog): void {
    if (backlog.isTorn) {
      this.#overflow();
      return;
    }
    const frame = backlog.take();
    if (frame) {
      const message = this.#subprotocol.encodeFrame({ ...frame, isReliable: true });
      this.#lanes.offerReliable(frame.frame, message);
    }
    if (backlog.isDone) this.#backlog = undefined;
  }

  #put(message: Uint8Array): void {
    if (message === this.#resync) this.#resync = undefined;
    this.#line.send(message);
  }
}
