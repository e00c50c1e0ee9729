import { describe, expect, test } from "vitest";
import type { Dialogue } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { faultLine } from "../../../src/server/pack/fault.ts";
import { Faults } from "../../../src/server/pack/faults.ts";
import { compileInk } from "../../../src/server/pack/ink/compile.ts";
import { knotsOf } from "../../../src/server/pack/ink/knots.ts";
import { readDialogues } from "../../../src/server/pack/ink/read-dialogues.ts";
import { walkStory } from "../../../src/server/pack/ink/walk.ts";
import { PackFile } from "../../../src/server/pack/pack-file.ts";
import { copyOf, edit } from "./packs.ts";

async function walked(text: string): Promise<Dialogue> {
  const faults = new Faults();
  const story = await compileInk(new PackFile("story.ink", text), faults);
  expect(faults.list.map(faultLine)).toEqual([]);
  if (story === undefined) throw new Error("the story was not compiled");
  return walkStory("story", story).dialogue;
}

/** Says a dialogue as lines: `id: lines > choice → id`. */
function told({ nodes }: Dialogue): string[] {
  return nodes.map(({ id, lines, choices }) => {
    const ways = choices.map(({ text, to }) => `${text} → ${nodes[to]?.id}`);
    return [`${id}: ${lines.join(" / ")}`, ...ways].join(" | ");
  });
}

async function refused(text: string): Promise<string[]> {
  const pack = copyOf();
  edit(pack, ["dialogues/story.ink", "", text]);
  const faults = new Faults();
  await readDialogues(pack, ["story.ink"], faults);
  return faults.list.map((fault) => faultLine(fault).slice(pack.length + 1));
}

describe("an ink story", () => {
  test("becomes a graph in which ways that meet share their nodes", async () => {
    const dialogue = await walked(`
      Hello.
      * [Left] -> room
      * [Right] -> room
      === room ===
      A room.
      -> END
    `);
    expect(told(dialogue)).toEqual(["start: Hello. | Left → room | Right → room", "room: A room."]);
  });

  test("keeps the tags of lines and of choices, and takes what they require from them", async () => {
    const { nodes } = await walked(`
      Who goes there? # speaker:guard # fact:met-guard
      + [A friend. # accept:oath # requires:known # requires:!banned]
        Pass. # mood:kind
        -> END
      + Nobody[.] said the wind.
        -> END
    `);
    expect(nodes[0]).toMatchObject({
      lines: ["Who goes there?"],
      tags: ["speaker:guard", "fact:met-guard"],
      choices: [
        { text: "A friend.", tags: ["accept:oath"], requires: ["known", "!banned"], to: 1 },
        { text: "Nobody.", tags: [], requires: [], to: 2 },
      ],
    });
    expect(nodes[1]).toMatchObject({ lines: ["Pass."], tags: ["mood:kind"], choices: [] });
    expect(nodes[2]).toMatchObject({ lines: ["Nobody said the wind."] });
  });

  test("keeps choices that come once apart from those that stay", async () => {
    const dialogue = await walked(`
      -> ask
      === ask ===
      Ask.
      * [Once] -> ask
      + [Always] -> ask
      + [Enough] -> END
    `);
    expect(told(dialogue)).toEqual([
      "ask: Ask. | Once → ask:2 | Always → ask | Enough → ask:3",
      "ask:2: Ask. | Always → ask:2 | Enough → ask:3",
      "ask:3: ",
    ]);
  });

  test("ends, where what it counts is of no consequence any more", async () => {
    const dialogue = await walked(`
      -> hall
      === hall ===
      {First|Second|Again}.
      + [On] -> hall
      + [Out] -> END
    `);
    expect(dialogue.nodes.map(({ lines }) => lines[0])).toEqual([
      ...["First.", "Second.", undefined, "Again."],
    ]);
  });

  test("has variables, conditions and functions worked out", async () => {
    const dialogue = await walked(`
      VAR apples = 0
      -> tree
      === tree ===
      You have {count(apples)}.
      + {apples < 2} [Pick] 
        ~ apples++
        -> tree
      * [Go] -> END
      === function count(n) ===
      { n == 0:
        ~ return "none"
      }
      ~ return n
    `);
    const lines = dialogue.nodes.flatMap((node) => node.lines);
    expect(lines).toEqual(["You have none.", "You have 1.", "You have 2."]);
  });

  test("is the same each time, also where chance has a say", async () => {
    const text = "{~a|b|c|d} {RANDOM(1, 1000)} {shuffle:\n- x\n- y\n- z\n}\n+ [On] -> END\n";
    expect(told(await walked(text))).toEqual(told(await walked(text)));
  });

  test("is refused with the line of what the compiler does not understand", async () => {
    expect(await refused("Hello.\n-> nowhere\n")).toEqual([
      "dialogues/story.ink:2:1: ink: Divert target not found: '-> nowhere'",
    ]);
    const unknown = await refused("A.\n\n{missing}\n-> END\n");
    expect(unknown.join()).toContain("dialogues/story.ink:3:1: ink: Unresolved variable: missing");
  });

  test("is refused when it never ends", async () => {
    const counting =
      "VAR n = 0\n-> on\n=== on ===\nStep {n}.\n~ n++\n+ [On] -> on\n+ [Off] -> END\n";
    expect(await refused(counting)).toEqual([
      expect.stringMatching(/^dialogues\/story.ink:1:1: ink: the story comes to more than 4096 st/),
    ]);
    expect(await refused("-> on\n=== on ===\nOn and on.\n-> on\n")).toEqual([
      expect.stringContaining("says more than 256 lines without a choice, or never ends"),
    ]);
  });

  test("is refused when it has more nodes than a dialogue may", async () => {
    const until600 =
      "VAR n = 0\n-> on\n=== on ===\nStep {n}.\n~ n++\n+ {n < 600} [On] -> on\n+ [Off] -> END\n";
    expect(await refused(until600)).toEqual([
      expect.stringContaining("the story has 601 nodes; valid are up to 512"),
    ]);
  });

  test("is refused under a name that is none", async () => {
    const faults = new Faults();
    const pack = copyOf();
    edit(pack, ["dialogues/Big Story.ink", "", "Hello.\n-> END\n"]);
    await readDialogues(pack, ["Big Story.ink"], faults);
    expect(faults.list.map(faultLine).join()).toContain(
      '"Big Story" is not valid; valid are names',
    );
  });
});

test("knots and stitches are found with their lines, but for functions and comments", () => {
  const text = "-> a\n/* === no ===\n*/\n=== a ===\n= one\n=== function f(x) ===\n// == b\n== c\n";
  expect(knotsOf(text)).toEqual([
    { name: "a", line: 4 },
    { name: "a.one", line: 5 },
    { name: "c", line: 8 },
  ]);
});
