import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { QuestEndedEventSchema, QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import {
  StoryChoiceEventSchema,
  StoryFactEventSchema,
  StoryNodeEventSchema,
  StoryService,
  ThreadStatus,
} from "../../../src/gen/tellurion/v1/story_pb.ts";
import { BeatKind, StoryBeatEventSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { PlayerActedEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { configuration, dialogueOf, ferry, mill, StoryRig } from "./rig.ts";

const { method } = StoryService;
const anna = { player: "anna", dialogue: "mill" };

function begun(): StoryRig {
  const rig = new StoryRig();
  rig.world.call(method.begin, anna);
  return rig;
}

function factsOf(rig: StoryRig) {
  return rig.world
    .eventsOf(StoryFactEventSchema)
    .map(({ player, fact, holds, cause }) => `${player}:${holds ? "" : "!"}${fact} ${cause}`);
}

describe("a dialogue", () => {
  it("opens at its first node, and is open once", () => {
    const { world } = begun();
    const again = world.call(method.begin, anna);
    expect(again).toMatchObject({
      value: { existed: true, node: { node: "n0", step: 1, lines: ["This is 0."] } },
    });
    expect(world.eventsOf(StoryNodeEventSchema)).toMatchObject([
      { player: "anna", dialogue: "mill", node: "n0", opened: true },
    ]);
  });

  it("goes where a choice leads, and tells its tags with the player's region", () => {
    const rig = begun();
    const { world } = rig;
    const acted = { player: "anna", verb: Verb.TRAVEL, region: "moor", place: "old-mill" };
    rig.publish(PlayerActedEventSchema, { ...acted, success: true });
    const chosen = world.call(method.choose, { ...anna, node: "n0", choice: 0 });
    expect(chosen).toMatchObject({
      value: {
        tags: ["give:bread", "fact:mill.helped"],
        node: { node: "n1", step: 2, status: ThreadStatus.OPEN },
      },
    });
    expect(world.eventsOf(StoryChoiceEventSchema)).toMatchObject([
      { ...anna, node: "n0", choice: 0, region: "moor", tags: ["give:bread", "fact:mill.helped"] },
    ]);
    expect(factsOf(rig)).toEqual([":ferry.open pack", "anna:mill.helped choice/anna/mill"]);
    const nodes = world.eventsOf(StoryNodeEventSchema);
    expect(nodes.map(({ node, opened }) => `${node} ${opened}`)).toEqual([
      "n0 true",
      "n0 false",
      "n1 true",
    ]);
  });

  it("ends where there are no choices, and can be begun anew", () => {
    const { world } = begun();
    world.call(method.choose, { ...anna, node: "n0", choice: 1 });
    expect(world.call(method.getNode, anna)).toMatchObject({
      value: { node: { node: "n2", status: ThreadStatus.DONE, options: [] } },
    });
    expect(world.call(method.next, { player: "anna" })).toMatchObject({ value: { nodes: [] } });
    expect(world.call(method.begin, anna)).toMatchObject({
      value: { existed: false, node: { node: "n0", step: 3 } },
    });
  });

  it("applies a choice once, however often it is replayed, and answers it in the same way", () => {
    const { world } = begun();
    const request = { ...anna, node: "n0", choice: 0 };
    const answers = Array.from({ length: 10 }, () => world.call(method.choose, request));
    expect(answers[0]?.ok).toBe(true);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(world.eventsOf(StoryChoiceEventSchema)).toHaveLength(1);
    expect(world.eventsOf(StoryFactEventSchema)).toHaveLength(2);
  });

  it("answers a replay in the same way after the dialogue has gone on", () => {
    const { world } = begun();
    const request = { ...anna, node: "n0", choice: 0 };
    const first = world.call(method.choose, request);
    world.call(method.choose, { ...anna, node: "n1", choice: 0 });
    const again = world.call(method.choose, request);
    expect(first.ok && first.value.node?.node).toBe("n1");
    expect(again.ok && again.value.node?.node).toBe("n1");
    expect(world.eventsOf(StoryChoiceEventSchema)).toHaveLength(2);
  });

  it("tells a choice on a node it came back to from the one before by its step", () => {
    const { world } = begun();
    const around = { ...anna, node: "n0", choice: 3 };
    expect(world.call(method.choose, { ...around, step: 1 })).toMatchObject({ ok: true });
    expect(world.call(method.choose, { ...around, step: 1 })).toMatchObject({
      value: { node: { node: "n0", step: 2 } },
    });
    expect(world.eventsOf(StoryChoiceEventSchema)).toHaveLength(1);
    expect(world.call(method.choose, { ...around, step: 2 }).ok).toBe(true);
    expect(world.eventsOf(StoryChoiceEventSchema)).toHaveLength(2);
  });

  it("remembers a bounded number of steps, and still knows where it stands", () => {
    const { world } = begun();
    for (let step = 1; step <= 300; step += 1) {
      const outcome = world.call(method.choose, { ...anna, node: "n0", choice: 3, step });
      expect(outcome.ok).toBe(true);
    }
    const path = world.call(method.getPath, { player: "anna" });
    expect(path.ok && path.value.threads[0]).toMatchObject({ step: 301 });
    expect(path.ok && path.value.threads[0]?.steps).toHaveLength(256);
  });

  it("keeps choices closed whose requirements do not hold, and says what is missing", () => {
    const { world } = begun();
    const request = { ...anna, node: "n0", choice: 2 };
    expect(world.call(method.choose, request)).toEqual({
      ok: false,
      code: "FAILED_PRECONDITION",
      message: "choice=2 is not open yet; what is missing: mill.key",
    });
    const next = () => {
      const outcome = world.call(method.next, { player: "anna" });
      return outcome.ok ? outcome.value.nodes[0]?.options[2]?.missing : undefined;
    };
    expect(next()).toEqual(["mill.key"]);
    const fact = { fact: "mill.key", holds: true, reason: "test" };
    expect(world.call(method.retcon, { ...fact, player: "berta" }).ok).toBe(true);
    expect(next()).toEqual(["mill.key"]);
    expect(world.call(method.retcon, fact)).toMatchObject({ value: { changed: true } });
    expect(next()).toEqual([]);
    expect(world.call(method.choose, request)).toMatchObject({ value: { node: { node: "n3" } } });
  });

  it("is opened by a beat, for its player or for those in its region", () => {
    const rig = new StoryRig();
    rig.publish(
      PlayerActedEventSchema,
      ...["anna", "berta", "carl"].map((player) => ({
        player,
        verb: Verb.REST,
        region: player === "carl" ? "peaks" : "moor",
      })),
    );
    const beat = { kind: BeatKind.STORY, region: "moor" };
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 1n, subject: "mill.n1", player: "carl" });
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 2n, subject: "ferry" });
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 3n, subject: "ferry" });
    const open = rig.world
      .eventsOf(StoryNodeEventSchema)
      .map(({ player, dialogue, node }) => `${player} ${dialogue} ${node}`);
    expect(open).toEqual(["carl mill n1", "anna ferry n0", "berta ferry n0"]);
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 4n, subject: "castle" });
    expect(rig.world.log.at(-1)?.text).toContain("subject=castle of beat/4 is no dialogue");
  });

  it("stays where it is when other dialogues are loaded, as far as that still exists", () => {
    const { world } = begun();
    world.call(method.begin, { player: "berta", dialogue: "ferry" });
    world.call(method.choose, { player: "berta", dialogue: "ferry", node: "n0", choice: 0 });
    const longer = dialogueOf("mill", [[[4]], [[2]], [], [], [[2]]]);
    const story = { dialogues: [longer, dialogueOf("ferry", [[]])], facts: ["late"] };
    expect(world.call(method.loadStory, { story })).toMatchObject({
      value: { abandoned: ["berta/ferry/n1"] },
    });
    expect(world.call(method.choose, { ...anna, node: "n0", choice: 0 })).toMatchObject({
      value: { node: { node: "n4" } },
    });
    const path = world.call(method.getPath, { player: "berta" });
    expect(path).toMatchObject({ value: { threads: [{ status: ThreadStatus.ABANDONED }] } });
    expect(world.call(method.listFacts, {})).toMatchObject({
      value: { facts: [{ fact: "ferry.open" }] },
    });
  });

  it("is drawn with the player's way through it", () => {
    const { world } = begun();
    world.call(method.choose, { ...anna, node: "n0", choice: 0 });
    const drawn = world.call(method.getGraph, { dialogue: "mill", player: "anna" });
    const dot = drawn.ok ? drawn.value.dot : "";
    expect(dot).toContain('digraph "mill" {');
    expect(dot).toContain('n0 -> n1 [label="to 1", style=bold];');
    expect(dot).toContain('n1 [label="n1\\nThis is 1.", style=filled, peripheries=2];');
    expect(dot.match(/->/g)).toHaveLength(5);
  });
});

describe("the canon", () => {
  it("takes facts from quests and beats, each with its cause, and tells each once", () => {
    const rig = new StoryRig();
    const ended = { id: "q1", quest: "bread", outcome: QuestOutcome.COMPLETED, region: "moor" };
    const contributions = [{ player: "berta", share: 0.5 }];
    rig.publish(
      QuestEndedEventSchema,
      { ...ended, player: "anna", contributions },
      { ...ended, player: "anna", contributions },
      { ...ended, id: "q2", player: "world", outcome: QuestOutcome.FAILED },
    );
    const beat = { kind: BeatKind.ENCOUNTER, storylet: "wolves", region: "moor" };
    rig.publish(StoryBeatEventSchema, { ...beat, beat: 7n }, { ...beat, beat: 8n, player: "anna" });
    expect(factsOf(rig)).toEqual([
      ":ferry.open pack",
      "anna:quest.bread.completed quest/q1",
      "berta:quest.bread.completed quest/q1",
      ":quest.bread.failed quest/q2",
      ":beat.wolves beat/7",
      ":wolves.near beat/7",
      "anna:beat.wolves beat/8",
      "anna:wolves.near beat/8",
    ]);
  });

  it("is changed by a retcon, which is written down", () => {
    const rig = new StoryRig();
    const { world } = rig;
    const request = { fact: "ferry.open", holds: false, reason: "storm-damage" };
    expect(world.call(method.retcon, request)).toMatchObject({ value: { changed: true } });
    expect(world.call(method.retcon, request)).toMatchObject({ value: { changed: false } });
    expect(factsOf(rig).slice(1)).toEqual([":!ferry.open retcon/storm-damage"]);
    expect(world.call(method.getChronicle, {})).toMatchObject({
      value: { entries: [{ kind: "retcon", subject: "ferry.open", id: "retcon/storm-damage" }] },
    });
  });

  it("leaves out a fact that is no id, with a word in the log", () => {
    const rig = new StoryRig();
    const quest = "q".repeat(60);
    rig.publish(QuestEndedEventSchema, { id: "q", quest, outcome: QuestOutcome.COMPLETED });
    expect(rig.world.log.at(-1)?.text).toContain("is no id: left out");
    expect(rig.state.facts).toHaveLength(1);
  });
});

describe("the story", () => {
  it("goes on in the same way on another worker, whatever was done", () => {
    const step = fc.record({
      player: fc.constantFrom("anna", "berta"),
      dialogue: fc.constantFrom("mill", "ferry"),
      node: fc.constantFrom("n0", "n0", "n1"),
      choice: fc.integer({ min: 0, max: 3 }),
      does: fc.constantFrom("begin", "choose", "choose", "beat", "load", "retcon"),
      moves: fc.boolean(),
    });
    type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
    const play = (steps: readonly Step[], isMoved: boolean) => {
      const rig = new StoryRig(configuration, { workers: 2 });
      const { world } = rig;
      steps.forEach(({ does, moves, ...what }, i) => {
        if (isMoved && moves) world.move("story/main", i % 2);
        const { player, dialogue } = what;
        if (does === "begin") world.call(method.begin, what);
        else if (does === "choose") world.call(method.choose, what);
        else if (does === "load") {
          const other = dialogueOf("mill", [[[2]], [[2]], []]);
          world.call(method.loadStory, { story: { dialogues: [i % 2 ? mill : other, ferry] } });
        } else if (does === "retcon") {
          const holds = what.choice > 1;
          world.call(method.retcon, { fact: "mill.key", holds, player, reason: "test" });
        } else {
          const beat = { beat: BigInt(i), kind: BeatKind.STORY, storylet: "wolves", player };
          rig.publish(StoryBeatEventSchema, { ...beat, subject: dialogue });
        }
      });
      return { state: rig.state, events: world.events.map(({ event }) => event) };
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
        const stayed = play(steps, false);
        const moved = play(steps, true);
        expect(moved).toEqual(stayed);
      }),
      { numRuns: 30 },
    );
  });

  it("refuses what is wrong, says so, and changes nothing", () => {
    const { world } = begun();
    world.call(method.choose, { ...anna, node: "n0", choice: 0 });
    const hash = world.hash();
    const long = "x".repeat(65);
    const rejected = [
      [world.call(method.begin, { player: "Anna", dialogue: "mill" }), 'player="Anna"'],
      [world.call(method.begin, { player: long, dialogue: "mill" }), "player="],
      [world.call(method.begin, { player: "", dialogue: "mill" }), 'player=""'],
      [world.call(method.begin, { player: "anna", dialogue: "castle" }), "valid are mill, ferry"],
      [world.call(method.choose, { ...anna, node: "n0", choice: 1 }), "choice=0 was made"],
      [world.call(method.choose, { ...anna, node: "n1", choice: 1 }), "choice=1"],
      [world.call(method.choose, { ...anna, node: "n2", choice: 0 }), 'is "n1"'],
      [world.call(method.choose, { ...anna, node: "", choice: 0 }), 'node=""'],
      [world.call(method.choose, { ...anna, node: "n1", choice: 0, step: 9 }), "step=9"],
      [world.call(method.choose, { ...anna, node: "n1", choice: 0, step: 1 }), "step=1"],
      [world.call(method.choose, { ...anna, player: "berta", node: "n0" }), "begin it first"],
      [world.call(method.choose, { ...anna, dialogue: "ferry", node: "n0" }), "begin it first"],
      [world.call(method.choose, { ...anna, dialogue: "castle", node: "n0" }), "castle"],
      [world.call(method.retcon, { fact: "A b", holds: true, reason: "x" }), 'fact="A b"'],
      [world.call(method.retcon, { fact: "a", holds: true, reason: "" }), 'reason=""'],
      [world.call(method.retcon, { fact: "a", player: "?", reason: "x" }), 'player="?"'],
      [world.call(method.loadStory, {}), "story"],
      [world.call(method.loadStory, { story: { dialogues: [mill, mill] } }), "dialogues[1].name"],
      [
        world.call(method.loadStory, { story: { dialogues: [dialogueOf("a", [[[1]]])] } }),
        "story.dialogues[0].nodes[0].choices[0].to=1",
      ],
      [
        world.call(method.loadStory, {
          story: { dialogues: [dialogueOf("a", [[[0, [], ["no key"]]]])] },
        }),
        "story.dialogues[0].nodes[0].choices[0].requires[0]",
      ],
      [
        world.call(method.loadStory, {
          story: { dialogues: [dialogueOf("a", [[[0, ["fact:No"]]]])] },
        }),
        "story.dialogues[0].nodes[0].choices[0].tags",
      ],
      [world.call(method.loadStory, { story: { dialogues: [dialogueOf("a", [])] } }), "nodes"],
      [world.call(method.loadStory, { story: { facts: ["no fact"] } }), "story.facts[0]"],
      [world.call(method.loadStory, { story: { gameMs: -1n } }), "story.game_ms=-1"],
      [world.call(method.getNode, { player: "berta", dialogue: "mill" }), "begin it first"],
      [world.call(method.getChronicle, { limit: 501 }), "limit=501"],
      [world.call(method.getChronicle, { why: "beat/9" }), 'why="beat/9"'],
      [world.call(method.tell, {}), "player"],
      [world.call(method.getGraph, { dialogue: "castle" }), "castle"],
    ] as const;
    for (const [outcome, text] of rejected) {
      expect(outcome.ok).toBe(false);
      expect(outcome.ok ? "" : outcome.message).toContain(text);
      expect(outcome.ok ? "" : outcome.code).toMatch(
        /^(INVALID_ARGUMENT|NOT_FOUND|FAILED_PRECONDITION|ALREADY_EXISTS)$/,
      );
    }
    expect(rejected[4][0]).toMatchObject({ code: "ALREADY_EXISTS" });
    expect(world.hash()).toBe(hash);
  });

  it("waits for its configuration", () => {
    const rig = new StoryRig({ dialogues: [mill, mill] });
    expect(rig.world.log.at(-1)?.text).toContain("dialogues[1].name");
    rig.publish(StoryBeatEventSchema, { beat: 1n, kind: BeatKind.STORY, subject: "mill" });
    expect(rig.world.call(method.begin, anna)).toMatchObject({ code: "FAILED_PRECONDITION" });
    expect(rig.state.entries).toBe(0n);
    expect(rig.world.deadLetters).toEqual([]);
  });

  it("knows the time from the clock", () => {
    const rig = new StoryRig({ ...configuration, dialogues: [mill, ferry] });
    rig.publish(TimeEventSchema, { settledGameMs: 120_000n });
    rig.world.call(method.begin, anna);
    expect(rig.world.eventsOf(StoryNodeEventSchema)).toMatchObject([{ gameMs: 120_000n }]);
  });
});
