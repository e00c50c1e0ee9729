import { describe, expect, it } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { ClockService, ConfigureClockSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  ConfigureQuestsSchema,
  QuestEndedEventSchema,
  QuestStateSchema,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { StoryChoiceEventSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { OccurrenceEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import { calendar } from "../fixtures.ts";
import { configuration, deed, definition, method, minute, Rig, step } from "./rig.ts";

const { FIGHT, GATHER, TALK, WORK } = Verb;

const quests = [
  definition(
    "grain",
    [
      step("g", deed(GATHER, { item: "grain" }), { count: 4 }),
      step("t", deed(TALK), { after: ["g"] }),
    ],
    {
      offer: { when: { case: "onArrival", value: true } },
      againAfterMinutes: 5,
    },
  ),
  definition("raid", [step("f", deed(FIGHT, { targetKind: "wolves" }), { minutes: 30 })], {
    offer: { when: { case: "onOccurrence", value: "raid" } },
    againAfterMinutes: 5,
  }),
];

/** The same story each time. */
function live(workers: number, shuffleEveryFrames = 0): { hashes: string[]; ended: string[] } {
  const rig = new Rig(quests, { workers, shuffleEveryFrames, seed: 9 });
  const hashes: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    for (const player of ["anna", "bert"]) {
      rig.arrive(player);
      rig.publish(StoryBeatEventSchema, {
        ...{
          beat: BigInt(round),
          kind: BeatKind.QUEST,
          region: "moor",
          player,
          subject: "generate",
        },
      });
      for (const { id, status } of rig.list(player).quests) {
        if (status === 1) rig.world.call(method.acceptQuest, { id, player });
      }
      rig.act(player, GATHER, { item: "grain", place: "moor.field", amount: 3 });
      rig.act(player, FIGHT, { targetKind: "wolves", target: `e${round}`, place: "moor.field" });
      rig.act(player, WORK, { place: "moor.mill" });
      rig.act(player, TALK, { target: "moor.1" });
      hashes.push(rig.world.hash());
    }
    rig.publish(OccurrenceEventSchema, {
      id: `o${round}`,
      kind: "raid",
      region: "moor",
      started: true,
    });
    rig.pass(7);
    hashes.push(rig.world.hash());
  }
  return { hashes, ended: rig.ended() };
}

describe("quests", () => {
  it("have the same history with 1, 2 and 4 workers, and however actors move", () => {
    const alone = live(1);
    expect(alone.ended.length).toBeGreaterThan(15);
    expect(live(2)).toEqual(alone);
    expect(live(4)).toEqual(alone);
    expect(live(4, 3)).toEqual(alone);
  });

  it("count an event once, however often it comes, where it can be told from others", () => {
    const rig = new Rig([
      definition("many", [step("w", deed(WORK), { count: 5 })]),
      definition("fair", [
        step(
          "o",
          { what: { case: "occurrence", value: { kind: "fair", region: "", ended: false } } },
          { count: 2 },
        ),
        step("c", { what: { case: "choice", value: { dialogue: "", tag: "yes" } } }, { count: 2 }),
      ]),
    ]);
    const ids = [rig.begin("many", "anna"), rig.begin("fair", "anna")];
    for (let i = 0; i < 10; i += 1) {
      rig.act("anna", WORK, { place: "moor.mill" });
      rig.publish(OccurrenceEventSchema, { id: "o1", kind: "fair", region: "moor", started: true });
      rig.publish(StoryChoiceEventSchema, {
        player: "anna",
        dialogue: "elder",
        node: "n",
        tags: ["yes"],
      });
    }
    expect(ids.map((id) => rig.steps(id))).toEqual([["w open 1"], ["o open 1", "c open 1"]]);
    rig.pass(1);
    rig.act("anna", WORK, { place: "moor.mill" });
    // It was before the other one, and was not heard of until now.
    rig.act("anna", WORK, { place: "moor.inn", gameMs: 0n });
    expect(rig.steps(ids[0] as string)).toEqual(["w open 3"]);
  });

  it("do not count what was before they were accepted, or after their time", () => {
    const rig = new Rig([
      definition("late", [step("w", deed(WORK), { count: 5 })], { minutes: 10 }),
    ]);
    rig.pass(20);
    const id = rig.begin("late", "anna");
    rig.act("anna", WORK, { gameMs: BigInt(19 * minute) });
    rig.act("anna", WORK, { gameMs: BigInt(30 * minute) });
    expect(rig.steps(id)).toEqual(["w open 0"]);
    rig.act("anna", WORK, { gameMs: BigInt(30 * minute - 1) });
    expect(rig.steps(id)).toEqual(["w open 1"]);
  });

  it("follow the clock", () => {
    const start = { case: "startGameMs", value: 0n } as const;
    const limited = definition("limited", [step("w", deed(WORK))], { minutes: 30 });
    const world = createTestWorld({
      actors,
      bootstrap: [
        {
          address: "clock/main",
          type: ConfigureClockSchema,
          message: { calendar, scale: 600, start },
        },
        {
          address: "quest/main",
          type: ConfigureQuestsSchema,
          message: configuration([limited]) as never,
        },
      ],
    });
    world.step(2);
    world.call(method.offerQuest, { quest: "limited", player: "anna" });
    world.call(method.acceptQuest, { id: "q1", player: "anna" });
    world.step(60);
    expect(world.stateOf("quest/main", QuestStateSchema)?.gameMs).toBeGreaterThanOrEqual(
      9n * 60_000n,
    );
    world.call(ClockService.method.setTime, { to: { case: "gameMs", value: 86_400_000n } });
    world.step(60);
    expect(world.eventsOf(QuestEndedEventSchema)).toEqual([]);
    world.step(90);
    expect(world.eventsOf(QuestEndedEventSchema)).toMatchObject([{ reason: "time", outcome: 2 }]);
  });
});
