/** Keys that are told apart. Beyond it all counts begin anew. */
const keysMax = 4_096;

/** Counts by key and says when to report: at the first, second, fourth, eighth … time. */
export class Doubling {
  readonly #counts = new Map<string, number>();

  /** The count, when it is one to report; 0 otherwise. */
  count(key: string): number {
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count === 1 && this.#counts.size >= keysMax) this.#counts.clear();
    this.#counts.set(key, count);
    return Number.isInteger(Math.log2(count)) ? count : 0;
  }
}
