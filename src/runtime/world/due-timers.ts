import type { ActorTimer, Cell } from "../actor/cell.ts";
import { TimerWheel } from "../actor/timer-wheel.ts";
import type { LaneWriter } from "../memory/lane.ts";
import { recordKind } from "../memory/record.ts";
import type { Mailboxes } from "./mailboxes.ts";
import { appendRecord } from "./outgoing.ts";

/** The timers of one worker's actors, by the frame in which they fall due. */
export class DueTimers {
  readonly wheel = new TimerWheel<ActorTimer>(0);
  readonly #due: ActorTimer[] = [];
  readonly #lane: LaneWriter;

  /** `lane` holds the messages of due timers; nobody else reads or writes it. */
  constructor(lane: LaneWriter) {
    this.#lane = lane;
  }

  /** Goes on to the next frame and finds what is due in it. */
  advance(): void {
    this.#due.length = 0;
    this.wheel.advance(this.#due);
  }

  /** Takes in the timers of an actor that moved here for the present frame. */
  adopt(cell: Cell, frame: number): void {
    for (const timer of cell.timers.values()) {
      // The wheel has gone on to this frame: what is due in it no longer fits in.
      if (timer.due <= frame) this.#due.push(timer);
      else this.wheel.insert(timer);
    }
  }

  /** Puts timers that a restart went back to in their place again; what has been due since is due in the next frame. */
  reinstate(cell: Cell, frame: number): void {
    for (const timer of cell.timers.values()) {
      timer.due = Math.max(timer.due, frame + 1);
      this.wheel.insert(timer);
    }
  }

  /** Forgets all timers of an actor. Not between `advance` and `fire`. */
  drop(cell: Cell): void {
    for (const timer of cell.timers.values()) this.wheel.remove(timer);
    cell.timers.clear();
  }

  /** Puts the messages of due timers into the mailboxes, in the order of their ids. */
  fire(mailboxes: Mailboxes): void {
    const due = this.#due;
    if (due.length === 0) return;
    due.sort((x, y) => x.cell.number - y.cell.number || x.id - y.id);
    const lane = this.#lane;
    lane.begin(0);
    for (const timer of due) {
      const { cell, type } = timer;
      const head = { kind: recordKind.message, type, sender: 0, target: cell.number };
      const at = appendRecord(lane, { ...head, sequence: 0, extra: 0 }, timer.payload);
      mailboxes.add(cell, lane.segment, at);
      if (timer.every === 0) {
        cell.timers.delete(timer.id);
      } else {
        timer.due += timer.every;
        this.wheel.insert(timer);
      }
    }
    due.length = 0;
  }
}
