import type { World } from "../runtime/host.ts";

/** Whether what happens in a world outlasts the server, as far as the world itself knows. */
export class Durability {
  readonly #world: World;
  readonly #inMemory: boolean;

  constructor(world: World, inMemory: boolean) {
    this.#world = world;
    this.#inMemory = inMemory;
  }

  /** Why it does not. Undefined: it does. */
  get problem(): string | undefined {
    return this.#inMemory ? "the world is kept in memory only" : this.#world.durabilityProblem;
  }
}
