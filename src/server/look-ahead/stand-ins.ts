import {
  type PlayerState,
  Verb,
  WorldService,
  type WorldState,
  WorldStateSchema,
} from "../../gen/tellurion/v1/world_pb.ts";
import type { Branch } from "../../runtime/index.ts";

/** Below this health a player thinks of resting, above it of fighting. */
const careful = 0.4;
/** Chance that a player who knows of an encounter nearby goes for it in a game minute. */
const boldness = 0.35;
const restMinutes = 20;

/**
 * Plays the players in a branch of the world, where nobody is at the keyboard: they fight what comes to their place, go
 * for what is in their region now and then, and rest when they are hurt. It is a guess at what people do, the same each
 * time for the same seed; the real ones may do otherwise.
 */
export class StandIns {
  readonly #branch: Branch;
  #chance: number;

  constructor(branch: Branch, seed: number) {
    this.#branch = branch;
    this.#chance = (seed * 2_654_435_761 + 1) >>> 0;
  }

  /** What each of them does next. Once a game minute. */
  act(): void {
    const world = this.#branch.stateOf("world/main", WorldStateSchema);
    if (world === undefined) return;
    for (const player of world.players) {
      const isFree = player.present && !player.unconscious && player.busyUntilMs <= world.gameMs;
      if (isFree) this.#play(world, player);
    }
  }

  #play(world: WorldState, player: PlayerState): void {
    if (player.health < careful) {
      this.#act(player, { verb: Verb.REST, amount: restMinutes });
      return;
    }
    const places = world.map?.places ?? [];
    const regionOf = (id: string) => places.find((place) => place.id === id)?.region;
    const region = regionOf(player.place);
    const near = world.encounters.filter(({ place }) => regionOf(place) === region);
    const here = near.find(({ place }) => place === player.place);
    if (here) this.#act(player, { verb: Verb.FIGHT, target: here.id });
    else if (near[0] && this.#next() < boldness) {
      this.#act(player, { verb: Verb.TRAVEL, target: near[0].place });
    }
  }

  #act({ id }: PlayerState, what: { verb: Verb; target?: string; amount?: number }): void {
    this.#branch.command(WorldService.method.act, "main", { player: id, ...what });
  }

  /** A number from 0 to 1: a linear congruential generator is good enough for a guess. */
  #next(): number {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#chance / 2 ** 32;
  }
}
