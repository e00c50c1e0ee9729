import type { DescMethodUnary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  ConfigureQuestsSchema,
  QuestRewardedEventSchema,
  QuestScope,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { configuration, deed, definition, method, Rig, step } from "./rig.ts";

const { TALK, WORK } = Verb;
const work = () => [step("work", deed(WORK), { count: 2 })];

function prepared(): Rig {
  const rig = new Rig([
    definition("one", work()),
    definition("two", work()),
    definition("party", work(), { scope: QuestScope.PARTY }),
    definition("all", work(), { scope: QuestScope.WORLD }),
    definition("later", work(), { offer: { after: ["one"], facts: ["bridge"] } }),
    definition("small", [step("talk", deed(TALK))]),
  ]);
  rig.begin("one", "anna");
  rig.world.call(method.offerQuest, { quest: "two", player: "anna" });
  rig.begin("party", "bert");
  rig.begin("all", "world");
  rig.world.call(method.offerQuest, { quest: "party", player: "carl" });
  rig.begin("small", "dora");
  rig.act("dora", TALK, {});
  return rig;
}

const anna = { player: "anna" };
const reward = { coins: 5, items: [], facts: [], reputation: 0 };

const bad: [string, DescMethodUnary, object, string, string][] = [
  [
    "accepts what is under way",
    method.acceptQuest,
    { id: "q1", ...anna },
    "FAILED_PRECONDITION",
    "under way",
  ],
  [
    "accepts what is another's",
    method.acceptQuest,
    { id: "q2", player: "bert" },
    "FAILED_PRECONDITION",
    "not offered to player=bert",
  ],
  [
    "accepts what is not there",
    method.acceptQuest,
    { id: "q99", ...anna },
    "NOT_FOUND",
    'id="q99"',
  ],
  ["accepts what is no id", method.acceptQuest, { id: "Q 1", ...anna }, "NOT_FOUND", 'id="Q 1"'],
  [
    "accepts what has ended",
    method.acceptQuest,
    { id: "q6", player: "dora" },
    "FAILED_PRECONDITION",
    "completed",
  ],
  [
    "accepts for nobody",
    method.acceptQuest,
    { id: "q2", player: "" },
    "INVALID_ARGUMENT",
    'player=""',
  ],
  [
    "accepts for the world",
    method.acceptQuest,
    { id: "q2", player: "world" },
    "INVALID_ARGUMENT",
    'player="world"',
  ],
  [
    "gives up what is another's",
    method.abandonQuest,
    { id: "q1", player: "bert" },
    "FAILED_PRECONDITION",
    "player=bert",
  ],
  [
    "gives up what is the world's",
    method.abandonQuest,
    { id: "q4", ...anna },
    "FAILED_PRECONDITION",
    "player=anna",
  ],
  [
    "gives up what has ended",
    method.abandonQuest,
    { id: "q6", player: "dora" },
    "FAILED_PRECONDITION",
    "ended",
  ],
  [
    "joins what has no party",
    method.joinQuest,
    { id: "q1", player: "bert" },
    "FAILED_PRECONDITION",
    "party",
  ],
  [
    "joins what was not accepted",
    method.joinQuest,
    { id: "q5", ...anna },
    "FAILED_PRECONDITION",
    "accepted",
  ],
  ["joins twice", method.joinQuest, { id: "q3", player: "bert" }, "ALREADY_EXISTS", "player=bert"],
  [
    "joins what is offered to them",
    method.joinQuest,
    { id: "q3", player: "carl" },
    "ALREADY_EXISTS",
    "player=carl",
  ],
  [
    "offers what is not known",
    method.offerQuest,
    { quest: "x", ...anna },
    "NOT_FOUND",
    'quest="x"',
  ],
  ["offers what is there", method.offerQuest, { quest: "two", ...anna }, "ALREADY_EXISTS", "q2"],
  [
    "offers what comes later",
    method.offerQuest,
    { quest: "later", ...anna },
    "FAILED_PRECONDITION",
    "quest one, fact bridge",
  ],
  [
    "offers what came once",
    method.offerQuest,
    { quest: "small", player: "dora" },
    "FAILED_PRECONDITION",
    "once",
  ],
  [
    "offers to the world what is a player's",
    method.offerQuest,
    { quest: "two", player: "world" },
    "INVALID_ARGUMENT",
    'player="world"',
  ],
  [
    "offers nowhere",
    method.offerQuest,
    { quest: "two", player: "emil", region: "sea" },
    "INVALID_ARGUMENT",
    'region="sea"',
  ],
  [
    "offers from no NPC",
    method.offerQuest,
    { quest: "two", player: "emil", giver: "A B" },
    "INVALID_ARGUMENT",
    "giver",
  ],
  [
    "generates nowhere",
    method.generateQuest,
    { seed: 1, player: "emil", region: "sea" },
    "INVALID_ARGUMENT",
    'region="sea"',
  ],
  [
    "generates where nobody knows",
    method.generateQuest,
    { seed: 1, player: "emil" },
    "INVALID_ARGUMENT",
    "moor, coast",
  ],
  [
    "generates for the world",
    method.generateQuest,
    { seed: 1, player: "world", region: "moor" },
    "INVALID_ARGUMENT",
    'player="world"',
  ],
  ["grants nothing", method.grantReward, anna, "INVALID_ARGUMENT", "reward"],
  [
    "grants too much",
    method.grantReward,
    { ...anna, reward: { ...reward, coins: 1_000_001 } },
    "INVALID_ARGUMENT",
    "reward.coins=1000001",
  ],
  [
    "grants NaN",
    method.grantReward,
    { ...anna, reward: { ...reward, reputation: Number.NaN } },
    "INVALID_ARGUMENT",
    "reward.reputation=NaN",
  ],
  [
    "grants infinity",
    method.grantReward,
    { ...anna, reward: { ...reward, reputation: Number.POSITIVE_INFINITY } },
    "INVALID_ARGUMENT",
    "reputation",
  ],
  [
    "grants no items",
    method.grantReward,
    { ...anna, reward: { ...reward, items: [{ item: "grain", amount: 0 }] } },
    "INVALID_ARGUMENT",
    "items[0].amount=0",
  ],
  [
    "grants facts",
    method.grantReward,
    { ...anna, reward: { ...reward, facts: ["x"] } },
    "INVALID_ARGUMENT",
    "reward.facts",
  ],
];

describe("a bad command", () => {
  const rig = prepared();
  it.each(bad)(
    "that %s gets the right error and changes nothing",
    (_, called, request, code, text) => {
      const before = rig.world.hash();
      const outcome = rig.world.call(called, request as never);
      expect(outcome).toMatchObject({ ok: false, code });
      expect(outcome.ok ? "" : outcome.message).toContain(text);
      expect(rig.world.hash()).toBe(before);
      expect(rig.ended()).toEqual(["q6 completed"]);
    },
  );

  it("that asks for what is not there gets an error", () => {
    expect(rig.world.call(method.getQuest, { id: "q77" })).toMatchObject({
      ok: false,
      code: "NOT_FOUND",
    });
    expect(rig.world.call(method.getQuest, { id: "q0" })).toMatchObject({
      ok: false,
      code: "NOT_FOUND",
    });
    expect(rig.world.call(method.listQuests, { player: "A" })).toMatchObject({
      ok: false,
      code: "INVALID_ARGUMENT",
    });
  });
});

describe("a reward that is granted", () => {
  it("has an id of its own", () => {
    const rig = prepared();
    const grant = () => rig.world.call(method.grantReward, { ...anna, reward });
    expect([grant(), grant()]).toMatchObject([
      { value: { id: "g7/anna" } },
      { value: { id: "g8/anna" } },
    ]);
    expect(rig.world.eventsOf(QuestRewardedEventSchema).slice(1)).toMatchObject([
      { id: "g7/anna", coins: 5, quest: "" },
      { id: "g8/anna", coins: 5 },
    ]);
  });
});

describe("quests that are not configured", () => {
  it("answer nothing, and hear nothing", () => {
    const rig = new Rig([], { bootstrap: [] });
    rig.world.spawn("quest/main", ConfigureQuestsSchema, {
      ...configuration([]),
      regions: ["A b"],
    } as never);
    rig.arrive("anna");
    rig.pass(10);
    expect(rig.state).toMatchObject({ configured: false, players: [], gameMs: 0n });
    expect(rig.world.call(method.listQuests, { player: "anna" })).toMatchObject({
      ok: false,
      code: "FAILED_PRECONDITION",
    });
    expect(rig.world.call(method.acceptQuest, { id: "q1", ...anna })).toMatchObject({
      ok: false,
      code: "FAILED_PRECONDITION",
    });
  });
});
