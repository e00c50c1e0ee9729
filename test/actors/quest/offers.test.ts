import { describe, expect, it } from "vitest";
import { NpcNeedEventSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { QuestOfferedEventSchema, QuestScope } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import {
  StoryChoiceEventSchema,
  StoryFactEventSchema,
} from "../../../src/gen/tellurion/v1/story_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { OccurrenceEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { deed, definition, method, Rig, step } from "./rig.ts";

const { TALK, WORK } = Verb;
const work = () => [step("work", deed(WORK))];
const onArrival = { case: "onArrival", value: true } as const;
const onTalk = { case: "onTalk", value: true } as const;
const byStoryteller = { case: "byStoryteller", value: true } as const;

describe("a quest is offered", () => {
  it("to whoever comes to one of its regions, once", () => {
    const rig = new Rig([
      definition("here", work(), { regions: ["moor"], offer: { when: onArrival } }),
      definition("there", work(), { regions: ["coast"], offer: { when: onArrival } }),
      definition("never", work()),
    ]);
    rig.arrive("anna", "moor");
    rig.arrive("anna", "moor");
    expect(rig.offered()).toEqual(["here anna"]);
    rig.arrive("bert", "coast");
    expect(rig.offered()).toEqual(["here anna", "there bert"]);
  });

  it("to whoever talks to an NPC of the role that gives it", () => {
    const rig = new Rig([
      definition("errand", work(), { giverRole: "smith", offer: { when: onTalk } }),
    ]);
    rig.act("anna", TALK, { target: "moor.4", targetKind: "baker" });
    expect(rig.offered()).toEqual([]);
    rig.act("anna", TALK, { target: "moor.7", targetKind: "smith" });
    expect(rig.world.eventsOf(QuestOfferedEventSchema)).toMatchObject([
      { quest: "errand", player: "anna", giver: "moor.7", region: "moor" },
    ]);
  });

  it("when something begins where players are, and to the whole world at once", () => {
    const when = { case: "onOccurrence", value: "raid" } as const;
    const rig = new Rig([
      definition("rebuild", work(), { regions: ["moor"], offer: { when } }),
      definition("defend", work(), { scope: QuestScope.WORLD, offer: { when } }),
    ]);
    rig.arrive("anna", "moor");
    rig.arrive("bert", "coast");
    rig.publish(OccurrenceEventSchema, { id: "o1", kind: "raid", region: "moor", started: true });
    expect(rig.offered()).toEqual(["defend world", "rebuild anna"]);
    expect(rig.world.eventsOf(QuestOfferedEventSchema)[0]?.cause).toBe("occurrence/o1");
    rig.publish(OccurrenceEventSchema, { id: "o2", kind: "raid", region: "moor", started: true });
    expect(rig.offered()).toHaveLength(2);
  });

  it("by the storyteller: a named one, or one that is made up", () => {
    const rig = new Rig([definition("tale", work(), { offer: { when: byStoryteller } })]);
    const beat = { kind: BeatKind.QUEST, region: "moor" };
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 4n, subject: "tale" });
    expect(rig.offered()).toEqual([]);
    rig.arrive("anna");
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 5n, subject: "tale" });
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 6n, subject: "generate", player: "bert" });
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 7n, subject: "unknown" });
    rig.publish(StoryBeatEventSchema, {
      ...beat,
      kind: BeatKind.WEATHER,
      beat: 8n,
      subject: "tale",
      player: "carl",
    });
    expect(rig.offered()).toEqual(["tale anna", "gen.2 bert"]);
    expect(rig.world.eventsOf(QuestOfferedEventSchema).map((e) => e.cause)).toEqual([
      "beat/5",
      "beat/6",
    ]);
  });

  it("when what must be done before is done, and its facts hold", () => {
    const rig = new Rig([
      definition("first", work(), { offer: { when: onArrival } }),
      definition("second", work(), {
        offer: { when: onArrival, after: ["first"], facts: ["bridge", "!flood"] },
      }),
    ]);
    const again = () => rig.arrive("anna");
    again();
    rig.accept("q1", "anna");
    rig.act("anna", WORK, {});
    again();
    rig.publish(StoryFactEventSchema, { fact: "flood", holds: true });
    rig.publish(StoryFactEventSchema, { fact: "bridge", holds: true, player: "bert" });
    again();
    rig.publish(StoryFactEventSchema, { fact: "bridge", holds: true, player: "anna" });
    again();
    expect(rig.offered()).toEqual(["first anna"]);
    rig.publish(StoryFactEventSchema, { fact: "flood", holds: false });
    again();
    expect(rig.offered()).toEqual(["first anna", "second anna"]);
  });

  it("again after its time, and what comes once only never again", () => {
    const rig = new Rig([
      definition("daily", work(), { againAfterMinutes: 100, offer: { when: onArrival } }),
      definition("once", work(), { offer: { when: onArrival } }),
    ]);
    rig.arrive("anna");
    rig.accept("q1", "anna");
    rig.accept("q2", "anna");
    rig.act("anna", WORK, {});
    expect(rig.rewarded()).toEqual(["q1/anna 10", "q2/anna 10"]);
    rig.pass(99);
    rig.arrive("anna");
    expect(rig.offered()).toHaveLength(2);
    rig.pass(1);
    rig.arrive("anna");
    expect(rig.offered().slice(2)).toEqual(["daily anna"]);
  });

  it("again when it was given up or has lapsed, a while later", () => {
    const rig = new Rig([definition("some", work(), { offer: { when: onArrival } })]);
    rig.arrive("anna");
    rig.pass(4_320);
    expect(rig.ended()).toEqual(["q1 expired time"]);
    rig.arrive("anna");
    expect(rig.offered()).toHaveLength(1);
    rig.pass(60);
    rig.arrive("anna");
    expect(rig.offered()).toHaveLength(2);
  });

  it("and taken or given up by what is said", () => {
    const rig = new Rig([
      definition("talked", work(), { offer: { when: onArrival, facts: ["bridge"] } }),
    ]);
    const say = (tag: string) =>
      rig.publish(StoryChoiceEventSchema, {
        player: "anna",
        dialogue: "elder",
        region: "moor",
        tags: [tag],
      });
    say("accept:talked");
    expect(rig.offered()).toEqual([]);
    rig.publish(StoryFactEventSchema, { fact: "bridge", holds: true });
    say("accept:talked");
    say("accept:talked");
    say("accept:nothing");
    expect(rig.offered()).toEqual(["talked anna"]);
    expect(rig.steps("q1")).toEqual(["work open 0"]);
    say("abandon:talked");
    say("abandon:talked");
    expect(rig.ended()).toEqual(["q1 abandoned player"]);
    expect(rig.world.log.map(({ text }) => text)).toEqual([
      "player=anna accepts quest=nothing, which is not known",
    ]);
  });

  it("and declined by what is said", () => {
    const rig = new Rig([definition("unwanted", work(), { offer: { when: onArrival } })]);
    rig.arrive("anna");
    expect(rig.offered()).toEqual(["unwanted anna"]);
    rig.publish(StoryChoiceEventSchema, {
      player: "anna",
      dialogue: "elder",
      region: "moor",
      tags: ["refuse:unwanted"],
    });
    expect(rig.ended()).toEqual(["q1 abandoned player"]);
  });

  it("of what NPCs need, to one who is there or to the first one who comes", () => {
    const rig = new Rig([]);
    const need = { npc: "moor.3", region: "moor", place: "moor.inn", role: "host", urgency: 0.5 };
    rig.publish(NpcNeedEventSchema, { ...need, need: "food", good: "grain" });
    rig.publish(NpcNeedEventSchema, { ...need, need: "repair", urgency: 0.9 });
    rig.publish(NpcNeedEventSchema, { ...need, need: "repair", urgency: 0.9 });
    expect(rig.state?.needs).toHaveLength(2);
    rig.arrive("anna");
    expect(rig.world.eventsOf(QuestOfferedEventSchema)).toMatchObject([
      { quest: "gen.1", giver: "moor.3", cause: "need/moor.3/repair", player: "anna" },
    ]);
    rig.publish(NpcNeedEventSchema, { ...need, need: "repair", urgency: 0.9 });
    expect(rig.offered()).toHaveLength(1);
    rig.publish(NpcNeedEventSchema, { ...need, npc: "moor.4", need: "news" });
    expect(rig.world.eventsOf(QuestOfferedEventSchema).at(-1)?.cause).toBe("need/moor.4/news");
    const [, definition] = rig.state?.generated ?? [];
    expect(definition?.steps.at(-1)).toMatchObject({
      objectives: [{ what: { value: { verb: TALK, target: "moor.4" } } }],
    });
  });

  it("to no more than there is room for", () => {
    const names = Array.from({ length: 20 }, (_, i) => `q.${i}`);
    const rig = new Rig(
      names.map((name) => definition(name, work(), { offer: { when: onArrival } })),
    );
    rig.arrive("anna");
    expect(rig.offered()).toHaveLength(3);
    for (let i = 0; i < 9; i += 1) rig.arrive("anna");
    expect(rig.offered()).toHaveLength(12);
    const offer = (quest: string) => rig.world.call(method.offerQuest, { quest, player: "anna" });
    for (const name of names.slice(12, 16)) expect(offer(name).ok).toBe(true);
    expect(offer("q.19")).toMatchObject({ ok: false, code: "RESOURCE_EXHAUSTED" });
  });
});
