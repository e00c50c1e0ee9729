import * as record from "./position-record.ts";

// The engine looks up what is imported at each use, and these are used for each entity.
const { recordWords } = record;

const columnsLeast = 128;

/** Turns that entities' ages are told apart in. */
export const ageMax = 65_535;

/** Words of an entity at its place in the order: side by side, as they are read, two places in a line of the cache. */
export const placeWords = 8;
/** Centimetres. */
export const xWord = 0;
export const yWord = 1;
export const slotWord = 2;
/** How many turns ago the entity last changed, and how many it has been there. At most `ageMax`. */
export const changedAgeWord = 3;
export const ageWord = 4;
/** Here and in the next one: its record. */
export const recordWord = 5;

/** Entities in columns, by slot, as EntityTable has them. */
export interface EntityColumnsBySlot {
  /** Slots are below it. */
  readonly end: number;
  /** Centimetres. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** The turn in which the entity last changed. */
  readonly changed: Float64Array;
  /** The turn in which the slot's present entity came. Infinity: the slot is free. */
  readonly since: Float64Array;
  readonly records: Uint32Array;
}

/**
 * All entities sorted by the cell of the map that they are in, so that what is near each other on
 * the map is near each other in memory, and each row of a circle is one run. The map is rolled up to
 * a square of cells: those that are its side apart share a run, and distance tells them apart.
 */
export class CellOrder {
  /** Place by place, `placeWords` each. */
  places = new Int32Array(0);
  readonly #perCell: number;
  readonly #columns: number;
  /** Where each cell's run begins; one more, where the last one ends. */
  readonly #starts: Int32Array;
  #cells = new Int32Array(0);

  /** No circle that is asked for has a larger radius. Centimetres. */
  constructor(cellCentimetres: number, radiusMax: number) {
    this.#perCell = 1 / cellCentimetres;
    const touched = Math.ceil((2 * radiusMax) / cellCentimetres) + 2;
    this.#columns = 2 ** Math.ceil(Math.log2(Math.max(columnsLeast, touched)));
    this.#starts = new Int32Array(this.#columns ** 2 + 1);
  }

  /** Slots are below it. */
  get capacity(): number {
    return this.#cells.length;
  }

  /** Sorts all entities anew, as of a turn: by counting, in two passes over them and one over the cells. */
  sort(entities: EntityColumnsBySlot, turn: number): void {
    const { end, x, y, changed, since, records } = entities;
    this.#reserve(end);
    const starts = this.#starts.fill(0);
    const cells = this.#cells;
    const places = this.places;
    for (let slot = 0; slot < end; slot += 1) {
      if (since[slot] === Number.POSITIVE_INFINITY) continue;
      const cell = this.#cellAt(x[slot] as number, y[slot] as number);
      cells[slot] = cell;
      starts[cell] = (starts[cell] as number) + 1;
    }
    let sum = 0;
    for (let cell = 0; cell < starts.length; cell += 1) {
      sum += starts[cell] as number;
      starts[cell] = sum;
    }
    // Each run is filled from its end, so that its start is where it is to be afterwards.
    for (let slot = end - 1; slot >= 0; slot -= 1) {
      if (since[slot] === Number.POSITIVE_INFINITY) continue;
      const at = (starts[cells[slot] as number] as number) - 1;
      starts[cells[slot] as number] = at;
      const place = placeWords * at;
      places[place + xWord] = x[slot] as number;
      places[place + yWord] = y[slot] as number;
      places[place + slotWord] = slot;
      places[place + changedAgeWord] = Math.min(ageMax, turn - (changed[slot] as number));
      places[place + ageWord] = Math.min(ageMax, turn - (since[slot] as number));
      places[place + recordWord] = records[recordWords * slot] as number;
      places[place + recordWord + 1] = records[recordWords * slot + 1] as number;
    }
  }

  /**
   * Finds the runs of all cells that a circle touches: pairs of places in the order, from and to.
   * Returns how many words of `runs` they take, at most 4 for each row of cells.
   */
  runsIn(x: number, y: number, radius: number, runs: Int32Array): number {
    const perCell = this.#perCell;
    const mask = this.#columns - 1;
    const rowLast = Math.floor((y + radius) * perCell);
    let words = 0;
    for (let row = Math.floor((y - radius) * perCell); row <= rowLast; row += 1) {
      const half = halfChord(y, radius, row / perCell, (row + 1) / perCell);
      const rowStart = (row & mask) * this.#columns;
      const first = Math.floor((x - half) * perCell) & mask;
      const last = Math.floor((x + half) * perCell) & mask;
      if (first > last) {
        words = this.#addRun(rowStart + first, rowStart + mask, runs, words);
        words = this.#addRun(rowStart, rowStart + last, runs, words);
      } else {
        words = this.#addRun(rowStart + first, rowStart + last, runs, words);
      }
    }
    return words;
  }

  /** Words that `runsIn` needs at most. */
  get runWordsMax(): number {
    return 4 * this.#columns;
  }

  #addRun(firstCell: number, lastCell: number, runs: Int32Array, words: number): number {
    const from = this.#starts[firstCell] as number;
    const to = this.#starts[lastCell + 1] as number;
    if (from === to) return words;
    runs[words] = from;
    runs[words + 1] = to;
    return words + 2;
  }

  #cellAt(x: number, y: number): number {
    const mask = this.#columns - 1;
    const column = Math.floor(x * this.#perCell) & mask;
    return (Math.floor(y * this.#perCell) & mask) * this.#columns + column;
  }

  #reserve(count: number): void {
    const { capacity: before } = this;
    if (before >= count) return;
    const capacity = Math.max(count, 2 * before);
    this.places = new Int32Array(placeWords * capacity);
    this.#cells = new Int32Array(capacity);
  }
}

/** Half of how wide a circle around `y` is between two lines, where it is widest. */
function halfChord(y: number, radius: number, from: number, to: number): number {
  const away = y < from ? from - y : y > to ? y - to : 0;
  // A cell too many is no harm, one too few would be.
  return Math.min(radius, Math.sqrt(Math.max(0, radius * radius - away * away)) + 1);
}
