import type { EntityTable } from "./entity-table.ts";
import { recordWords } from "./position-record.ts";

const markMax = 2 ** 31 - 1;

/** A circle on the map, in centimetres. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** What a client knows: `slots[0] … slots[count - 1]`, as it was in a turn. */
export interface Known {
  slots: Int32Array;
  count: number;
  /** -1: the client has been told nothing. */
  turn: number;
}

/**
 * Finds what a client is to be told of its area. One scan serves all clients, one after another:
 * its columns are valid until the next.
 */
export class AreaScan {
  left = new Int32Array(0);
  leftCount = 0;
  entered = new Int32Array(0);
  enteredCount = 0;
  /** Records of entities that moved. */
  moved = new Uint32Array(0);
  movedCount = 0;
  /** Entities that would have entered if the client could be told of more. */
  crowded = 0;
  #candidates = new Int32Array(0);
  /** The scan in which an entity was last found to be known. */
  #marks = new Int32Array(0);
  #mark = 0;

  /**
   * Compares what is in the circle with what the client knows, and writes what it will know into
   * `next`. Who comes within the circle enters; who gets farther away than `margin` beyond it leaves.
   */
  run(
    table: EntityTable,
    circle: Circle | undefined,
    margin: number,
    known: Known,
    next: Known,
    countMax: number,
  ): void {
    this.#begin(table, known);
    next.count = 0;
    if (next.slots.length < known.count) next.slots = new Int32Array(known.slots.length);
    this.#keep(table, circle, margin, known, next);
    this.crowded = 0;
    if (circle !== undefined) this.#admit(table, circle, next, countMax);
  }

  /** Keeps who is still there, and notes who moved and who left. */
  #keep(
    { x, y, since, changed, records }: EntityTable,
    circle: Circle | undefined,
    margin: number,
    { slots, count, turn }: Known,
    next: Known,
  ): void {
    const { left, moved } = this;
    const marks = this.#marks;
    const mark = this.#mark;
    const kept = next.slots;
    const centreX = circle?.x ?? 0;
    const centreY = circle?.y ?? 0;
    const farthest = circle === undefined ? -1 : (circle.radius + margin) ** 2;
    let keptCount = 0;
    let leftCount = 0;
    let movedCount = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      const dx = (x[slot] as number) - centreX;
      const dy = (y[slot] as number) - centreY;
      if ((since[slot] as number) > turn || dx * dx + dy * dy > farthest) {
        left[leftCount++] = slot;
        continue;
      }
      kept[keptCount++] = slot;
      marks[slot] = mark;
      if ((changed[slot] as number) <= turn) continue;
      moved[recordWords * movedCount] = records[recordWords * slot] as number;
      moved[recordWords * movedCount + 1] = records[recordWords * slot + 1] as number;
      movedCount += 1;
    }
    next.count = keptCount;
    this.leftCount = leftCount;
    this.movedCount = movedCount;
  }

  #admit({ x, y, grid }: EntityTable, circle: Circle, next: Known, countMax: number): void {
    const candidates = this.#candidates;
    const found = grid.collect(circle.x, circle.y, circle.radius, candidates);
    const farthest = circle.radius ** 2;
    for (let i = 0; i < found; i += 1) {
      const slot = candidates[i] as number;
      if (this.#marks[slot] === this.#mark) continue;
      const dx = (x[slot] as number) - circle.x;
      const dy = (y[slot] as number) - circle.y;
      if (dx * dx + dy * dy > farthest) continue;
      if (next.count === countMax) {
        this.crowded += 1;
        continue;
      }
      if (next.count === next.slots.length) next.slots = enlarged(next.slots, countMax);
      next.slots[next.count++] = slot;
      this.entered[this.enteredCount++] = slot;
    }
  }

  #begin({ capacity }: EntityTable, known: Known): void {
    this.enteredCount = 0;
    if (this.#marks.length < capacity) {
      this.#marks = new Int32Array(capacity);
      this.#candidates = new Int32Array(capacity);
      this.entered = new Int32Array(capacity);
      this.#mark = 0;
    }
    if (this.left.length < known.count) {
      this.left = new Int32Array(known.slots.length);
      this.moved = new Uint32Array(recordWords * known.slots.length);
    }
    if (this.#mark === markMax) {
      this.#marks.fill(0);
      this.#mark = 0;
    }
    this.#mark += 1;
  }
}

function enlarged(slots: Int32Array, countMax: number): Int32Array {
  const larger = new Int32Array(Math.min(countMax, Math.max(64, 2 * slots.length)));
  larger.set(slots);
  return larger;
}
