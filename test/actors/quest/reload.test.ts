import { describe, expect, it } from "vitest";
import type { Definition } from "../../../src/actors/quest/book.ts";
import { ConfigureQuestsSchema, QuestScope } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { configuration, deed, definition, method, Rig, step } from "./rig.ts";

const { GATHER, TALK, TRAVEL, WORK } = Verb;
const talk = (id: string, after: string[] = []) => step(id, deed(TALK, { target: id }), { after });

function load(rig: Rig, quests: Definition[], more: object = {}) {
  const outcome = rig.world.call(method.loadQuests, {
    configuration: { ...configuration(quests), ...more } as never,
  });
  if (!outcome.ok) throw new Error(outcome.message);
  const { migrated, abandoned } = outcome.value;
  return { migrated, abandoned };
}

const chain = (version: number, ids: string[], migrations: object[] = []) =>
  definition(
    "tale",
    ids.map((id, i) => talk(id, ids.slice(Math.max(0, i - 1), i))),
    { version, migrations },
  );
const moved = (fromStep: string, toStep: string) => ({ fromVersion: 1, fromStep, toStep });

describe("a quest under way whose definition changes", () => {
  it("keeps what has been done of steps that are still there, and opens what is new", () => {
    const grain = (count: number) => step("grain", deed(GATHER, { item: "grain" }), { count });
    const rig = new Rig([definition("stock", [grain(5), talk("end", ["grain"])])]);
    const id = rig.begin("stock", "anna");
    rig.act("anna", GATHER, { item: "grain", amount: 3 });
    const next = definition("stock", [grain(4), talk("extra"), talk("end", ["grain"])], {
      version: 2,
    });
    expect(load(rig, [next])).toEqual({ migrated: 1, abandoned: 0 });
    expect(rig.steps(id)).toEqual(["grain open 3", "extra open 0", "end waiting 0"]);
    rig.act("anna", GATHER, { item: "grain" });
    rig.act("anna", TALK, { target: "extra" });
    rig.act("anna", TALK, { target: "end" });
    expect(rig.ended()).toEqual([`${id} completed`]);
  });

  it("goes on where a migration says, with all before it behind it", () => {
    const rig = new Rig([chain(1, ["a", "b", "c"])]);
    const id = rig.begin("tale", "anna");
    rig.act("anna", TALK, { target: "a" });
    load(rig, [chain(2, ["x", "y", "z", "c"], [moved("b", "z")])]);
    expect(rig.steps(id)).toEqual(["x done 1", "y done 1", "z open 0", "c waiting 0"]);
    expect(rig.state?.runs).toMatchObject([{ version: 2 }]);
    rig.act("anna", TALK, { target: "z" });
    rig.act("anna", TALK, { target: "c" });
    expect(rig.ended()).toEqual([`${id} completed`]);
    expect(rig.rewarded()).toEqual([`${id}/anna 10`]);
  });

  it("is given up and offered anew where nothing goes on", () => {
    const rig = new Rig([chain(1, ["a", "b"])]);
    const ids = ["anna", "bert"].map((player) => rig.begin("tale", player));
    rig.act("bert", TALK, { target: "a" });
    expect(load(rig, [chain(2, ["a", "z"], [moved("a", "")])])).toEqual({
      migrated: 0,
      abandoned: 2,
    });
    expect(rig.ended()).toEqual(ids.map((id) => `${id} abandoned definition`));
    expect(rig.offered().slice(2)).toEqual(["tale anna", "tale bert"]);
    expect(rig.rewarded()).toEqual([]);
  });

  it("has been completed when the new definition wants no more than was done", () => {
    const rig = new Rig([chain(1, ["a", "b"])]);
    const id = rig.begin("tale", "anna");
    rig.act("anna", TALK, { target: "a" });
    load(rig, [
      definition("tale", [talk("a"), step("b", deed(WORK), { optional: true })], { version: 2 }),
    ]);
    expect(rig.ended()).toEqual([`${id} completed`]);
  });

  it("ends when its definition is gone, or it belongs to others now", () => {
    const rig = new Rig([chain(1, ["a"]), definition("gone", [talk("a")])]);
    rig.begin("tale", "anna");
    rig.begin("gone", "anna");
    const world = { ...chain(2, ["a"]), scope: QuestScope.WORLD };
    expect(load(rig, [world])).toEqual({ migrated: 0, abandoned: 2 });
    expect(rig.ended()).toEqual(["q2 abandoned definition", "q1 abandoned definition"]);
    expect(rig.offered().at(-1)).toBe("tale world");
  });

  it("stays as it is when it has not changed, also by ConfigureQuests", () => {
    const rig = new Rig([chain(1, ["a", "b"])]);
    const id = rig.begin("tale", "anna");
    rig.act("anna", TALK, { target: "a" });
    rig.world.send(
      "quest/main",
      ConfigureQuestsSchema,
      configuration([chain(1, ["a", "b"])]) as never,
    );
    rig.world.step();
    expect(rig.steps(id)).toEqual(["a done 1", "b open 0"]);
    const before = rig.world.hash();
    rig.world.send(
      "quest/main",
      ConfigureQuestsSchema,
      configuration([chain(1, ["a", "c"])]) as never,
    );
    rig.world.step();
    expect(rig.state?.quests).toMatchObject([{ steps: [{ id: "a" }, { id: "b" }] }]);
    expect(rig.world.hash()).toBe(before);
    expect(rig.world.log.at(-1)?.text).toContain("version=1");
  });

  it("is found by events as before, and the old steps are not", () => {
    const rig = new Rig([definition("tale", [step("a", deed(TRAVEL, { place: "moor.inn" }))])]);
    const id = rig.begin("tale", "anna");
    load(rig, [
      definition("tale", [step("a", deed(TRAVEL, { place: "moor.mill" }))], { version: 2 }),
    ]);
    rig.arrive("anna", "moor", "moor.inn");
    expect(rig.ended()).toEqual([]);
    rig.arrive("anna", "moor", "moor.mill");
    expect(rig.ended()).toEqual([`${id} completed`]);
  });

  it("ends when it was made up of places that are gone", () => {
    const rig = new Rig([]);
    rig.world.call(method.generateQuest, { seed: 1, player: "anna", region: "moor" });
    expect(load(rig, [], { goods: [], encounterKinds: [] }).abandoned).toBeLessThanOrEqual(1);
    expect(load(rig, [], { places: [] })).toMatchObject({ migrated: 0 });
    expect(rig.ended()).toEqual(["q1 abandoned definition"]);
    expect(rig.state?.generated).toEqual([]);
  });
});

describe("a jump in time", () => {
  it("takes deadlines along, and what was done before it counts on", () => {
    const rig = new Rig([
      definition("hurry", [step("work", deed(WORK), { count: 2 })], { minutes: 10 }),
    ]);
    const id = rig.begin("hurry", "anna");
    rig.pass(5);
    rig.act("anna", WORK, {});
    rig.jump(0);
    rig.pass(4);
    expect(rig.ended()).toEqual([]);
    rig.act("anna", WORK, {});
    expect(rig.ended()).toEqual([`${id} completed`]);
    const second = rig.world.call(method.offerQuest, { quest: "hurry", player: "bert" });
    expect(second.ok).toBe(true);
    rig.accept("q2", "bert");
    rig.jump(86_400_000);
    expect(rig.ended()).toHaveLength(1);
    rig.pass(10);
    expect(rig.ended().at(-1)).toBe("q2 failed time");
  });
});
