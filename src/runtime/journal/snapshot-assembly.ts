import type { SnapshotPart, StoredSnapshot } from "./entries.ts";

/**
 * Puts snapshots together from their parts. Messages that follow each other are one message with the fields of all of
 * them: so says the encoding. One snapshot is being put together at most, and one waits whole: the newest of each.
 */
export class SnapshotAssembly {
  /** Of this frame a part has come, and no part of a later one. */
  #newest = -1;
  #parts: Uint8Array[] = [];
  #whole: StoredSnapshot | undefined = undefined;
  #settled = -1;

  add({ frame, parts, part }: SnapshotPart): void {
    if (frame < this.#newest || frame === this.#whole?.frame) return;
    if (frame > this.#newest) this.#parts = [];
    this.#newest = frame;
    this.#parts.push(part);
    if (this.#parts.length < parts) return;
    this.#whole = { frame, body: Buffer.concat(this.#parts) };
    this.#parts = [];
  }

  /** All replies up to this frame are known. */
  settle(frame: number): void {
    this.#settled = Math.max(this.#settled, frame);
  }

  /** A whole snapshot that may be kept: with it, no reply of its past can be lost. */
  get ready(): StoredSnapshot | undefined {
    return this.#whole && this.#whole.frame <= this.#settled ? this.#whole : undefined;
  }

  /** The snapshot that was ready is kept now. */
  taken(): void {
    this.#whole = undefined;
  }

  /** Forgets what has come: no part of it is used any more. */
  clear(): void {
    this.#parts = [];
    this.#whole = undefined;
  }
}
