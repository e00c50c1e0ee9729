/**
 * Addresses by actor number, in shared memory, so that threads which run no actors can tell metrics' rows apart. A row
 * is one byte for the length, 0 where nobody is, and the address, which is ASCII. The conductor writes rows between
 * frames; readers on other threads may see a row change under their eyes, and show a wrong name once.
 */
const rowBytes = 128;

export class ActorNames {
  readonly #bytes: Uint8Array;

  constructor(shared: SharedArrayBuffer) {
    this.#bytes = new Uint8Array(shared);
  }

  static bytes(actorsMax: number): number {
    return actorsMax * rowBytes;
  }

  get rows(): number {
    return this.#bytes.length / rowBytes;
  }

  /** Those beyond the last row go without a name. */
  set(actor: number, address: string): void {
    if (actor >= this.rows) return;
    const row = actor * rowBytes;
    for (let i = 0; i < address.length; i += 1) this.#bytes[row + 1 + i] = address.charCodeAt(i);
    this.#bytes[row] = address.length;
  }

  clear(actor: number): void {
    if (actor >= this.rows) return;
    this.#bytes[actor * rowBytes] = 0;
  }

  /** Undefined where nobody is. */
  at(actor: number): string | undefined {
    const row = actor * rowBytes;
    const length = this.#bytes[row] as number;
    if (length === 0) return undefined;
    return String.fromCharCode(...this.#bytes.subarray(row + 1, row + 1 + length));
  }
}
