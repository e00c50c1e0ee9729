import type { Connection } from "./connection.ts";

/** An answer is held back for so long at least, and for twice as long at most, in ms. */
export const holdMs = 50;

/** Connections that may hold an answer back, for the next update of their area to take it along. */
export class HeldAnswers {
  /** Since the last flush, and since before it. */
  #fresh = new Set<Connection>();
  #older = new Set<Connection>();

  add(connection: Connection): void {
    this.#fresh.add(connection);
  }

  /** Every `holdMs`: sends what no update has taken along since the last time. */
  flush(): void {
    for (const connection of this.#older) connection.flush();
    this.#older.clear();
    [this.#fresh, this.#older] = [this.#older, this.#fresh];
  }
}
