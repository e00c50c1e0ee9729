/** A set of actor numbers that is emptied in ascending order: two levels of bits, no allocation. */
export class ActorSet {
  readonly #bits: Int32Array;
  readonly #summary: Int32Array;

  /** For numbers from 0 to `capacity` - 1. */
  constructor(capacity: number) {
    this.#bits = new Int32Array(Math.ceil(capacity / 32));
    this.#summary = new Int32Array(Math.ceil(capacity / 1_024));
  }

  add(actor: number): void {
    const word = actor >>> 5;
    this.#bits[word] = (this.#bits[word] as number) | (1 << (actor & 31));
    this.#summary[word >>> 5] = (this.#summary[word >>> 5] as number) | (1 << (word & 31));
  }

  /** Takes out the smallest member that is at least `from`, or returns -1. All smaller ones must be gone. */
  takeFrom(from: number): number {
    const summary = this.#summary;
    for (let s = from >>> 10; s < summary.length; s += 1) {
      const words = summary[s] as number;
      if (words === 0) continue;
      const word = s * 32 + lowestBit(words);
      const bits = this.#bits[word] as number;
      const actor = word * 32 + lowestBit(bits);
      const rest = bits & (bits - 1);
      this.#bits[word] = rest;
      if (rest === 0) summary[s] = words & (words - 1);
      return actor;
    }
    return -1;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
