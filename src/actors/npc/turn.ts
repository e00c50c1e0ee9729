import { NpcActivity } from "../../gen/tellurion/v1/npc_pb.ts";
import { type ActorContext, type Random, Rejection } from "../../runtime/index.ts";
import { nearestOf, noPlace } from "../common/world-map.ts";
import { type Columns, columnsOf, npcsMax, type Shard } from "./columns.ts";
import { flag } from "./flags.ts";
import { Tally } from "./tally.ts";

/** What a shard needs to live on: chance, and somewhere to publish. */
export interface Outlet {
  readonly random: Random;
  readonly publish: ActorContext["publish"];
}

/** The kinds of places that an activity is usually at, the better ones first. */
const usualKinds: Partial<Record<NpcActivity, readonly string[]>> = {
  [NpcActivity.TRADE]: ["market", "shop", "harbour"],
  [NpcActivity.SOCIALISE]: ["inn", "tavern", "hall", "square", "market"],
  [NpcActivity.WORSHIP]: ["shrine", "temple", "church"],
  [NpcActivity.CELEBRATE]: ["square", "hall", "market", "inn"],
  [NpcActivity.GUARD]: ["watchtower", "gate", "market"],
};

/** Bytes of an action's record. */
export const recordBytes = 8;

/** Things said aloud in one turn of a shard at most; more are not heard. */
const speechesMax = 2;

/**
 * A shard while it handles a message: its columns, and what follows from its state alone. It is
 * kept beside the state and built anew wherever it is missing.
 */
export class Turn {
  readonly shard: Shard;
  /** The shard's own key. */
  readonly key: string;
  readonly columns: Columns;
  readonly tally = new Tally();
  /** What NPCs began to do in this turn, as NpcActionEvent has it. */
  readonly actions = new Uint8Array(recordBytes * npcsMax);
  actionCount = 0;
  speechesLeft = speechesMax;
  readonly #nearest = new Map<string, Uint16Array>();
  readonly #usual = new Map<NpcActivity, string>();
  readonly #sheltered: Uint16Array;
  readonly #roleFlags: readonly number[];
  readonly #makes: readonly (readonly number[])[];
  readonly #needs: readonly (readonly number[])[];

  constructor(shard: Shard, key: string) {
    this.shard = shard;
    this.key = key;
    this.columns = columnsOf(shard);
    const { places } = shard.map ?? { places: [] };
    this.#sheltered = this.#search((place) => place.sheltered);
    for (const [activity, kinds = []] of Object.entries(usualKinds)) {
      const kind = kinds.find((name) => places.some((place) => place.kind === name));
      if (kind !== undefined) this.#usual.set(Number(activity) as NpcActivity, kind);
    }
    const goodsOf = (names: readonly string[]) => names.map((name) => shard.goods.indexOf(name));
    this.#makes = shard.roles.map(({ makes }) => goodsOf(makes));
    this.#needs = shard.roles.map(({ needs }) => goodsOf(needs));
    this.#roleFlags = shard.roles.map((role) => {
      const does = (activity: NpcActivity) => role.schedule.some((s) => s.activity === activity);
      return (
        (role.weatherproof ? flag.weatherproof : 0) |
        (this.#usual.has(NpcActivity.TRADE) ? flag.hasMarket : 0) |
        (this.#usual.has(NpcActivity.WORSHIP) ? flag.hasShrine : 0) |
        (does(NpcActivity.WORK) ? flag.hasWork : 0) |
        (does(NpcActivity.GUARD) ? flag.hasWatch : 0)
      );
    });
  }

  begin(): this {
    this.actionCount = 0;
    this.speechesLeft = speechesMax;
    return this;
  }

  get minute(): number {
    return Math.floor(this.shard.livedMs / 60_000);
  }

  get map() {
    return mapOf(this.shard);
  }

  /** The place of a kind that is nearest to another. `noPlace`: the region has none. */
  nearest(kind: string, from: number): number {
    let all = this.#nearest.get(kind);
    if (all === undefined) {
      all = this.#search((place) => place.kind === kind);
      this.#nearest.set(kind, all);
    }
    return all[from] ?? noPlace;
  }

  /** The nearest place that keeps rain and storm off. */
  shelterNear(from: number): number {
    return this.#sheltered[from] ?? noPlace;
  }

  /** The nearest place of the kind that an activity is usually at. */
  usual(activity: NpcActivity, from: number): number {
    const kind = this.#usual.get(activity);
    return kind === undefined ? noPlace : this.nearest(kind, from);
  }

  /** What of a decision's flags follows from the role. */
  flagsOfRole(role: number): number {
    return this.#roleFlags[role] ?? 0;
  }

  get hasMarket(): boolean {
    return this.#usual.has(NpcActivity.TRADE);
  }

  /** The goods that an NPC makes, as indices. */
  makesOf(npc: number): readonly number[] {
    return this.#makes[this.columns.role[npc] as number] ?? [];
  }

  /** The goods that its work needs. */
  needsOf(npc: number): readonly number[] {
    return this.#needs[this.columns.role[npc] as number] ?? [];
  }

  /** The kind of place where a role does something. Empty: its schedule does not say. */
  kindOf(role: number, activity: NpcActivity): string {
    const { schedule = [] } = this.shard.roles[role] ?? {};
    return schedule.find((slot) => slot.activity === activity)?.placeKind ?? "";
  }

  #search(isOne: (place: { kind: string; sheltered: boolean }) => boolean): Uint16Array {
    const { map } = this;
    const numbers = map.places.flatMap((place, number) => (isOne(place) ? [number] : []));
    return Uint16Array.from(map.places, (_, from) => nearestOf(map, from, numbers));
  }
}

const turns = new WeakMap<Shard, Turn>();

/** Begins a turn of a shard. Throws a Rejection when it has not been configured. */
export function turnOf(shard: Shard, key: string): Turn {
  if (!shard.configured) {
    throw new Rejection(
      "FAILED_PRECONDITION",
      "this shard has not been configured: nobody lives in it yet",
    );
  }
  let turn = turns.get(shard);
  if (turn === undefined) {
    turn = new Turn(shard, key);
    turns.set(shard, turn);
  }
  return turn.begin();
}

function mapOf(shard: Shard) {
  if (shard.map === undefined) throw new Error("assertion failed: a shard has a map");
  return shard.map;
}
