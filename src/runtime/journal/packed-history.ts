import type { History } from "./history.ts";

/** Byte strings by frame, in the order of their frames, in memory that threads share. */
interface PackedFrames {
  /** The frame of each. */
  readonly frames: Float64Array<SharedArrayBuffer>;
  /** Where each ends in `bytes`; it begins where the one before ends. */
  readonly ends: Float64Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** A history as threads hand it on: nothing of it is copied. */
export interface PackedHistory {
  readonly snapshot: Uint8Array<SharedArrayBuffer> | undefined;
  /** The snapshot's frame. 0: the very beginning. */
  readonly snapshotFrame: number;
  /** FrameInputs messages. */
  readonly inputs: PackedFrames;
  /** Actor, hash, actor, hash …, as 32-bit integers. */
  readonly marks: PackedFrames;
  readonly quarantine: History["quarantine"];
  readonly reached: number;
}

export function packHistory(history: History): PackedHistory {
  const { snapshot, frames, marks, quarantine, reached } = history;
  return {
    snapshot: snapshot && share(snapshot.body),
    snapshotFrame: snapshot?.frame ?? 0,
    inputs: pack(frames.map(({ frame, inputs }) => ({ frame, bytes: inputs }))),
    marks: pack(marks.map(({ frame, hashes }) => ({ frame, bytes: bytesOf(hashes) }))),
    quarantine,
    reached,
  };
}

/** Goes through packed byte strings once, frame by frame. */
export class PackedReader {
  readonly #packed: PackedFrames;
  #next = 0;

  constructor(packed: PackedFrames) {
    this.#packed = packed;
  }

  /** The byte strings of a frame. Frames are asked for in ascending order. */
  take(frame: number): Uint8Array[] {
    const { frames, ends, bytes } = this.#packed;
    const taken: Uint8Array[] = [];
    while (this.#next < frames.length && (frames[this.#next] as number) <= frame) {
      const start = this.#next === 0 ? 0 : (ends[this.#next - 1] as number);
      if (frames[this.#next] === frame) taken.push(bytes.subarray(start, ends[this.#next]));
      this.#next += 1;
    }
    return taken;
  }
}

function pack(rows: readonly { frame: number; bytes: Uint8Array }[]): PackedFrames {
  const doubles = (length: number) =>
    new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
  const frames = doubles(rows.length);
  const ends = doubles(rows.length);
  const total = rows.reduce((sum, row) => sum + row.bytes.length, 0);
  const bytes = new Uint8Array(new SharedArrayBuffer(total));
  let end = 0;
  rows.forEach((row, i) => {
    bytes.set(row.bytes, end);
    end += row.bytes.length;
    frames[i] = row.frame;
    ends[i] = end;
  });
  return { frames, ends, bytes };
}

function share(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
