import { describe, expect, it } from "vitest";
import {
  checkStoryletsIn,
  type StoryletSurroundings,
} from "../../../src/actors/storyteller/check-storylets.ts";
import { BeatKind, StoryletSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { packWith, type StoryletInit } from "./pack.ts";

const pack = packWith();
const world: StoryletSurroundings = {
  encounterKinds: pack.encounterKinds,
  occurrenceKinds: ["raid", "fair"],
  quests: ["bread-errand"],
  storyNodes: ["letter", "letter.answer", "storm", "omen", "campfire"],
  conditions: new Map([
    ["moor", ["clear", "fog"]],
    ["fen", ["clear", "rain"]],
  ]),
  regions: ["moor", "fen"],
  places: pack.places,
  seasons: ["summer", "winter"],
  personalities: pack.personalities,
  facts: ["war"],
};

function findings(more: Partial<StoryletInit>) {
  const plain = { name: "one", kind: BeatKind.STORY, subject: "letter", salience: 1 };
  const storylet = codecOf(StoryletSchema).complete({ ...plain, ...more } as never);
  return checkStoryletsIn([storylet], world).map(({ path, text }) => `${path}: ${text}`);
}

describe("a check of storylets", () => {
  it("finds nothing in a pack that is whole", () => {
    expect(checkStoryletsIn(pack.storylets, world)).toEqual([]);
  });

  it("finds what does not exist, and says what does", () => {
    const table: [Partial<StoryletInit>, string][] = [
      [{ subject: "lost" }, 'subject: "lost" does not exist; valid are letter, letter.answer'],
      [{ kind: BeatKind.QUEST }, 'subject: "letter" does not exist; valid are bread-errand'],
      [{ kind: BeatKind.ENCOUNTER, subject: "dragon" }, 'subject: "dragon" does not exist'],
      [{ kind: BeatKind.OCCURRENCE, subject: "flood" }, 'subject: "flood" does not exist'],
      [
        { kind: BeatKind.WEATHER, subject: "rain", regions: ["moor"] },
        'subject: "rain" does not exist; valid are clear, fog',
      ],
      [{ regions: ["fen", "sea"] }, 'regions[1]: "sea" does not exist; valid are moor, fen'],
      [{ placeKinds: ["harbour"] }, "place_kinds: no place of its regions"],
      [{ placeKinds: ["ruin"], regions: ["fen"] }, "place_kinds: no place of its regions"],
      [{ preconditions: ["war", "phase:noon"] }, "preconditions[1]: preconditions[1]="],
      [{ preconditions: ["season:monsoon"] }, 'preconditions[0]: "monsoon" does not exist'],
      [{ preconditions: ["weather:snow"] }, 'preconditions[0]: "snow" does not exist there'],
    ];
    for (const [more, text] of table) {
      expect(findings(more), text).toEqual([expect.stringContaining(text)]);
    }
  });

  it("finds storylets that can never happen", () => {
    const table: [Partial<StoryletInit>, string][] = [
      [{ preconditions: ["war", "!war"] }, "preconditions[1]: it never holds together with"],
      [
        { preconditions: ["season:summer", "severe", "season:winter"] },
        "preconditions[2]: it never",
      ],
      [{ preconditions: ["phase:day", "phase:night"] }, "preconditions[1]: it never"],
      [{ preconditions: ["pacing:peak", "pacing:fade"] }, "preconditions[1]: it never"],
      [{ preconditions: ["weather:fog", "weather:clear"] }, "preconditions[1]: it never"],
      [{ preconditions: ["intensity>0.6", "intensity<0.4"] }, "preconditions[1]: it never"],
      [{ preconditions: ["intensity<0.4", "intensity>0.4"] }, "preconditions[1]: it never"],
      [{ preconditions: ["intensity<0"] }, "preconditions[0]: intensity is never below 0"],
      [{ preconditions: ["peace"] }, 'preconditions[0]: nothing ever makes "peace" true'],
      [{ salience: 0 }, "salience: 0 is never better than nothing"],
      [{ cost: 101 }, "cost: 101 can never be saved up; valid are at most 100"],
      [
        { kind: BeatKind.ENCOUNTER, subject: "wolves", preconditions: ["pacing:relax"] },
        "preconditions[0]: an encounter never happens then",
      ],
    ];
    for (const [more, text] of table) {
      expect(findings(more), text).toEqual([expect.stringContaining(text)]);
    }
    expect(
      findings({ preconditions: ["intensity>0.2", "intensity<0.4", "!peace", "war"] }),
    ).toEqual([]);
  });

  it("looks only at what the world says it has", () => {
    const bare = { encounterKinds: [], regions: ["moor"], places: [], personalities: [] };
    const storylet = codecOf(StoryletSchema).complete({
      ...{ name: "one", kind: BeatKind.QUEST, subject: "any", salience: 1, cost: 500 },
      preconditions: ["anything", "season:any", "weather:any"],
    });
    expect(checkStoryletsIn([storylet], bare)).toEqual([]);
  });
});
