import type { MessageShape } from "@bufbuild/protobuf";
import type { Definition, Objective } from "../../../src/actors/quest/book.ts";
import {
  type QuestEndedEventSchema,
  QuestOutcome,
  type QuestRewardedEventSchema,
  QuestScope,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";

/** An event as the audit sees it: its kind as objectives name it, and its fields. */
export interface Seen {
  readonly kind: string;
  readonly player: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly amount: number;
}

interface Account {
  readonly definition: Definition;
  readonly players: Set<string>;
  readonly counts: Map<string, number>;
}

/**
 * Keeps its own accounts of what players did, the long way: every objective of every run is looked
 * at with every event. It says what quests said that its accounts do not bear out.
 */
export class Audit {
  readonly faults: string[] = [];
  readonly completed = new Set<string>();
  rewards = 0;
  get ends(): number {
    return this.#ended.size;
  }

  readonly #accounts = new Map<string, Account>();
  readonly #entries = new WeakMap<object, readonly [string, unknown][]>();
  readonly #ended = new Set<string>();
  readonly #rewarded = new Set<string>();
  readonly #placeKinds: ReadonlyMap<string, string>;

  constructor(places: readonly { readonly id: string; readonly kind: string }[]) {
    this.#placeKinds = new Map(places.map(({ id, kind }) => [id, kind]));
  }

  accepted(id: string, definition: Definition, player: string): void {
    if (this.#accounts.has(id)) return;
    const players = new Set([player]);
    this.#accounts.set(id, { definition, players, counts: new Map() });
  }

  joined(id: string, player: string): void {
    this.#accounts.get(id)?.players.add(player);
  }

  note(event: Seen): void {
    for (const { definition, players, counts } of this.#accounts.values()) {
      const theirs =
        definition.scope === QuestScope.WORLD || event.player === "" || players.has(event.player);
      if (!theirs) continue;
      // What an event opens does not count it again: those that were open before it.
      const open = definition.steps.filter(({ objectives, after, afterCount }) => {
        if (!objectives.some((objective) => this.#fits(objective, event))) return false;
        const done = after.filter((id) => this.#isDone(definition, counts, id)).length;
        return done >= (afterCount || after.length);
      });
      for (const step of open) {
        counts.set(step.id, (counts.get(step.id) ?? 0) + event.amount);
      }
    }
  }

  ended(event: MessageShape<typeof QuestEndedEventSchema>): void {
    const account = this.#accounts.get(event.id);
    if (this.#ended.has(event.id)) this.faults.push(`${event.id} ended twice`);
    this.#ended.add(event.id);
    this.#accounts.delete(event.id);
    if (event.outcome !== QuestOutcome.COMPLETED) return;
    this.completed.add(event.id);
    if (account === undefined) {
      this.faults.push(`${event.id} was completed and never accepted`);
      return;
    }
    for (const step of account.definition.steps) {
      if (step.optional || step.fails) continue;
      if (this.#isDone(account.definition, account.counts, step.id)) continue;
      if (this.#isOtherWay(account, step.id)) continue;
      this.faults.push(`${event.id} was completed without ${step.id}`);
    }
  }

  rewarded({ id }: MessageShape<typeof QuestRewardedEventSchema>): void {
    this.rewards += 1;
    if (this.#rewarded.has(id)) this.faults.push(`${id} was rewarded twice`);
    this.#rewarded.add(id);
    if (!this.completed.has(id.split("/")[0] ?? "")) {
      this.faults.push(`${id} was rewarded and not completed`);
    }
  }

  /** All required steps that name it could open without it. */
  #isOtherWay({ definition, counts }: Account, id: string): boolean {
    const later = definition.steps.filter(
      ({ after, optional, fails }) => after.includes(id) && !optional && !fails,
    );
    const open = later.filter(({ after, afterCount }) => {
      const done = after.filter((other) => this.#isDone(definition, counts, other));
      return afterCount > 0 && done.length >= afterCount;
    });
    return later.length > 0 && open.length === later.length;
  }

  #entriesOf(wanted: Record<string, unknown>): readonly [string, unknown][] {
    const known = this.#entries.get(wanted);
    if (known !== undefined) return known;
    const entries = Object.entries(wanted).filter(
      ([name, value]) => value !== "" && value !== 0 && !name.startsWith("$"),
    );
    this.#entries.set(wanted, entries);
    return entries;
  }

  #isDone({ steps }: Definition, counts: ReadonlyMap<string, number>, id: string): boolean {
    const step = steps.find((other) => other.id === id);
    return (counts.get(id) ?? 0) >= Math.max(1, step?.count ?? 0);
  }

  #fits({ what }: Objective, { kind, fields }: Seen): boolean {
    if (what.case !== kind) return false;
    const wanted = what.value as unknown as Record<string, unknown>;
    const { place, success, started, tags } = fields as {
      readonly [field in "place" | "success" | "started" | "tags"]: unknown;
    };
    const placeKind = this.#placeKinds.get(String(place)) ?? "";
    return this.#entriesOf(wanted).every(([name, value]) => {
      if (name === "unsuccessful") return success === !value;
      if (name === "ended") return started === !value;
      if (name === "tag") return value === "" || (tags as string[]).includes(String(value));
      if (name === "placeKind") return value === "" || value === placeKind;
      return value === "" || value === 0 || name.startsWith("$") || fields[name] === value;
    });
  }
}

export const verbs = Object.values(Verb).filter((verb) => verb !== Verb.UNSPECIFIED);
