import { SeededRandom, seedRandom } from "../actor/random.ts";
import { ActorNames } from "./actor-names.ts";
import type { WorldMemory } from "./memory.ts";
import type { Registered, Registry } from "./registry.ts";

/** Actors that one shuffle moves. */
const shuffledMax = 64;

/**
 * Which worker each actor sits on, and so which workers hear which events. It decides how fast the world runs and
 * never what happens in it. Conductor only; the tables it writes are read by all workers after the next barrier.
 */
export class Placement {
  readonly #workers: number;
  readonly #table: Uint8Array;
  readonly #names: ActorNames;
  readonly #routes: Int32Array;
  /** Listeners by message id and worker. */
  readonly #listeners = new Map<number, number[]>();
  readonly #counts: number[];
  readonly #shuffleEveryFrames: number;
  readonly #shuffle = new SeededRandom();
  #requested: { address: string; worker: number }[] = [];

  constructor(memory: WorldMemory, workers: number, shuffleEveryFrames: number) {
    this.#workers = workers;
    this.#table = new Uint8Array(memory.placement);
    this.#names = new ActorNames(memory.names);
    this.#routes = new Int32Array(memory.routes);
    this.#counts = new Array(workers).fill(0);
    this.#shuffleEveryFrames = shuffleEveryFrames;
    this.#shuffle.point(seedRandom(0, "placement"));
  }

  /** Gives a new actor the worker with the fewest actors. */
  add(actor: Registered): number {
    const worker = this.#counts.indexOf(Math.min(...this.#counts));
    this.#sit(actor, worker, 1);
    this.#names.set(actor.number, actor.address);
    return worker;
  }

  remove(actor: Registered): void {
    this.#sit(actor, actor.worker, -1);
    this.#names.clear(actor.number);
  }

  move(actor: Registered, worker: number): void {
    this.#sit(actor, actor.worker, -1);
    this.#sit(actor, worker, 1);
    actor.worker = worker;
  }

  /** Asks for an actor to be moved before the next frame in which that is possible. */
  request(address: string, worker: number): void {
    this.#requested.push({ address, worker });
  }

  /** The moves to make before this frame. */
  takeMoves(frame: number, registry: Registry): { actor: Registered; worker: number }[] {
    const moves = new Map<Registered, number>();
    for (const { address, worker } of this.#requested) {
      const actor = registry.at(address);
      if (actor) moves.set(actor, worker);
    }
    this.#requested = [];
    if (this.#shuffleEveryFrames > 0 && frame % this.#shuffleEveryFrames === 0) {
      const actors = [...registry.all()];
      for (let i = 0; i < Math.min(shuffledMax, actors.length); i += 1) {
        const actor = actors[this.#shuffle.integer(actors.length)] as Registered;
        moves.set(actor, this.#shuffle.integer(this.#workers));
      }
    }
    return [...moves]
      .filter(([actor, worker]) => actor.worker !== worker && worker < this.#workers)
      .map(([actor, worker]) => ({ actor, worker }));
  }

  #sit(actor: Registered, worker: number, change: 1 | -1): void {
    this.#table[actor.number] = worker;
    this.#counts[worker] = (this.#counts[worker] as number) + change;
    for (const type of actor.kind.subscriptions.keys()) {
      const listeners = this.#listeners.get(type) ?? new Array<number>(this.#workers).fill(0);
      this.#listeners.set(type, listeners);
      listeners[worker] = (listeners[worker] as number) + change;
      this.#routes[type] = listeners.reduce((set, n, w) => (n > 0 ? set | (1 << w) : set), 0);
    }
  }
}
