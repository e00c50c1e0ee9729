import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { faultLine } from "../../../src/server/pack/fault.ts";
import { loadPack } from "../../../src/server/pack/load.ts";
import { loadWorldPack } from "../../../src/server/world-pack.ts";
import { copyOf, type Edit, edit, small } from "./packs.ts";

/** A file, what of it is replaced, by what, and what is said about the line on which that stands. */
const broken: [...Edit, string][] = [
  ["world.json", '"scale": 60', '"scale": 0', "clock.scale=0 is not valid; valid are numbers from"],
  ["world.json", '"even"', '"odd"', 'storyteller.personality="odd" is not valid; valid are even'],
  [
    "world.json",
    '"facts"',
    '"fcts"',
    'fcts=["gate-shut"] is not valid; valid keys are name, clock',
  ],
  ["world.json", '"low"', '"lwo"', 'regions[1].language="lwo" is not valid; valid are low, high'],
  ["world.json", '["gate-shut"]', '["A"]', 'facts[0]="A" is not valid; valid are 1 to 64 of a-z'],
  ["world.json", '"scale": 60', '"scale": 60 "x"', "is no JSON: a comma is expected"],
  ["map.jsonc", '"north", "kind": "home"', '"nort", "kind": "home"', 'places[0].region="nort"'],
  [
    "map.jsonc",
    '"id": "pond"',
    '"id": "hut"',
    'places[1].id="hut" is not valid; valid are ids that',
  ],
  [
    "map.jsonc",
    '"to": "stall"',
    '"to": "stal"',
    'roads[2].to="stal" is not valid; valid are stall',
  ],
  [
    "map.jsonc",
    '"x": 0, "y": -900',
    '"x": "Infinity", "y": 0',
    "places[2].x=Infinity is not valid",
  ],
  [
    "map.jsonc",
    '"x": 0, "y": -900',
    '"x": [], "y": 0',
    "places[2].x=[] is not valid; valid is a num",
  ],
  [
    "map.jsonc",
    '"effort": 1.5',
    '"effort": -1',
    "roads[1].effort=-1 is not valid; valid are numbers",
  ],
  [
    "map.jsonc",
    '"sheltered": true',
    '"shelterd": true',
    "places[0].shelterd=true is not valid; va",
  ],
  [
    "factions.json",
    '"power": 40',
    '"power": 101',
    "[0].power=101 is not valid; valid are numbers fr",
  ],
  [
    "factions.json",
    '"value": 0.5',
    '"value": 2',
    "[1].relations[0].value=2 is not valid; valid are ",
  ],
  ["factions.json", '"faction": "folk"', '"faction": "fokl"', '[1].relations[0].faction="fokl"'],
  [
    "factions.json",
    '"name": "traders"',
    '"name": "folk"',
    '[1].name="folk" is not valid; valid are na',
  ],
  [
    "goods.json",
    '["water"]',
    '["watr"]',
    '[0].gatheredAt[0]="watr" is not valid; valid are water, h',
  ],
  [
    "goods.json",
    '"price": 9',
    '"price": -9',
    "[1].price=-9 is not valid; valid is an integer from 0",
  ],
  [
    "goods.json",
    '"price": 9',
    '"price": 9, "price": 8',
    'key "price" stands here twice; valid is once',
  ],
  [
    "occurrences.json",
    "0.1",
    "1.5",
    "[0].dailyChance=1.5 is not valid; valid are numbers from 0 to 1",
  ],
  [
    "festivals.json",
    '"feast" }',
    '"feats" }',
    'occurrence="feats" is not valid; valid are feast, f',
  ],
  ["encounters.json", '["fen"]', '["sea"]', '[0].climates[0]="sea" is not valid; valid are fen'],
  [
    "roles.json",
    "NPC_ACTIVITY_TRADE",
    "TRADE",
    '[1].schedule[0].activity="TRADE" is not valid; valid a',
  ],
  [
    "roles.json",
    "[0.5, 0.9]",
    "[0.5, 9]",
    "[1].traits[1]=9 is not valid; valid are numbers from 0",
  ],
  ["roles.json", '["net"]', '["ten"]', '[0].makes[0]="ten" is not valid; valid are net, fish'],
  [
    "population.json",
    '"fisher"',
    '"fishr"',
    '[0].role="fishr" is not valid; valid are fisher, trader',
  ],
  ["population.json", "300", "0", "[0].count=0 is not valid; valid are integers from 1 to 65536"],
  [
    "quests/fish.json",
    '"fisher"',
    '"baker"',
    '[0].giverRole="baker" is not valid; valid are trader',
  ],
  [
    "quests/fish.json",
    '"item": "fish", "place"',
    '"item": "fsh", "place"',
    "[0].steps[0].objectives[0]",
  ],
  [
    "quests/fish.json",
    '"VERB_GATHER"',
    '"GATHER"',
    '[0].steps[0].objectives[0].player.verb="GATHER"',
  ],
  [
    "quests/fish.json",
    '"targetKind": "imp"',
    '"targetKind": "ipm"',
    "[1].steps[1].objectives[0].playe",
  ],
  [
    "quests/fish.json",
    '"after": ["fish-supper"]',
    '"after": ["lunch"]',
    '[1].offer.after[0]="lunch"',
  ],
  [
    "quests/fish.json",
    '"dialogue": "gate"',
    '"dialogue": "gat"',
    "[0].steps[1].objectives[1].choice",
  ],
  [
    "quests/fish.json",
    '"condition": "storm"',
    '"condition": "hail"',
    "[1].steps[0].objectives[0].weat",
  ],
  ["quests/fish.json", '"coins": 10', '"coins": 1e9', "[0].reward.coins=1000000000 is not valid"],
  [
    "personalities.json",
    '"peakFrom": 0.7',
    '"peakFrom": 7',
    "peakFrom=7 is not valid; valid are numb",
  ],
  [
    "personalities.json",
    '"least": 2',
    '"least": 0',
    "peak.least=0 is not valid; valid are numbers fro",
  ],
  [
    "storylets.json",
    '"subject": "imp",',
    '"subject": "ipm",',
    '[0].subject="ipm" is not valid; valid',
  ],
  [
    "storylets.json",
    '"season:dry"',
    '"season:wet"',
    '[1].preconditions[2]="wet" is not valid; valid',
  ],
  [
    "storylets.json",
    '"phase:night"',
    '"phase:noon"',
    '[1].preconditions[3]="phase:noon" is not valid',
  ],
  [
    "storylets.json",
    '"intensity<0.6"',
    '"intensity<6"',
    '[0].preconditions[1]="intensity<6" is not v',
  ],
  [
    "traces.json",
    '"fish", "fish"',
    '"fish", "fsh"',
    '[0].concepts[1]="fsh" is not valid; valid are fis',
  ],
  [
    "traces.json",
    '"weight": 0.5',
    '"weight": true',
    "[0].weight=true is not valid; valid is a number",
  ],
  [
    "languages.json",
    '"fish=ika"',
    '"fish"',
    '[0].words[0]="fish" is not valid; valid are words as co',
  ],
  [
    "languages.json",
    '"high", "sound',
    '"hihg", "sound',
    '[1].parent="hihg" is not valid; valid are hi',
  ],
  ["concepts.json", '"home"', '"fish"', '[2]="fish" is not valid; valid are names that come once'],
  ["concepts.json", '"home"', "3", "[2]=3 is not valid; valid is a text"],
  ["dialogues/gate.ink", "-> paid\n", "-> piad\n", "ink: Divert target not found: '-> piad'"],
  [
    "dialogues/gate.ink",
    "VAR coins = 0",
    "INCLUDE b.ink",
    "ink: INCLUDE is not valid; valid is one",
  ],
  ["dialogues/gate.ink", "VAR coins = 0", "EXTERNAL f(x)", "ink: EXTERNAL is not valid"],
  ["climates/fen.json", "[0.5, 0.5]", "[0.5, 0.6]", "seasons[0].rows[1].chances (sum)=1.1 is not"],
];

describe("a pack that is not valid", () => {
  test.each(broken.map(([file, from, to, text]) => ({ file, from, to, text })))(
    "is refused with file and line: $file, $to",
    async ({ file, from, to, text }) => {
      const pack = copyOf();
      const line = edit(pack, [file, from, to]);
      await expect(loadWorldPack(pack)).rejects.toMatchObject({ code: "INVALID_WORLD_PACK" });
      const { pack: loaded, faults } = await loadPack(pack);
      expect(loaded).toBeUndefined();
      const lines = faults.list.map(faultLine);
      expect(lines).toContainEqual(expect.stringMatching(at(join(pack, file), line, text)));
    },
  );

  test("has all of its faults listed, in the order of files and lines", async () => {
    const pack = copyOf();
    edit(pack, ["goods.json", '"price": 9', '"price": 0']);
    edit(pack, ["goods.json", '"volatility": 0.5', '"volatility": 5']);
    edit(pack, ["map.jsonc", '"stall",', '"stal",']);
    const { faults } = await loadPack(pack);
    const places = faults.list.map(({ file, line }) => `${file.slice(pack.length + 1)}:${line}`);
    expect(places).toEqual(["map.jsonc:12", "goods.json:2", "goods.json:3"]);
    await expect(loadWorldPack(pack)).rejects.toThrow('(and 2 more; "tellurion check" lists all)');
  });

  test("is refused for files that nobody would read", async () => {
    const pack = copyOf();
    edit(pack, ["qests.json", "", "[]"]);
    edit(pack, ["README.md", "", "Anything may stand here."]);
    const { faults } = await loadPack(pack);
    expect(faults.list.map(faultLine)).toEqual([
      expect.stringContaining(
        "qests.json: is no file of a pack; valid are map.json, factions.json",
      ),
    ]);
  });

  test("is refused when a file is missing, empty, or nested without end", async () => {
    const pack = copyOf();
    rmSync(join(pack, "climates", "fen.json"));
    edit(pack, ["goods.json", "", " // nothing\n"]);
    edit(pack, ["roles.json", "", "[".repeat(100_000)]);
    const { faults } = await loadPack(pack);
    const lines = faults.list.map(faultLine).join("\n");
    expect(lines).toContain("fen.json: cannot be read: ENOENT");
    expect(lines).toContain("goods.json:2:1: is no JSON: a value is expected");
    expect(lines).toContain("roles.json:1:1: is no JSON");
  });

  test("is refused when it has more of a thing than the bound", async () => {
    const pack = copyOf();
    const many = Array.from({ length: 65 }, (_, i) => ({ name: `f${i}`, power: 1 }));
    edit(pack, ["factions.json", "", JSON.stringify(many)]);
    const { faults } = await loadPack(pack);
    expect(faults.list.map(faultLine)).toEqual([
      expect.stringContaining("65 factions are too many; valid are up to 64"),
    ]);
  });

  test("is refused where next hops are given: they are worked out", async () => {
    const pack = copyOf();
    const line = edit(pack, ["map.jsonc", '"roads": [', '"nextHops": "AAAA",\n  "roads": [']);
    const { faults } = await loadPack(pack);
    const text = 'nextHops="…" is not valid; valid is nothing: it is worked out';
    expect(faults.list.map(faultLine)).toEqual([`${join(pack, "map.jsonc")}:${line}:3: ${text}`]);
  });
});

test("a pack with no more than its world and climates loads", async () => {
  const pack = copyOf();
  const kept = ["world.json", "climates"];
  for (const name of readdirSync(pack)) {
    if (!kept.includes(name)) rmSync(join(pack, name), { recursive: true });
  }
  edit(pack, ["world.json", '"personality": "even"', '"lookAhead": false']);
  edit(pack, ["world.json", ', "language": "low"', ""]);
  const { bootstrap } = await loadWorldPack(pack);
  expect(bootstrap.map(({ address }) => address)).toEqual([
    ...["clock/main", "weather/north", "weather/south"],
  ]);
});

test("the small world is valid", async () => {
  const { faults } = await loadPack(small);
  expect(faults.list).toEqual([]);
});

function at(file: string, line: number, text: string): RegExp {
  return new RegExp(`^${RegExp.escape(file)}:${line}:\\d+: ${RegExp.escape(text)}`);
}
