import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Objective } from "../../../src/actors/quest/book.ts";
import { type PlayerActedEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";

type Acted = MessageInitShape<typeof PlayerActedEventSchema>;

/** What a bot finds in its world: it knows of nothing else. */
export interface Surroundings {
  readonly places: readonly {
    readonly id: string;
    readonly region: string;
    readonly kind: string;
  }[];
  readonly goods: readonly { readonly name: string; readonly gatheredAt: readonly string[] }[];
  readonly encounterKinds: readonly { readonly name: string; readonly places: readonly string[] }[];
  /** NPCs, each with where it is. */
  readonly npcs: readonly { readonly id: string; readonly role: string; readonly place: string }[];
}

/**
 * A player that can do what the world lets players do: go to places that there are, gather what
 * grows there, give what it holds, fight what may be there, and talk to those who are.
 */
export class Bot {
  readonly #world: Surroundings;
  readonly #holds = new Map<string, number>();

  constructor(world: Surroundings) {
    this.#world = world;
  }

  /** Deeds that do an objective once, as the world would tell them, or none where that cannot be. */
  deedsFor({ what }: Objective): Acted[] {
    if (what.case !== "player") return [];
    const wanted = what.value;
    for (const { id, region, kind } of this.#world.places) {
      if (wanted.region !== "" && wanted.region !== region) continue;
      if (wanted.place !== "" && wanted.place !== id) continue;
      if (wanted.placeKind !== "" && wanted.placeKind !== kind) continue;
      const deed = this.#deedAt({ id, region, kind }, wanted);
      if (deed === undefined) continue;
      const here = { region, place: id, success: true };
      const way: Acted = { ...here, verb: Verb.TRAVEL };
      return wanted.verb === Verb.TRAVEL ? [way] : [way, { ...here, ...deed }];
    }
    return [];
  }

  #deedAt(place: Surroundings["places"][number], wanted: PlayerDeed): Acted | undefined {
    const { verb, item, target, targetKind } = wanted;
    const npc = this.#world.npcs.find(
      (other) =>
        other.place === place.id &&
        (target === "" || other.id === target) &&
        (targetKind === "" || other.role === targetKind),
    );
    switch (verb) {
      case Verb.GATHER: {
        const good = this.#world.goods.find(
          ({ name, gatheredAt }) => name === item && gatheredAt.includes(place.kind),
        );
        if (good === undefined) return undefined;
        this.#holds.set(item, (this.#holds.get(item) ?? 0) + 1);
        return { verb, item, amount: 1 };
      }
      case Verb.DELIVER: {
        const held = this.#holds.get(item) ?? 0;
        if (held === 0 || (target !== "" && npc === undefined)) return undefined;
        this.#holds.set(item, held - 1);
        return { verb, item, amount: 1, target, targetKind: npc?.role ?? "" };
      }
      case Verb.FIGHT: {
        const foe = this.#world.encounterKinds.find(
          ({ name, places }) =>
            name === targetKind && (places.length === 0 || places.includes(place.kind)),
        );
        return foe && { verb, target: "encounter.1", targetKind: foe.name };
      }
      case Verb.TALK:
        return npc && { verb, target: npc.id, targetKind: npc.role };
      case Verb.TRAVEL:
      case Verb.SEARCH:
      case Verb.WORK:
      case Verb.REST:
        return { verb };
      default:
        return undefined;
    }
  }
}

type PlayerDeed = Extract<Objective["what"], { case: "player" }>["value"];
