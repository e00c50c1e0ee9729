import type { StreamPosition } from "./position.ts";

/** Where positions are kept. Effects happen exactly once when the store keeps them in the same transaction. */
export interface PositionStore {
  /** Called once, before the first message is received. */
  load(): readonly StreamPosition[] | Promise<readonly StreamPosition[]>;
  /**
   * Does the work and saves the position: both or neither, where the store can. Never called again before it is settled.
   * Rejects when the work does.
   */
  commit(position: StreamPosition, work: () => void | Promise<void>): Promise<void>;
}

/** For services whose effects are gone with the process as well, and for tests. */
export class MemoryPositions implements PositionStore {
  readonly #positions = new Map<string, StreamPosition>();

  load(): readonly StreamPosition[] {
    return [...this.#positions.values()];
  }

  async commit(position: StreamPosition, work: () => void | Promise<void>): Promise<void> {
    await work();
    this.#positions.set(JSON.stringify([position.stream, position.epoch]), position);
  }
}
