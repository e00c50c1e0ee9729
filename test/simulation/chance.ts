import { SeededRandom, seedRandom } from "../../src/runtime/actor/random.ts";

/** Chance that a seed and a name decide: each part of a simulation draws from its own. */
export class Chance {
  readonly #random = new SeededRandom();

  constructor(seed: number, name: string) {
    this.#random.point(seedRandom(seed, name));
  }

  /** From 0 to below 1. */
  next(): number {
    return this.#random.next();
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.#random.integer(most - least + 1);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.#random.integer(items.length)] as Item;
  }
}
