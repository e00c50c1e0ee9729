import type { Cell } from "../actor/cell.ts";

/** A query, copied out of the frame's inputs: it may have to wait. */
export interface Query {
  /** Whom it was for when it came: a number may be somebody else's by the time it is answered. */
  readonly cell: Cell | undefined;
  readonly frame: number;
  readonly method: number;
  readonly call: number;
  readonly request: Uint8Array;
}
