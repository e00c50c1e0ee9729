/** Something that falls due at a frame. The wheel links timers through their own fields and allocates nothing. */
export interface Timer {
  due: number;
  previous: Timer | undefined;
  next: Timer | undefined;
  slot: number;
}

const bits = 6;
const slots = 1 << bits;
const levels = 7;

/** How many frames ahead a timer can be: 2^42, more than 2,000 years at 60 Hz. */
export const delayFramesMax = 2 ** (bits * levels) - 1;

/**
 * A hierarchical timer wheel (Varghese and Lauck, 1987): 7 levels of 64 slots. Insert and remove take constant time
 * whatever the number of timers; a timer is moved down a level at most 6 times before it fires.
 */
export class TimerWheel<T extends Timer> {
  readonly #heads: (Timer | undefined)[] = new Array(slots * levels).fill(undefined);
  #frame: number;
  count = 0;

  constructor(frame: number) {
    this.#frame = frame;
  }

  /** Sets the frame of a wheel without timers. */
  skipTo(frame: number): void {
    if (this.count > 0) throw new Error("assertion failed: only an empty wheel can skip frames");
    this.#frame = frame;
  }

  /** Adds a timer that falls due after the wheel's frame. */
  insert(timer: T): void {
    this.#link(timer);
    this.count += 1;
  }

  remove(timer: T): void {
    if (timer.previous) timer.previous.next = timer.next;
    else this.#heads[timer.slot] = timer.next;
    if (timer.next) timer.next.previous = timer.previous;
    timer.previous = undefined;
    timer.next = undefined;
    this.count -= 1;
  }

  /** Goes on to the next frame and appends the timers due in it to `due`, in no particular order. */
  advance(due: T[]): void {
    this.#frame += 1;
    for (let level = 1; level < levels; level += 1) {
      if (this.#digit(this.#frame, level - 1) !== 0) break;
      this.#moveDown(level * slots + this.#digit(this.#frame, level));
    }
    for (let timer = this.#take(this.#digit(this.#frame, 0)); timer; ) {
      const next: Timer | undefined = timer.next;
      timer.previous = undefined;
      timer.next = undefined;
      this.count -= 1;
      due.push(timer as T);
      timer = next;
    }
  }

  #link(timer: Timer): void {
    const slot = this.#slotOf(timer.due);
    const head = this.#heads[slot];
    timer.slot = slot;
    timer.previous = undefined;
    timer.next = head;
    if (head) head.previous = timer;
    this.#heads[slot] = timer;
  }

  /** The lowest level whose higher digits are those of the present frame. */
  #slotOf(due: number): number {
    let unit = 1;
    for (let level = 0; level < levels - 1; level += 1) {
      const above = unit * slots;
      if (Math.floor(due / above) === Math.floor(this.#frame / above)) {
        return level * slots + (Math.floor(due / unit) % slots);
      }
      unit = above;
    }
    return (levels - 1) * slots + (Math.floor(due / unit) % slots);
  }

  #digit(frame: number, level: number): number {
    return Math.floor(frame / 2 ** (bits * level)) % slots;
  }

  #moveDown(slot: number): void {
    for (let timer = this.#take(slot); timer; ) {
      const next: Timer | undefined = timer.next;
      this.#link(timer);
      timer = next;
    }
  }

  #take(slot: number): Timer | undefined {
    const head = this.#heads[slot];
    this.#heads[slot] = undefined;
    return head;
  }
}
