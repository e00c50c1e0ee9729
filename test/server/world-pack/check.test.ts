import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../../../src/server/commands/index.ts";
import { checkPack } from "../../../src/server/pack/check/check-pack.ts";
import { faultLine } from "../../../src/server/pack/fault.ts";
import { loadPack } from "../../../src/server/pack/load.ts";
import type { Pack } from "../../../src/server/pack/pack.ts";
import { copyOf, type Edit, edit, sample, small } from "./packs.ts";

const ink = "dialogues/gate.ink";
const quests = "quests/fish.json";

/** A file, what of it is replaced, by what, and what is found. All of it is valid by itself. */
const seeded: [...Edit, string][] = [
  [
    "map.jsonc",
    '"from": "hut", "to": "house"',
    '"from": "hut", "to": "pond"',
    "hut and pond have a",
  ],
  ["map.jsonc", '"from": "house", "to": "stall"', '"from": "house", "to": "house"', "roads[2].to="],
  [
    "map.jsonc",
    '"from": "house", "to": "stall"',
    '"from": "hut", "to": "pond"',
    "leads from hut to stal",
  ],
  [
    "world.json",
    '"language": "low" }',
    '"language": "low" }, { "name": "west", "climate": "fen", "condition": "clear" }',
    "region west has no place on the map",
  ],
  ["factions.json", '["south"]', '["south", "north"]', "valid are regions that folk does not hold"],
  ["festivals.json", "12", "30", "dayOfYear=30 is not valid; valid are integers from 0 to 29"],
  [
    "world.json",
    '"climate": "fen", "condition": "clear" }',
    '"climate": "fen", "condition": "clear", "language": "high" }',
    "",
  ],
  ["goods.json", '["water"]', "[]", "nobody gathers, makes or leaves fish"],
  [
    "population.json",
    '"region": "north"',
    '"region": "south"',
    "a fisher goes to a water, and south has",
  ],
  [
    "roles.json",
    '"name": "trader",',
    '"name": "idler", "schedule": [{ "activity": "NPC_ACTIVITY_IDLE" }] }, { "name": "trader",',
    "nobody is a idler",
  ],
  [
    "roles.json",
    '"fromMinute": 1200',
    '"fromMinute": 200',
    "schedule[1].fromMinute=200 is not valid; valid",
  ],
  [
    "roles.json",
    '"fromMinute": 1200',
    '"fromMinute": 1440',
    "fromMinute=1440 is not valid; valid are integers from 300 to 1439",
  ],
  [
    "roles.json",
    '"activity": "NPC_ACTIVITY_SLEEP"',
    '"activity": "NPC_ACTIVITY_SLEEP", "days": [7]',
    "days[0]=7 is not valid; valid are integers from 0 to 6",
  ],
  [
    quests,
    '["catch"]',
    '["cetch"]',
    'steps[1].after[0]="cetch" is not valid; valid are ids of the quest',
  ],
  [
    quests,
    '"id": "catch",',
    '"id": "catch", "after": ["sell"],',
    'steps[0].after="sell" is not valid; valid are steps that do not wait',
  ],
  [
    quests,
    '["catch"],',
    '["catch"], "afterCount": 2,',
    "steps[1].afterCount=2 is not valid; valid are integers from 0 to 1",
  ],
  [
    quests,
    '"place": "pond"',
    '"place": "stall"',
    "step catch can never be done: fish is not gathered at a m",
  ],
  [
    quests,
    '"place": "pond"',
    '"place": "pond", "region": "south"',
    "pond is in north, not in south",
  ],
  [quests, '"place": "pond"', '"region": "south"', "fish is gathered nowhere in south"],
  [
    quests,
    '"targetKind": "trader"',
    '"targetKind": "trader", "region": "north"',
    "no trader lives in north",
  ],
  [quests, '"tag": "sold"', '"tag": "given"', "no choice of the dialogue gate has the tag given"],
  [
    quests,
    '"targetKind": "imp"',
    '"targetKind": "imp", "placeKind": "home"',
    "imp never comes to a home",
  ],
  [
    quests,
    '["north"],',
    '["south"],',
    "quest fish-supper is never offered: no fisher lives where it is g",
  ],
  [
    quests,
    '"onTalk": true',
    '"onTalk": true, "after": ["imp-hunt"]',
    "quest fish-supper is never reached: imp-hunt",
  ],
  [
    quests,
    '"onTalk": true',
    '"onTalk": true, "facts": ["never"]',
    "never offered: nothing makes never true",
  ],
  [
    quests,
    '"title": "The Imp",',
    '"title": "The Imp", "migrations": [{ "fromVersion": 1, "fromStep": "a", "toStep": "b" }],',
    "migrations[0].fromVersion=1 is not valid; valid are versions below 1",
  ],
  ["occurrences.json", '"dailyChance": 0.1', '"dailyChance": 0', ""],
  [
    "storylets.json",
    '"subject": "imp-hunt"',
    '"subject": "fish-supper"',
    "quest imp-hunt is never offered: it is t",
  ],
  [
    "storylets.json",
    '["water"]',
    '["market"]',
    "storylet an-imp never happens: none of its regions has",
  ],
  [
    "storylets.json",
    '"cost": 4',
    '"cost": 40',
    "storylet an-imp never happens: no personality saves up more",
  ],
  [
    "storylets.json",
    '"salience": 2',
    '"salience": 0',
    "storylet a-hunt never happens: 0 is never better",
  ],
  [
    "storylets.json",
    '"supper-had"',
    '"dinner-had"',
    "a-hunt never happens: nothing makes dinner-had true",
  ],
  ["storylets.json", '"supper-had"', '"gate-shut"', "!gate-shut and gate-shut never hold together"],
  [
    "storylets.json",
    '"supper-had"',
    '"phase:dawn"',
    "phase:night and phase:dawn never hold together",
  ],
  [
    "storylets.json",
    '"severe"',
    '"intensity>0.6"',
    "intensity<0.6 and intensity>0.6 never hold together",
  ],
  [
    "climates/fen.json",
    ', "severeFrom": 0.6',
    "",
    "an-imp never happens: no climate of its regions is ever sever",
  ],
  [
    "traces.json",
    "occurrence:fair",
    "explosion:fair",
    'cause="explosion:fair" is not valid; valid causes begin with',
  ],
  ["traces.json", "occurrence:fair", "occurrence:fire", "there is no fire among the occurrences"],
  [
    "languages.json",
    '"seed": 7,',
    '"seed": 7, "parent": "low",',
    'parent="low" is not valid; valid is none',
  ],
  [
    "languages.json",
    '"seed": 7,',
    '"seed": 7, "soundChanges": ["p > f"],',
    'soundChanges="p > f" is not valid; valid are none',
  ],
  [ink, "=== paid", "=== cellar ===\nDark.\n-> END\n\n=== paid", "ink: no way leads to cellar"],
  [ink, "    It creaks.\n    -> END", "    It creaks.", "ran out of content"],
  [ink, "-> END\n*", "-> gate\n*", ""],
  [
    ink,
    "# accept:fish-supper",
    "# accept:imp-supper",
    "tag accept:imp-supper is not valid; valid are fish-",
  ],
  [
    ink,
    "# accept:fish-supper",
    "",
    "quest fish-supper cannot be accepted: no choice there has the tag",
  ],
  [
    ink,
    "# requires:!gate-shut",
    "# requires:winter",
    "requires:winter is not valid; valid are facts that",
  ],
  [
    ink,
    "# fact:gate-open",
    "# fact:Gate Open",
    'tags fact="Gate Open" is not valid; valid are 1 to 64',
  ],
];

async function findingsIn(pack: string): Promise<string[]> {
  const { pack: loaded, faults } = await loadPack(pack);
  return (loaded ? checkPack(loaded) : faults).list.map(faultLine);
}

describe("a check of a pack", () => {
  test.each(
    seeded
      .filter(([, , , text]) => text !== "")
      .map(([file, from, to, text]) => ({ file, from, to, text })),
  )("finds in $file: $text", async ({ file, from, to, text }) => {
    const pack = copyOf();
    edit(pack, [file, from, to]);
    const findings = await findingsIn(pack);
    expect(findings).toContainEqual(expect.stringContaining(text));
    for (const finding of findings) expect(finding).toMatch(/^\/\S+:\d+:\d+: /);
  });

  test("finds nothing where one of several ways is left", async () => {
    for (const [file, from, to, text] of seeded) {
      if (text !== "") continue;
      const pack = copyOf();
      edit(pack, [file, from, to]);
      expect(await findingsIn(pack)).toEqual([]);
    }
  });

  test("finds loops of a dialogue that lead to no end", async () => {
    const pack = copyOf();
    edit(pack, [ink, "-> END\n*", "-> gate\n*"]);
    edit(pack, [ink, "    It creaks.\n    -> END", "    It creaks.\n    -> gate"]);
    edit(pack, [ink, '"Enough!" -> END', '"Enough!" -> gate']);
    edit(pack, [ink, "~ coins = coins + 1", "~ coins = 2"]);
    const findings = await findingsIn(pack);
    expect(findings).toContainEqual(
      expect.stringContaining("from node gate no way leads to an end"),
    );
  });

  test("finds nothing in the small world and in the sample world", async () => {
    expect(await findingsIn(small)).toEqual([]);
    expect(await findingsIn(sample)).toEqual([]);
  });
});

describe("the sample world", () => {
  test("has what a world of its size should have", async () => {
    const { plan, parts, concepts, dialogues } = (await loadPack(sample)).pack as Pack;
    const npcs = parts.population.reduce((sum, { value }) => sum + value.count, 0);
    expect(plan.regions.length).toBeGreaterThanOrEqual(8);
    for (const { name } of plan.regions) {
      const places = parts.map.flatMap(({ value }) => value.places);
      expect(places.filter(({ region }) => region === name).length).toBeGreaterThanOrEqual(10);
    }
    expect(npcs).toBeGreaterThanOrEqual(2_000);
    expect(parts.quests.length).toBeGreaterThanOrEqual(30);
    expect(parts.storylets.length).toBeGreaterThanOrEqual(40);
    expect(parts.traces.length).toBeGreaterThanOrEqual(25);
    expect(parts.roles.length).toBeGreaterThanOrEqual(12);
    expect(concepts.length).toBeGreaterThanOrEqual(60);
    expect(dialogues.length).toBeGreaterThanOrEqual(6);
    expect(parts.languages.filter(({ value }) => value.parent !== "").length).toBeGreaterThan(0);
  });
});

describe("tellurion check", () => {
  const interrupted = new AbortController().signal;
  const run = async (line: string) => {
    const printed: string[] = [];
    const print = (text: string) => printed.push(text);
    const outcome = await runCommandLine(line.split(" "), { print, interrupted }).catch((e) => e);
    return { printed, outcome };
  };

  test("prints one line of counts for a world that is in order", async () => {
    const { printed, outcome } = await run(`check ${small}`);
    expect(outcome).toBeUndefined();
    expect(printed).toEqual([
      expect.stringMatching(
        /^small is in order: 2 regions, 4 places, 3 roads, 307 NPCs, .*dialogue/,
      ),
    ]);
  });

  test("prints every finding, and fails", async () => {
    const pack = copyOf();
    const line = edit(pack, [
      "map.jsonc",
      '"from": "hut", "to": "house"',
      '"from": "hut", "to": "pond"',
    ]);
    edit(pack, ["goods.json", '["water"]', "[]"]);
    const { printed, outcome } = await run(`check ${pack}`);
    expect(printed).toContainEqual(expect.stringContaining(`${join(pack, "map.jsonc")}:${line}:`));
    expect(printed.length).toBeGreaterThanOrEqual(3);
    expect(outcome).toMatchObject({
      code: "INVALID_WORLD_PACK",
      message: expect.stringContaining(`has ${printed.length} findings`),
    });
    const { printed: json } = await run(`check ${pack} --json`);
    expect(JSON.parse(json[0] as string)).toMatchObject({ count: printed.length });
  });

  test("refuses a world that it does not know", async () => {
    const { outcome } = await run("check nowhere");
    expect(outcome).toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/^WORLD="nowhere" is not known; valid are .*sample/),
    });
  });
});
