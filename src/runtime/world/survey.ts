import { SnapshotSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { encodeImage } from "../actor/actor-image.ts";
import type { Cell } from "../actor/cell.ts";
import { codecOf } from "../codec/index.ts";
import { addHash, foldHash, hashBytes, type StateHash } from "./state-hash.ts";

const snapshotCodec = codecOf(SnapshotSchema);

/** Looks at the actors of one worker, between frames only. */
export class Survey {
  readonly #cells: readonly (Cell | undefined)[];
  readonly #hashes = new WeakMap<Cell, { readonly version: number; readonly hash: StateHash }>();

  constructor(cells: readonly (Cell | undefined)[]) {
    this.#cells = cells;
  }

  /** All actors as a part of a Snapshot. */
  encodeImages(): Uint8Array<ArrayBuffer> {
    const actors = this.#cells.flatMap((cell) => (cell ? [encodeImage(cell)] : []));
    return snapshotCodec.toBytes({ actors });
  }

  /** Hashes of the actors with numbers from `from` up to `to`: number, hash, number, hash … */
  marks(from: number, to: number): Int32Array<ArrayBuffer> {
    const marks: number[] = [];
    for (let actor = from; actor < Math.min(to, this.#cells.length); actor += 1) {
      const cell = this.#cells[actor];
      if (cell) marks.push(actor, foldHash(this.#hashOf(cell)));
    }
    return Int32Array.from(marks);
  }

  /** Sum of the actors' hashes. */
  hash(): StateHash {
    const sum = { a: 0, b: 0 };
    for (const cell of this.#cells) if (cell) addHash(sum, this.#hashOf(cell));
    return sum;
  }

  #hashOf(cell: Cell): StateHash {
    let known = this.#hashes.get(cell);
    if (known?.version !== cell.version) {
      known = { version: cell.version, hash: hashBytes(encodeImage(cell)) };
      this.#hashes.set(cell, known);
    }
    return known.hash;
  }
}
