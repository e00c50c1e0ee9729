/** A game time at which something of a run is over. */
export interface Deadline {
  readonly dueMs: number;
  /** Of the run. */
  readonly number: number;
  /** -1: the run or its offer as a whole. */
  readonly step: number;
}

/**
 * Deadlines, soonest first: a binary heap by due time, run and step. One that has become void is
 * not taken out: whoever takes it looks whether it still holds.
 */
export class Deadlines {
  readonly #heap: Deadline[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(deadline: Deadline): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(deadline);
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (!isBefore(deadline, heap[parent] as Deadline)) break;
      heap[place] = heap[parent] as Deadline;
      place = parent;
    }
    heap[place] = deadline;
  }

  /** Takes out the soonest one that is due by `nowMs`. */
  takeDue(nowMs: number): Deadline | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    const last = this.#heap.pop() as Deadline;
    if (this.#heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(deadline: Deadline): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      const other = heap[child + 1];
      if (other !== undefined && isBefore(other, heap[child] as Deadline)) child += 1;
      if (!isBefore(heap[child] as Deadline, deadline)) break;
      heap[place] = heap[child] as Deadline;
      place = child;
    }
    heap[place] = deadline;
  }
}

function isBefore(a: Deadline, b: Deadline): boolean {
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  return a.number !== b.number ? a.number < b.number : a.step < b.step;
}
