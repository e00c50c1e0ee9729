import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ObjectiveSchema,
  type QuestDefinitionSchema,
  QuestOutcome,
} from "../../../src/gen/tellurion/v1/quest_pb.ts";
import type { DialogueSchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { BeatKind, type StoryletSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";

type Quest = MessageInitShape<typeof QuestDefinitionSchema>;
type What = MessageInitShape<typeof ObjectiveSchema>["what"];

/** Tags of the dialogue's choices, one after another: a purse, a gift, a quest taken, one done, one failed, a price. */
const tags = [
  "coins:5",
  "give:bread",
  "accept:long-watch",
  "tells-all",
  "tells-nothing",
  "coins:-3",
];

/** Something that the storyteller can be made to do to anybody. */
export const storylet: MessageInitShape<typeof StoryletSchema> = {
  name: "somebody-asks",
  kind: BeatKind.QUEST,
  subject: "asked-bread",
  // It never happens by itself.
  preconditions: ["nobody-knows"],
  salience: 1,
};

/** A talk in which each answer does something. */
export const dialogue: MessageInitShape<typeof DialogueSchema> = {
  name: "long-talk",
  nodes: [
    ...tags.map((tag, i) => ({
      id: `n${i}`,
      lines: ["And then?"],
      choices: [{ text: tag, tags: [tag], to: i + 1 }],
    })),
    { id: "end", lines: ["Well."] },
  ],
};

const choice = (tag: string): What => ({ case: "choice", value: { dialogue: "long-talk", tag } });
const weather = (condition: string, region: string): What => ({
  case: "weather",
  value: { condition, region },
});
const festival = (region: string, ended: boolean): What => ({
  case: "occurrence",
  value: { kind: "festival", region, ended },
});

function step(id: string, what: What, more: { count?: number; fails?: boolean } = {}) {
  return {
    id,
    text: id,
    objectives: [{ what } as MessageInitShape<typeof ObjectiveSchema>],
    ...more,
  };
}

function quest(name: string, steps: Quest["steps"] & {}, more: Partial<Quest> = {}): Quest {
  return { name, version: 1, title: name, summary: name, steps, ...more } as Quest;
}

/** Long enough that no event is the last one. */
const many = { count: 1_000 };

/** Quests that wait for what the sample's own ones seldom wait for. */
export function questsFor(region: string, searched: string): Quest[] {
  return [
    quest("good-bread", [step("tell", choice("tells-all"))], {
      reward: { coins: 7, items: [{ item: "salt", amount: 2 }], reputation: 0.1, facts: ["told"] },
    }),
    quest("sad-bread", [
      step("wait", weather("", region), many),
      step("hush", choice("tells-nothing"), { fails: true }),
    ]),
    quest("long-watch", [
      step("here", weather("", region), many),
      step("fair", weather("fair", ""), many),
    ]),
    quest("long-wait", [
      step("dance", festival("river-vale", false), many),
      step("over", festival("", true), many),
      step("bread", {
        case: "quest",
        value: { quest: "good-bread", outcome: QuestOutcome.COMPLETED },
      }),
      step("sorrow", {
        case: "quest",
        value: { quest: "sad-bread", outcome: QuestOutcome.COMPLETED },
      }),
    ]),
    quest("long-search", [
      step("find", { case: "discovery", value: { region: searched } }, { count: 3 }),
    ]),
    quest("asked-bread", [step("ask", weather("fair", region), many)], {
      offer: { when: { case: "byStoryteller", value: true } },
    }),
    quest("feast-bread", [step("feast", weather("fair", region), many)], {
      offer: { when: { case: "onOccurrence", value: "festival" } },
    }),
  ];
}
