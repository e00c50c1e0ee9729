import { describe, expect, it } from "vitest";
import type { Definition } from "../../../src/actors/quest/book.ts";
import { checkDefinitions } from "../../../src/actors/quest/check-definitions.ts";
import { QuestOutcome } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { deed, definition, known, step } from "./rig.ts";

const { DELIVER, FIGHT, GATHER, TALK, TRAVEL, WORK } = Verb;
const offer = { when: { case: "onArrival", value: true } } as const;
const quest = (name: string, steps: Parameters<typeof definition>[1], more: object = {}) =>
  definition(name, steps, { offer, ...more });

const good = { title: "", price: 3, gatheredAt: [], volatility: 0, food: false };
const world = {
  ...known,
  goods: [...known.goods, { ...good, name: "salt" }, { ...good, name: "cheese" }],
  ...{ roles: ["smith"], occurrenceKinds: ["raid"], conditions: ["rain"], traceKinds: ["scorch"] },
  facts: ["bridge"],
  traded: ["salt"],
  dialogues: [{ name: "elder", tags: ["accept:said", "yes"] }],
};

function found(...quests: Definition[]): string[] {
  return checkDefinitions(quests, world).map((f) => `${f.severity} ${f.path}: ${f.text}`);
}

const ended = (name: string, outcome: QuestOutcome = QuestOutcome.COMPLETED) =>
  step("end", { what: { case: "quest", value: { quest: name, outcome } } });

describe("the checker of quests", () => {
  it("has nothing to say of quests that can be done", () => {
    const sound = [
      quest("a", [
        step("g", deed(GATHER, { item: "grain", region: "moor" })),
        step("d", deed(DELIVER, { item: "grain", place: "moor.inn" }), { after: ["g"] }),
        step("s", deed(DELIVER, { item: "salt" })),
      ]),
      quest(
        "b",
        [
          step("f", deed(FIGHT, { targetKind: "wolves" })),
          step("p", deed(DELIVER, { item: "pelt" })),
        ],
        {
          offer: { ...offer, after: ["a"], facts: ["bridge", "!a-done"] },
          regions: ["moor"],
          giverRole: "smith",
        },
      ),
      quest(
        "said",
        [
          step("c", { what: { case: "choice", value: { dialogue: "elder", tag: "yes" } } }),
          ended("b"),
        ],
        {
          dialogue: "elder",
        },
      ),
      quest("e", [
        step("o", {
          what: { case: "occurrence", value: { kind: "raid", region: "", ended: false } },
        }),
        step("w", { what: { case: "weather", value: { condition: "rain", region: "moor" } } }),
        step("t", { what: { case: "discovery", value: { kind: "scorch", region: "" } } }),
      ]),
    ];
    expect(found(...sound)).toEqual([]);
  });

  it.each<[string, Definition[], string]>([
    [
      "a name that is there twice",
      [quest("a", [step("s", deed(TALK))]), quest("a", [step("s", deed(TALK))])],
      "error quests[1].name: another quest has the same name",
    ],
    [
      "steps that wait for each other",
      [
        quest("a", [
          step("s", deed(TALK), { after: ["t"] }),
          step("t", deed(TALK), { after: ["s"] }),
        ]),
      ],
      "quests[0].steps[0].after",
    ],
    [
      "a step that waits for none",
      [quest("a", [step("s", deed(TALK), { after: ["x"] })])],
      'quests[0].steps[0].after[0]="x"',
    ],
    [
      "after_count beyond after",
      [quest("a", [step("s", deed(TALK), { afterCount: 2 })])],
      "after_count=2",
    ],
    [
      "a region that is not there",
      [quest("a", [step("s", deed(TALK, { region: "sea" }))])],
      "error quests[0].steps[0]: step s can never be done: region sea is not known",
    ],
    [
      "a place that is not there",
      [quest("a", [step("s", deed(TRAVEL, { place: "moor.x" }))])],
      "no place like that: moor.x",
    ],
    [
      "a place of another region",
      [quest("a", [step("s", deed(TRAVEL, { place: "moor.inn", region: "coast" }))])],
      "no place like that: coast, moor.inn",
    ],
    [
      "a kind of place that is not there",
      [quest("a", [step("s", deed(WORK, { placeKind: "mine" }))])],
      "no place like that: mine",
    ],
    [
      "a good that is not there",
      [quest("a", [step("s", deed(GATHER, { item: "gold" }))])],
      "good gold is not known",
    ],
    [
      "a good that is not gathered there",
      [quest("a", [step("s", deed(GATHER, { item: "grain", region: "coast" }))])],
      "grain cannot be gathered there, but at field",
    ],
    [
      "a good that nobody can have",
      [quest("a", [step("s", deed(DELIVER, { item: "ring" }))])],
      "good ring is not known",
    ],
    [
      "a good that nobody sells, and that is not gathered or left behind",
      [quest("a", [step("s", deed(DELIVER, { item: "cheese" }))])],
      "cheese cannot be gathered there, but at no place",
    ],
    [
      "a foe that is not there",
      [quest("a", [step("s", deed(FIGHT, { targetKind: "bears" }))])],
      "encounter kind bears is not known",
    ],
    [
      "a foe that is not met there",
      [quest("a", [step("s", deed(FIGHT, { targetKind: "wolves", place: "moor.inn" }))])],
      "wolves is not met there",
    ],
    [
      "a role that is not there",
      [quest("a", [step("s", deed(TALK, { targetKind: "king" }))])],
      "role king is not known",
    ],
    [
      "a giver that is not there",
      [quest("a", [step("s", deed(TALK))], { giverRole: "king" })],
      "error quests[0].giver_role: role king",
    ],
    [
      "an occurrence that is not there",
      [
        quest("a", [
          step("s", {
            what: { case: "occurrence", value: { kind: "ball", region: "", ended: false } },
          }),
        ]),
      ],
      "occurrence kind ball",
    ],
    [
      "weather that is not there",
      [
        quest("a", [
          step("s", { what: { case: "weather", value: { condition: "ash", region: "" } } }),
        ]),
      ],
      "condition ash",
    ],
    [
      "a trace that is not there",
      [
        quest("a", [
          step("s", { what: { case: "discovery", value: { kind: "ash", region: "" } } }),
        ]),
      ],
      "kind of trace ash",
    ],
    [
      "a dialogue that is not there",
      [quest("a", [step("s", deed(TALK))], { dialogue: "king" })],
      "error quests[0].dialogue: dialogue king",
    ],
    [
      "a dialogue that does not offer it",
      [quest("a", [step("s", deed(TALK))], { dialogue: "elder" })],
      "warning quests[0].dialogue: no choice of elder has the tag accept:a",
    ],
    [
      "a tag that is not there",
      [
        quest("a", [
          step("s", { what: { case: "choice", value: { dialogue: "elder", tag: "no" } } }),
        ]),
      ],
      "no choice of elder has the tag no",
    ],
    [
      "a region where it is offered",
      [quest("a", [step("s", deed(TALK))], { regions: ["sea"] })],
      "error quests[0].regions: region sea",
    ],
    [
      "an occurrence with which it is offered",
      [
        quest("a", [step("s", deed(TALK))], {
          offer: { when: { case: "onOccurrence", value: "ball" } },
        }),
      ],
      "error quests[0].offer: occurrence kind ball",
    ],
    [
      "an offer in a talk with nobody",
      [quest("a", [step("s", deed(TALK))], { offer: { when: { case: "onTalk", value: true } } })],
      "error quests[0].giver_role",
    ],
    [
      "an offer that never comes",
      [definition("a", [step("s", deed(TALK))])],
      "warning quests[0].offer",
    ],
    [
      "a fact that nothing makes true",
      [quest("a", [step("s", deed(TALK))], { offer: { ...offer, facts: ["peace"] } })],
      "error quests[0].offer.facts: nothing makes peace true",
    ],
    [
      "a quest before it that is not there",
      [quest("a", [step("s", deed(TALK))], { offer: { ...offer, after: ["x"] } })],
      "error quests[0].offer.after: quest x is not known",
    ],
    [
      "quests that come after each other",
      [
        quest("a", [step("s", deed(TALK))], { offer: { ...offer, after: ["b"] } }),
        quest("b", [ended("a")]),
      ],
      "error quests[0].offer.after: it comes after b, which can never be completed",
    ],
    [
      "a quest that needs one that cannot be done",
      [quest("a", [ended("b")]), quest("b", [step("s", deed(GATHER, { item: "gold" }))])],
      "error quests[0].steps[0]: step end can never be done: quest b can never be completed",
    ],
    [
      "a step that is not reached",
      [
        quest("a", [
          step("s", deed(GATHER, { item: "gold" }), { optional: true }),
          step("t", deed(TALK), { after: ["s"] }),
        ]),
      ],
      "error quests[0].steps[1]: step t can never be done: it waits for s",
    ],
    [
      "a way that cannot be taken",
      [
        quest("a", [
          step("s", deed(GATHER, { item: "gold" })),
          step("t", deed(TALK)),
          step("u", deed(TALK), { after: ["s", "t"], afterCount: 1 }),
        ]),
      ],
      "warning quests[0].steps[0]: step s can never be done",
    ],
    [
      "an optional step that cannot be done",
      [
        quest("a", [
          step("s", deed(GATHER, { item: "gold" }), { optional: true }),
          step("t", deed(TALK)),
        ]),
      ],
      "warning quests[0].steps[0]",
    ],
    [
      "a step after one that may be missed",
      [
        quest("a", [
          step("s", deed(TALK), { optional: true, minutes: 5 }),
          step("t", deed(TALK), { after: ["s"] }),
        ]),
      ],
      "warning quests[0].steps[1].after",
    ],
  ])("finds %s", (_, quests, text) => {
    const before = structuredClone(quests.map(({ name, steps }) => ({ name, steps })));
    const findings = found(...quests);
    expect(findings.filter((finding) => finding.includes(text))).toHaveLength(1);
    expect(quests.map(({ name, steps }) => ({ name, steps }))).toEqual(before);
  });

  it("lets pass what another quest gives: items and facts", () => {
    const quests = [
      quest("a", [step("s", deed(TALK))], {
        reward: { items: [{ item: "ring", amount: 1 }], facts: ["peace"] },
      }),
      quest("b", [step("s", deed(DELIVER, { item: "ring" }))], {
        offer: { ...offer, facts: ["peace"] },
      }),
    ];
    expect(found(...quests)).toEqual([]);
    expect(found(quests[1] as Definition)).toHaveLength(2);
  });

  it("does not look at what is not known", () => {
    const quests = [
      quest("a", [step("s", deed(TALK, { targetKind: "king" }))], {
        giverRole: "king",
        dialogue: "king",
        offer: { ...offer, facts: ["x"] },
      }),
    ];
    expect(checkDefinitions(quests, known)).toEqual([]);
  });
});
