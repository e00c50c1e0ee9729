import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDialogues } from "../../../src/actors/story/check-dialogues.ts";
import type { Dialogue } from "../../../src/actors/story/dialogues.ts";
import { dialogueOf, ferry, mill } from "./rig.ts";

const settable = ["mill.key", "toll.*"];

function pathsIn(dialogue: Dialogue): string[] {
  return checkDialogues([dialogue], settable).map(({ path }) => path);
}

/**
 * A dialogue without fault: each node but the last leads to the next one, some to others too, and the last one is the
 * end.
 */
function soundOf(least: number) {
  const more = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 60 });
  return fc.tuple(fc.integer({ min: least, max: 40 }), more).map(([count, more]) => {
    const dialogue = dialogueOf(
      "sound",
      Array.from({ length: count }, (_, i) => (i === count - 1 ? [] : [[i + 1]])),
    );
    for (const [from, to, requires] of more) {
      dialogue.nodes[from % (count - 1)]?.choices.push({
        text: "",
        tags: [],
        to: to % count,
        requires: requires ? ["toll.paid"] : [],
      });
    }
    return dialogue;
  });
}

/** Faults, each with where it must be found. `at` is any node but the last. */
const faults: Readonly<Record<string, (dialogue: Dialogue, at: number) => string>> = {
  "a choice to nowhere": (dialogue, at) => {
    const { choices } = dialogue.nodes[at] as Dialogue["nodes"][number];
    choices.push({ text: "", tags: [], to: 60_000 + at, requires: [] });
    return `nodes[${at}].choices[${choices.length - 1}].to`;
  },
  "a node that no way leads to": (dialogue) => {
    dialogue.nodes.push({ id: "lost", lines: [], tags: [], choices: [] });
    return `nodes[${dialogue.nodes.length - 1}]`;
  },
  "a loop without a way out": (dialogue, at) => {
    const { length } = dialogue.nodes;
    const to = (target: number) => ({ text: "", tags: [], to: target, requires: [] });
    dialogue.nodes[at]?.choices.push(to(length));
    dialogue.nodes.push({ id: "in", lines: [], tags: [], choices: [to(length + 1)] });
    dialogue.nodes.push({ id: "out", lines: [], tags: [], choices: [to(length)] });
    return `nodes[${length + 1}]`;
  },
  "an end that is not marked as one": (dialogue, at) => {
    for (const node of dialogue.nodes) if (node.choices.length === 0) node.tags.push("end");
    const { length } = dialogue.nodes;
    dialogue.nodes[at]?.choices.push({ text: "", tags: [], to: length, requires: [] });
    dialogue.nodes.push({ id: "torn", lines: [], tags: [], choices: [] });
    return `nodes[${length}]`;
  },
  "a requirement that nothing sets": (dialogue, at) => {
    const { choices } = dialogue.nodes[at] as Dialogue["nodes"][number];
    choices.push({ text: "", tags: ["fact:other"], to: at, requires: ["other", "no.such"] });
    return `nodes[${at}].choices[${choices.length - 1}].requires[1]`;
  },
  "a requirement and its opposite": (dialogue, at) => {
    const { choices } = dialogue.nodes[at] as Dialogue["nodes"][number];
    choices.push({ text: "", tags: [], to: at, requires: ["!mill.key", "mill.key"] });
    return `nodes[${at}].choices[${choices.length - 1}].requires[0]`;
  },
  "a node where one may be stuck": (dialogue, at) => {
    for (const choice of dialogue.nodes[at]?.choices ?? []) choice.requires = ["mill.key"];
    return `nodes[${at}].choices`;
  },
  "two nodes with one id": (dialogue, at) => {
    const next = dialogue.nodes[at + 1];
    if (next) next.id = dialogue.nodes[at]?.id ?? "";
    return `nodes[${at + 1}].id`;
  },
};

describe("the check of dialogues", () => {
  it("finds nothing in sound ones", () => {
    expect(checkDialogues([mill, ferry], settable)).toEqual([]);
    fc.assert(
      fc.property(soundOf(3), (dialogue) => {
        expect(pathsIn(dialogue)).toEqual([]);
      }),
    );
  });

  for (const [name, plant] of Object.entries(faults)) {
    it(`finds ${name}, wherever it is`, () => {
      fc.assert(
        fc.property(soundOf(3), fc.nat(), (made, at) => {
          const dialogue = structuredClone(made);
          const path = plant(dialogue, at % (dialogue.nodes.length - 1));
          expect(pathsIn(dialogue)).toContain(path);
        }),
        { numRuns: 200 },
      );
    });
  }

  it("finds all of several faults", () => {
    const names = fc.uniqueArray(fc.constantFrom(...Object.keys(faults)), { minLength: 2 });
    fc.assert(
      fc.property(soundOf(12), names, (made, planted) => {
        const dialogue = structuredClone(made);
        const paths = planted.map((name, at) => faults[name]?.(dialogue, at));
        const found = pathsIn(dialogue);
        for (const path of paths) expect(found).toContain(path);
      }),
    );
  });

  it("says what is wrong, in which dialogue", () => {
    const broken = dialogueOf("inn", [[[1, [], ["!ghost"]], [1]], []]);
    expect(checkDialogues([mill, broken], settable)).toEqual([
      {
        dialogue: "inn",
        path: "nodes[0].choices[0].requires[0]",
        text: "nothing sets fact ghost, so that it always holds",
      },
    ]);
    expect(checkDialogues([{ name: "void", nodes: [] }])).toMatchObject([{ path: "nodes" }]);
  });
});
