import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "vitest";
import type { Definition, Objective, Step } from "../../../src/actors/quest/book.ts";
import type { ConfigureQuests } from "../../../src/actors/quest/configuration.ts";
import { quest as questActor } from "../../../src/actors/quest/quest.ts";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  ConfigureQuestsSchema,
  type Objective as ObjectiveMessage,
  QuestDefinitionSchema,
  QuestEndedEventSchema,
  QuestOfferedEventSchema,
  QuestRewardedEventSchema,
  QuestScope,
  QuestService,
  QuestStateSchema,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { PlayerActedEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { scripted, tell } from "../../support/scripted.ts";

export const { method } = QuestService;
export const minute = 60_000;
const address = "quest/main";

/** Two regions, goods that are gathered, one that is only left behind, and something to fight. */
export const known = {
  regions: ["moor", "coast"],
  places: [
    { id: "moor.mill", region: "moor", kind: "mill" },
    { id: "moor.field", region: "moor", kind: "field" },
    { id: "moor.inn", region: "moor", kind: "inn" },
    { id: "coast.harbour", region: "coast", kind: "harbour" },
    { id: "coast.wood", region: "coast", kind: "wood" },
  ],
  goods: [
    {
      name: "grain",
      title: "grain",
      price: 4,
      gatheredAt: ["field"],
      volatility: 0.1,
      food: false,
    },
    {
      name: "timber",
      title: "timber",
      price: 6,
      gatheredAt: ["wood"],
      volatility: 0.1,
      food: false,
    },
    { name: "pelt", title: "pelt", price: 9, gatheredAt: [], volatility: 0.1, food: false },
  ],
  encounterKinds: [
    {
      ...{ name: "wolves", title: "wolves", cost: 3, strength: 0.4 },
      ...{ places: ["field", "wood"], climates: [], drops: ["pelt"] },
    },
  ],
};

type PlayerDeed = Extract<ObjectiveMessage["what"], { case: "player" }>["value"];

export function deed(verb: Verb, more: Partial<PlayerDeed> = {}): Objective {
  const any = { region: "", place: "", target: "", targetKind: "", item: "", placeKind: "" };
  return { what: { case: "player", value: { ...any, unsuccessful: false, ...more, verb } } };
}

export function step(id: string, objective: Objective, more: Partial<Step> = {}): Step {
  return {
    ...{ id, text: id, after: [], afterCount: 0, objectives: [objective], count: 0 },
    ...{ optional: false, fails: false, minutes: 0 },
    ...more,
  };
}

export function definition(
  name: string,
  steps: Step[],
  more: MessageInitShape<typeof QuestDefinitionSchema> = {},
): Definition {
  return create(QuestDefinitionSchema, {
    ...{ name, version: 1, title: name, scope: QuestScope.PLAYER, steps: steps as never },
    reward: { coins: 10 } as never,
    ...more,
  }) as Definition;
}

export function configuration(quests: Definition[]): ConfigureQuests {
  return { ...known, quests, facts: [], gameMs: 0n };
}

interface Published {
  readonly type: DescMessage;
  readonly event: unknown;
}

/** A world of quests alone, where tests say what happens. */
export class Rig {
  readonly world: TestWorld;
  readonly #script: Published[] = [];
  #gameMs = 0;

  constructor(quests: Definition[], options: Partial<TestWorldOptions> = {}) {
    const stage = scripted("stage", {
      perform: (ctx) => {
        for (const { type, event } of this.#script.splice(0)) ctx.publish(type, event as never);
      },
    });
    this.world = createTestWorld({
      actors: [questActor, stage],
      bootstrap: [
        { address, type: ConfigureQuestsSchema, message: configuration(quests) as never },
      ],
      ...options,
    });
    tell(this.world, "stage/main", "perform");
    this.world.step(3);
  }

  /** Publishes an event, and lets the world hear of it. */
  publish<Desc extends DescMessage>(type: Desc, event: MessageInitShape<Desc>): void {
    this.#script.push({ type, event: { gameMs: BigInt(this.#gameMs), ...event } });
    tell(this.world, "stage/main", "perform");
    this.world.step();
  }

  act(
    player: string,
    verb: Verb,
    more: MessageInitShape<typeof PlayerActedEventSchema> = {},
  ): void {
    this.publish(PlayerActedEventSchema, { player, verb, region: "moor", success: true, ...more });
  }

  arrive(player: string, region = "moor", place = ""): void {
    this.act(player, Verb.TRAVEL, { region, place });
  }

  /** Lets game minutes pass. */
  pass(minutes: number): void {
    const previousGameMs = BigInt(this.#gameMs);
    this.#gameMs += minutes * minute;
    this.publish(TimeEventSchema, { previousGameMs, settledGameMs: BigInt(this.#gameMs) });
  }

  jump(gameMs: number): void {
    const previousGameMs = BigInt(this.#gameMs);
    this.#gameMs = gameMs;
    this.publish(TimeEventSchema, {
      ...{ previousGameMs, settledGameMs: BigInt(gameMs), jumped: true },
    });
  }

  accept(id: string, player: string): void {
    expect(this.world.call(method.acceptQuest, { id, player })).toMatchObject({ ok: true });
  }

  /** Offers a quest, and accepts it. Returns the id of the run. */
  begin(quest: string, player: string): string {
    const outcome = this.world.call(method.offerQuest, { quest, player, region: "moor" });
    if (!outcome.ok) throw new Error(outcome.message);
    const id = outcome.value.quest?.id ?? "";
    if (player !== "world") this.accept(id, player);
    return id;
  }

  quest(id: string) {
    const outcome = this.world.call(method.getQuest, { id });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value.quest;
  }

  /** `step:count` of each step, in order, with its status. */
  steps(id: string): string[] {
    const status = ["", "waiting", "open", "done", "failed"];
    return (this.quest(id)?.steps ?? []).map((s) => `${s.id} ${status[s.status]} ${s.count}`);
  }

  list(player: string) {
    const outcome = this.world.call(method.listQuests, { player });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value;
  }

  /** Names of the quests offered so far, each with whom it was offered to. */
  offered(): string[] {
    return this.world
      .eventsOf(QuestOfferedEventSchema)
      .map(({ quest, player }) => `${quest} ${player}`);
  }

  ended(): string[] {
    const names = ["", "completed", "failed", "expired", "abandoned"];
    return this.world
      .eventsOf(QuestEndedEventSchema)
      .map(({ id, outcome, reason }) => `${id} ${names[outcome]} ${reason}`.trim());
  }

  rewarded(): string[] {
    return this.world.eventsOf(QuestRewardedEventSchema).map(({ id, coins }) => `${id} ${coins}`);
  }

  get state() {
    return this.world.stateOf(address, QuestStateSchema);
  }
}
