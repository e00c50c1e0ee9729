import type { AreaLimits } from "./area-limits.ts";
import { encodeAreaUpdate } from "./area-message.ts";
import type { AreaScan, Watched } from "./area-scan.ts";
import { ageMax } from "./cell-order.ts";
import type { EntityTable } from "./entity-table.ts";
import { windowCentimetres } from "./position-record.ts";

/** A frame, and the last turn in which entities were told of. */
export interface Moment {
  readonly frame: number;
  readonly turn: number;
}

/**
 * What one client looks at, and what it has been told of it: as few objects as can be, since a thousand clients are gone
 * through in every frame, and each object is fetched from far away.
 */
export class Watcher implements Watched {
  /** Clients are numbered as they come. */
  readonly ordinal: number;
  /** The frame from which the next update is due. */
  dueFrame = 0;
  x = 0;
  y = 0;
  radius = 0;
  known = new Int32Array(0);
  knownCount = 0;
  /** It looks elsewhere since it was last told. */
  #hasMoved = false;
  /** The turn up to which it has been told. -1: it has been told nothing. */
  #toldTurn = -1;
  /** It has been told from where positions count. */
  #hasOrigin = false;
  #originX = 0;
  #originY = 0;

  constructor(ordinal: number) {
    this.ordinal = ordinal;
  }

  /** Looks at a circle, in place of the one before. Centimetres. A radius of 0: at none. */
  look(x: number, y: number, radius: number): void {
    this.x = x;
    this.y = y;
    this.radius = radius;
    this.#hasMoved = true;
  }

  /** The next update, and from now on it counts as told. Undefined: there is nothing to tell. */
  advance(
    table: EntityTable,
    scan: AreaScan,
    { frame, turn }: Moment,
    { areaMargin, areaEntitiesMax }: AreaLimits,
  ): Uint8Array | undefined {
    // Who was passed over for so long is told all anew: nobody knows any more what has changed since.
    if (this.#toldTurn !== -1 && turn - this.#toldTurn > ageMax) this.reset();
    if (turn === this.#toldTurn && !this.#hasMoved) return undefined;
    const complete = this.#toldTurn === -1;
    const margin = 100 * areaMargin;
    const behind = complete ? ageMax : turn - this.#toldTurn;
    scan.run(this, margin, behind, areaEntitiesMax);
    const hasNewOrigin = this.#hasMoved && this.#moveOrigin(margin);
    this.#toldTurn = turn;
    this.#hasMoved = false;
    const { enteredCount, leftCount, movedCount } = scan;
    const changes = enteredCount + leftCount + movedCount;
    if (!complete && !hasNewOrigin && changes === 0) return undefined;
    const origin = hasNewOrigin ? { x: this.#originX, y: this.#originY } : undefined;
    return encodeAreaUpdate(scan, table, { frame, complete, origin });
  }

  /** The client knows nothing any more: its next update is complete. It comes no sooner, however often that is asked for. */
  reset(): void {
    this.known = new Int32Array(0);
    this.knownCount = 0;
    this.#hasMoved = true;
    this.#toldTurn = -1;
    this.#hasOrigin = false;
  }

  /** Moves the origin, unless all of the area is in the square that begins there. */
  #moveOrigin(margin: number): boolean {
    const { x, y, radius } = this;
    if (radius === 0) return false;
    const reach = radius + margin;
    if (
      this.#hasOrigin &&
      x - reach >= this.#originX &&
      y - reach >= this.#originY &&
      x + reach < this.#originX + windowCentimetres &&
      y + reach < this.#originY + windowCentimetres
    ) {
      return false;
    }
    this.#hasOrigin = true;
    this.#originX = x - windowCentimetres / 2;
    this.#originY = y - windowCentimetres / 2;
    return true;
  }
}
