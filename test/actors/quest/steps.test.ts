import { describe, expect, it } from "vitest";
import {
  QuestAdvancedEventSchema,
  QuestEndedEventSchema,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { StoryChoiceEventSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { TraceDiscoveredEventSchema } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { OccurrenceEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { deed, definition, Rig, step } from "./rig.ts";

const { FIGHT, GATHER, DELIVER, TALK, TRAVEL, WORK } = Verb;

describe("the steps of a quest", () => {
  it("open one after another, and complete it when all are done", () => {
    const rig = new Rig([
      definition(
        "bread",
        [
          step("gather", deed(GATHER, { item: "grain" }), { count: 3 }),
          step("deliver", deed(DELIVER, { place: "moor.mill", item: "grain" }), {
            after: ["gather"],
          }),
        ],
        { reward: { coins: 10, facts: ["mill-fed"] } },
      ),
    ]);
    const id = rig.begin("bread", "anna");
    expect(rig.steps(id)).toEqual(["gather open 0", "deliver waiting 0"]);
    rig.act("anna", DELIVER, { place: "moor.mill", item: "grain" });
    rig.act("anna", GATHER, { item: "grain", amount: 2 });
    rig.act("bert", GATHER, { item: "grain", amount: 2 });
    rig.act("anna", GATHER, { item: "timber", amount: 2 });
    rig.act("anna", GATHER, { item: "grain", amount: 2, success: false });
    expect(rig.steps(id)).toEqual(["gather open 2", "deliver waiting 0"]);
    rig.act("anna", GATHER, { item: "grain", amount: 5 });
    expect(rig.steps(id)).toEqual(["gather done 3", "deliver open 0"]);
    rig.act("anna", DELIVER, { place: "moor.field", item: "grain" });
    expect(rig.ended()).toEqual([]);
    rig.act("anna", DELIVER, { place: "moor.mill", item: "grain", amount: 3 });
    expect(rig.ended()).toEqual([`${id} completed`]);
    expect(rig.rewarded()).toEqual([`${id}/anna 10`]);
    expect(rig.world.eventsOf(QuestEndedEventSchema)).toMatchObject([
      {
        quest: "bread",
        player: "anna",
        facts: ["mill-fed"],
        contributions: [{ player: "anna", share: 1 }],
      },
    ]);
    expect(
      rig.world
        .eventsOf(QuestAdvancedEventSchema)
        .map((e) => `${e.step} ${e.count}/${e.needed} ${e.stepDone}`),
    ).toEqual(["gather 2/3 false", "gather 3/3 true", "deliver 1/1 true"]);
    expect(rig.world.deadLetters).toEqual([]);
  });

  it("wait for some of those before them where after_count says so", () => {
    const rig = new Rig([
      definition("ways", [
        step("a", deed(TRAVEL, { place: "moor.mill" }), { optional: true }),
        step("b", deed(TRAVEL, { place: "moor.inn" }), { optional: true }),
        step("c", deed(TRAVEL, { place: "moor.field" }), { optional: true }),
        step("two", deed(TALK), { after: ["a", "b", "c"], afterCount: 2 }),
      ]),
    ]);
    const id = rig.begin("ways", "anna");
    rig.arrive("anna", "moor", "moor.inn");
    expect(rig.steps(id).at(-1)).toBe("two waiting 0");
    rig.arrive("anna", "moor", "moor.mill");
    expect(rig.steps(id).at(-1)).toBe("two open 0");
    rig.act("anna", TALK, {});
    expect(rig.ended()).toEqual([`${id} completed`]);
  });

  it("are ways of which one is enough, where what follows waits for one", () => {
    const rig = new Rig([
      definition("ways", [
        step("chase", deed(FIGHT, { targetKind: "wolves" }), { minutes: 10 }),
        step("argue", deed(WORK)),
        step("report", deed(TALK), { after: ["chase", "argue"], afterCount: 1 }),
      ]),
    ]);
    const id = rig.begin("ways", "anna");
    rig.act("anna", WORK, {});
    expect(rig.ended()).toEqual([]);
    rig.pass(20);
    expect(rig.steps(id)).toEqual(["chase failed 0", "argue done 1", "report open 0"]);
    rig.act("anna", TALK, {});
    expect(rig.ended()).toEqual([`${id} completed`]);
    const late = rig.begin("ways", "bert");
    rig.pass(10);
    expect(rig.ended().at(-1)).toBe(`${late} failed chase`);
  });

  it("do not count the event that opened them", () => {
    const rig = new Rig([
      definition("twice", [
        step("first", deed(WORK)),
        step("second", deed(WORK), { after: ["first"] }),
      ]),
    ]);
    const id = rig.begin("twice", "anna");
    rig.act("anna", WORK, {});
    expect(rig.steps(id)).toEqual(["first done 1", "second open 0"]);
  });

  it("fail the quest where that is what they are for", () => {
    const rig = new Rig([
      definition("guard", [
        step("win", deed(FIGHT, { targetKind: "wolves" }), { count: 2 }),
        step("lose", deed(FIGHT, { targetKind: "wolves", unsuccessful: true }), { fails: true }),
      ]),
    ]);
    const id = rig.begin("guard", "anna");
    rig.act("anna", FIGHT, { targetKind: "wolves", target: "e1" });
    rig.act("anna", FIGHT, { targetKind: "wolves", target: "e2", success: false });
    expect(rig.ended()).toEqual([`${id} failed lose`]);
    expect(rig.rewarded()).toEqual([]);
  });

  it("fail when their time is over, and those that cannot come after them", () => {
    const timed = [
      step("late", deed(WORK, { place: "moor.mill" }), { minutes: 10, optional: true }),
      step("bonus", deed(TALK), { after: ["late"], optional: true }),
      step("main", deed(TALK)),
    ];
    const strict = [
      step("late", deed(WORK, { place: "moor.mill" }), { minutes: 10, optional: true }),
      step("main", deed(TALK), { after: ["late"] }),
    ];
    const rig = new Rig([
      definition("easy", timed),
      definition("strict", strict),
      definition("hurry", [step("soon", deed(TALK, { region: "coast" }), { minutes: 10 })]),
      definition("limit", [step("any", deed(TALK, { region: "coast" }))], { minutes: 10 }),
    ]);
    const ids = ["easy", "strict", "hurry", "limit"].map((name) => rig.begin(name, "anna"));
    rig.pass(9);
    expect(rig.ended()).toEqual([]);
    rig.pass(1);
    expect(rig.ended()).toEqual([
      `${ids[1]} failed main`,
      `${ids[2]} failed soon`,
      `${ids[3]} failed time`,
    ]);
    expect(rig.steps(ids[0] as string)).toEqual(["late failed 0", "bonus failed 0", "main open 0"]);
    rig.act("anna", TALK, {});
    expect(rig.ended().at(-1)).toBe(`${ids[0]} completed`);
  });

  it("count by all that the world tells: weather, occurrences, traces, choices and quests", () => {
    const rig = new Rig([
      definition("watch", [
        step("rain", { what: { case: "weather", value: { region: "moor", condition: "rain" } } }),
        step("fair", {
          what: { case: "occurrence", value: { kind: "fair", region: "", ended: true } },
        }),
        step(
          "mark",
          { what: { case: "discovery", value: { kind: "scorch", region: "moor" } } },
          { count: 2 },
        ),
        step("say", { what: { case: "choice", value: { dialogue: "elder", tag: "give:bread" } } }),
        step("other", { what: { case: "quest", value: { quest: "small", outcome: 1 } } }),
      ]),
      definition("small", [step("talk", deed(TALK))]),
    ]);
    const id = rig.begin("watch", "anna");
    const done = () => rig.steps(id).filter((text) => text.includes("done")).length;
    rig.publish(WeatherEventSchema, { region: "coast", newState: "rain" });
    expect(done()).toBe(0);
    rig.publish(WeatherEventSchema, { region: "moor", newState: "rain" });
    expect(done()).toBe(1);
    rig.publish(OccurrenceEventSchema, { id: "o1", kind: "fair", region: "moor", started: true });
    expect(done()).toBe(1);
    rig.publish(OccurrenceEventSchema, { id: "o1", kind: "fair", region: "moor" });
    expect(done()).toBe(2);
    const found = { player: "anna", kind: "scorch", region: "moor" };
    rig.publish(TraceDiscoveredEventSchema, { ...found, trace: "moor.1" });
    rig.publish(TraceDiscoveredEventSchema, { ...found, trace: "moor.1" });
    expect(done()).toBe(2);
    rig.publish(TraceDiscoveredEventSchema, { ...found, trace: "moor.2" });
    expect(done()).toBe(3);
    rig.publish(StoryChoiceEventSchema, {
      player: "anna",
      dialogue: "elder",
      tags: ["x", "give:bread"],
    });
    expect(done()).toBe(4);
    rig.begin("small", "bert");
    rig.act("bert", TALK, {});
    expect(done()).toBe(4);
    rig.begin("small", "anna");
    rig.act("anna", TALK, {});
    expect(rig.ended().at(-1)).toBe(`${id} completed`);
  });
});
