import type { AreaLimits } from "./area-limits.ts";
import { encodeAreaUpdate } from "./area-message.ts";
import type { AreaScan, Circle, Known } from "./area-scan.ts";
import { ageMax } from "./cell-order.ts";
import type { EntityTable } from "./entity-table.ts";
import { windowCentimetres } from "./position-record.ts";

interface Told extends Known {
  /** -1: the client has been told nothing. */
  turn: number;
  /** From which positions count. Undefined: the client has no origin yet. */
  origin: { readonly x: number; readonly y: number } | undefined;
  circle: Circle | undefined;
}

/** What one client looks at, and what it has been told of it. */
export class Watcher {
  /** Clients are numbered as they come. */
  readonly ordinal: number;
  circle: Circle | undefined;
  /** The frame from which the next update is due. */
  dueFrame = 0;
  #told: Told = nothing();

  constructor(ordinal: number) {
    this.ordinal = ordinal;
  }

  /**
   * The next update, and from now on it counts as told. Undefined: there is nothing to tell.
   * `turn`: the last one in which entities were told of.
   */
  advance(
    table: EntityTable,
    scan: AreaScan,
    { frame, turn }: { readonly frame: number; readonly turn: number },
    { areaMargin, areaEntitiesMax }: AreaLimits,
  ): Uint8Array | undefined {
    // Who was passed over for so long is told all anew: nobody knows any more what has changed since.
    if (this.#told.turn !== -1 && turn - this.#told.turn > ageMax) this.reset();
    const told = this.#told;
    const { circle } = this;
    if (turn === told.turn && circle === told.circle) return undefined;
    const complete = told.turn === -1;
    const margin = 100 * areaMargin;
    const behind = complete ? ageMax : turn - told.turn;
    scan.run(circle, margin, told, behind, areaEntitiesMax);
    const origin = circle === undefined ? told.origin : originFor(circle, margin, told.origin);
    const newOrigin = origin === told.origin ? undefined : origin;
    told.origin = origin;
    told.turn = turn;
    told.circle = circle;
    const { enteredCount, leftCount, movedCount } = scan;
    const changes = enteredCount + leftCount + movedCount;
    if (!complete && newOrigin === undefined && changes === 0) return undefined;
    return encodeAreaUpdate(scan, table, { frame, complete, origin: newOrigin });
  }

  /** The client knows nothing any more: the next update is complete. It comes no sooner, however often that is asked for. */
  reset(): void {
    this.#told = nothing();
  }
}

function nothing(): Told {
  return { slots: new Int32Array(0), count: 0, turn: -1, origin: undefined, circle: undefined };
}

/** The origin that the client has, as long as all of its area is in the square that begins there. */
function originFor(
  { x, y, radius }: Circle,
  margin: number,
  origin: { readonly x: number; readonly y: number } | undefined,
): { readonly x: number; readonly y: number } {
  const reach = radius + margin;
  if (
    origin !== undefined &&
    x - reach >= origin.x &&
    y - reach >= origin.y &&
    x + reach < origin.x + windowCentimetres &&
    y + reach < origin.y + windowCentimetres
  ) {
    return origin;
  }
  return { x: x - windowCentimetres / 2, y: y - windowCentimetres / 2 };
}
