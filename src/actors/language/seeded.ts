/**
 * A source of chance that is a function of a seed and of what is drawn: the word for `storm` stays what it is when the
 * language gets other words. sfc32 (Doty-Humphrey, PractRand).
 */
export class Seeded {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: bigint, label: string) {
    this.#a = Number(seed & 0xffff_ffffn) ^ hash32(label, 0x9e3779b9);
    this.#b = Number((seed >> 32n) & 0xffff_ffffn) ^ hash32(label, 0x7f4a7c15);
    this.#c = hash32(label, Number(seed & 0xffff_ffffn) ^ 0x5bd1e995);
    for (let i = 0; i < 12; i += 1) this.#draw();
  }

  /** From 0 (inclusive) to 1 (exclusive), with 32 bits. */
  next(): number {
    return this.#draw() / 0x1_0000_0000;
  }

  /** From 0 (inclusive) to `bound` (exclusive). */
  integer(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of some items, each as often as its weight says. There must be one. */
  pick<Item>(items: readonly Item[], weightOf: (item: Item, index: number) => number): Item {
    let rest = this.next() * items.reduce((sum, item, i) => sum + weightOf(item, i), 0);
    for (const [i, item] of items.entries()) {
      rest -= weightOf(item, i);
      if (rest < 0) return item;
    }
    return items[items.length - 1] as Item;
  }

  #draw(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}

/** A hash of a text, with MurmurHash3's mixing. */
export function hash32(text: string, seed: number): number {
  let h = seed | 0;
  for (let i = 0; i < text.length; i += 1) {
    h = Math.imul(h ^ text.charCodeAt(i), 0xcc9e2d51);
    h = (h << 15) | (h >>> 17);
  }
  h = Math.imul(h ^ text.length ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
