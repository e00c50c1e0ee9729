const none = -1;
/** Cells share this many lists. More than there are entities in a large world, so few do. */
const listBits = 16;

/**
 * Which entities are in which cell of the map. The map has no edges: a cell's list is found by a
 * hash, and what is in the list but in another cell is passed over.
 */
export class CellGrid {
  readonly #perCell: number;
  readonly #heads = new Int32Array(2 ** listBits).fill(none);
  #cell: Int32Array;
  #next: Int32Array;
  #previous: Int32Array;

  /** `cellCentimetres` is from side to side. */
  constructor(cellCentimetres: number, capacity: number) {
    this.#perCell = 1 / cellCentimetres;
    this.#cell = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
  }

  /** Makes room for slots below `capacity`. */
  grow(capacity: number): void {
    this.#cell = grown(this.#cell, capacity);
    this.#next = grown(this.#next, capacity);
    this.#previous = grown(this.#previous, capacity);
  }

  add(slot: number, x: number, y: number): void {
    this.#link(slot, this.#cellAt(x, y));
  }

  remove(slot: number): void {
    const next = this.#next[slot] as number;
    const previous = this.#previous[slot] as number;
    if (previous === none) this.#heads[listOf(this.#cell[slot] as number)] = next;
    else this.#next[previous] = next;
    if (next !== none) this.#previous[next] = previous;
  }

  move(slot: number, x: number, y: number): void {
    const cell = this.#cellAt(x, y);
    if (cell === this.#cell[slot]) return;
    this.remove(slot);
    this.#link(slot, cell);
  }

  /**
   * Writes the slots of all cells that a circle touches into `found`, each once, and returns how
   * many there are. `found` has room for all entities.
   */
  collect(x: number, y: number, radius: number, found: Int32Array): number {
    const perCell = this.#perCell;
    const rowLast = Math.floor((y + radius) * perCell);
    let count = 0;
    for (let row = Math.floor((y - radius) * perCell); row <= rowLast; row += 1) {
      const half = halfChord(y, radius, row / perCell, (row + 1) / perCell);
      const last = Math.floor((x + half) * perCell);
      for (let column = Math.floor((x - half) * perCell); column <= last; column += 1) {
        const cell = cellOf(column, row);
        let slot = this.#heads[listOf(cell)] as number;
        while (slot !== none) {
          if (this.#cell[slot] === cell) found[count++] = slot;
          slot = this.#next[slot] as number;
        }
      }
    }
    return count;
  }

  #cellAt(x: number, y: number): number {
    return cellOf(Math.floor(x * this.#perCell), Math.floor(y * this.#perCell));
  }

  #link(slot: number, cell: number): void {
    const list = listOf(cell);
    const next = this.#heads[list] as number;
    this.#cell[slot] = cell;
    this.#next[slot] = next;
    this.#previous[slot] = none;
    if (next !== none) this.#previous[next] = slot;
    this.#heads[list] = slot;
  }
}

/** Half of how wide a circle around `y` is between two lines, where it is widest. */
function halfChord(y: number, radius: number, from: number, to: number): number {
  const away = y < from ? from - y : y > to ? y - to : 0;
  // A cell too many is no harm, one too few would be.
  return Math.sqrt(Math.max(0, radius * radius - away * away)) + 1;
}

/** Cells that are 65,536 apart count as one: no area is as wide. */
function cellOf(column: number, row: number): number {
  return (column & 0xffff) | (row << 16);
}

function listOf(cell: number): number {
  return Math.imul(cell, 0x9e37_79b1) >>> (32 - listBits);
}

function grown(column: Int32Array, capacity: number): Int32Array {
  const larger = new Int32Array(capacity);
  larger.set(column);
  return larger;
}
