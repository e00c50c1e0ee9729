import { describe, expect, it } from "vitest";
import {
  QuestAdvancedEventSchema,
  QuestEndedEventSchema,
  QuestScope,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { deed, definition, method, Rig, step } from "./rig.ts";

const { GATHER, WORK } = Verb;
const gather = (count: number) => [step("gather", deed(GATHER, { item: "grain" }), { count })];

describe("a quest of several", () => {
  it("counts what all of a party do, and rewards each who did something", () => {
    const rig = new Rig([definition("harvest", gather(10), { scope: QuestScope.PARTY })]);
    const id = rig.begin("harvest", "anna");
    for (const player of ["bert", "carl", "dora"]) {
      expect(rig.world.call(method.joinQuest, { id, player }).ok).toBe(true);
    }
    rig.act("anna", GATHER, { item: "grain", amount: 6 });
    rig.act("emil", GATHER, { item: "grain", amount: 2 });
    rig.act("dora", GATHER, { item: "grain", amount: 1 });
    expect(rig.world.call(method.abandonQuest, { id, player: "dora" }).ok).toBe(true);
    rig.act("dora", GATHER, { item: "grain", amount: 2 });
    rig.act("bert", GATHER, { item: "grain", amount: 9 });
    expect(rig.rewarded()).toEqual([`${id}/anna 10`, `${id}/bert 10`]);
    expect(rig.world.eventsOf(QuestEndedEventSchema)).toMatchObject([
      {
        player: "anna",
        contributions: [
          { player: "anna", share: 2 / 3 },
          { player: "bert", share: 1 / 3 },
        ],
      },
    ]);
    expect(rig.world.eventsOf(QuestAdvancedEventSchema).map(({ player }) => player)).toEqual([
      ...["anna", "bert", "carl", "dora"],
      ...["anna", "bert", "carl", "dora"],
      ...["anna", "bert", "carl"],
    ]);
    expect(rig.list("carl").ended).toMatchObject([{ quest: "harvest", completed: 1 }]);
  });

  it("ends for all of a party when its owner gives it up", () => {
    const rig = new Rig([definition("harvest", gather(10), { scope: QuestScope.PARTY })]);
    const id = rig.begin("harvest", "anna");
    rig.world.call(method.joinQuest, { id, player: "bert" });
    expect(rig.list("bert").quests).toHaveLength(1);
    rig.world.call(method.abandonQuest, { id, player: "anna" });
    expect(rig.list("bert").quests).toEqual([]);
    expect(rig.rewarded()).toEqual([]);
  });

  it("of the whole world shares its coins out by what each has done", () => {
    const rig = new Rig([
      definition("dam", gather(6), { scope: QuestScope.WORLD, reward: { coins: 100 } }),
    ]);
    const id = rig.begin("dam", "world");
    for (const player of ["anna", "bert", "anna", "carl", "bert", "anna"]) {
      rig.act(player, GATHER, { item: "grain" });
      rig.act(player, GATHER, { item: "grain" });
      rig.pass(1);
    }
    expect(rig.ended()).toEqual([`${id} completed`]);
    expect(rig.rewarded()).toEqual([`${id}/anna 50`, `${id}/bert 33`, `${id}/carl 17`]);
  });

  it("of the whole world is behind everybody when it has been completed", () => {
    const after = { when: { case: "onArrival", value: true }, after: ["dam"] } as const;
    const rig = new Rig([
      definition("dam", [step("work", deed(WORK))], { scope: QuestScope.WORLD }),
      definition("feast", gather(1), { offer: { ...after, after: ["dam"] } }),
      definition("watch", [
        step("see", { what: { case: "quest", value: { quest: "dam", outcome: 1 } } }),
      ]),
    ]);
    const watch = rig.begin("watch", "bert");
    rig.begin("dam", "world");
    rig.act("anna", WORK, {});
    expect(rig.ended()).toEqual(["q2 completed", `${watch} completed`]);
    rig.arrive("carl");
    expect(rig.offered()).toContain("feast carl");
  });
});
