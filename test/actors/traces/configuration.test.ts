import { describe, expect, it } from "vitest";
import { builtinTemplates } from "../../../src/actors/traces/builtin-templates.ts";
import { checkTemplates } from "../../../src/actors/traces/check-templates.ts";
import {
  type ConfigureTraces,
  checkConfiguration,
} from "../../../src/actors/traces/configuration.ts";
import type { Template } from "../../../src/actors/traces/region.ts";
import { write } from "../../../src/actors/traces/text.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import { configuration, fullConfiguration, places, template } from "./rig.ts";

function withTemplate(more: Partial<Template>): Partial<ConfigureTraces> {
  return { templates: [template("occurrence", more)] };
}

const [place] = places;
const wrong: readonly (readonly [Partial<ConfigureTraces>, string])[] = [
  [{ region: "" }, 'region=""'],
  [{ region: "The Moor" }, 'region="The Moor"'],
  [{ tracesMax: 100_001 }, "traces_max=100001"],
  [{ language: "Old Moorish" }, "language="],
  [{ gameMs: -1n }, "game_ms=-1"],
  [{ minutesPerDay: 1_000_001 }, "minutes_per_day"],
  [{ places: [...places, ...(place ? [place] : [])] }, 'places[3].id="mill"'],
  [{ places: [{ id: "A", title: "", kind: "", x: 0, y: 0 }] }, "places[0].id"],
  [{ places: [{ id: "a", title: "x".repeat(257), kind: "", x: 0, y: 0 }] }, "places[0].title"],
  [{ places: [{ id: "a", title: "", kind: "", x: Number.NaN, y: 0 }] }, "places[0].x=NaN"],
  [{ places: [{ id: "a", title: "", kind: "", x: 0, y: 1e10 }] }, "places[0].y"],
  [{ templates: [template("storm"), template("storm")] }, "templates[1].name"],
  [withTemplate({ name: "" }), "templates[0].name"],
  [withTemplate({ name: "builtin.storm" }), "templates[0].name"],
  [withTemplate({ kind: "" }), "templates[0].kind"],
  [withTemplate({ cause: "" }), 'templates[0].cause=""'],
  [withTemplate({ cause: "earthquake" }), "begin with occurrence"],
  [withTemplate({ cause: "quest:done" }), "completed, failed"],
  [withTemplate({ cause: "fight:drawn" }), "won, lost"],
  [withTemplate({ cause: "constructor" }), 'templates[0].cause="constructor"'],
  [withTemplate({ weight: 0 }), "templates[0].weight=0"],
  [withTemplate({ weight: 1.1 }), "templates[0].weight"],
  [withTemplate({ weight: Number.NaN }), "templates[0].weight=NaN"],
  [withTemplate({ halfLifeHours: 0 }), "templates[0].half_life_hours=0"],
  [withTemplate({ halfLifeHours: Number.POSITIVE_INFINITY }), "half_life_hours=Infinity"],
  [withTemplate({ rain: -1 }), "templates[0].rain=-1"],
  [withTemplate({ snow: 1_001 }), "templates[0].snow"],
  [withTemplate({ wind: Number.NaN }), "templates[0].wind=NaN"],
  [withTemplate({ dust: -0.1 }), "templates[0].dust"],
  [withTemplate({ texts: [] }), "templates[0].texts (length)=0"],
  [withTemplate({ texts: ["a", ""] }), 'templates[0].texts[1]=""'],
  [withTemplate({ texts: ["{weather} was bad"] }), "{weather} is not known"],
  [withTemplate({ texts: ["[a|b"] }), "[ stands alone"],
  [withTemplate({ texts: ["a {place"] }), "{ stands alone"],
  [withTemplate({ texts: ["[a|[b|c]]"] }), "stands alone"],
  [withTemplate({ texts: ["x".repeat(1_025)] }), "templates[0].texts[0]"],
  [withTemplate({ asset: "A B" }), "templates[0].asset"],
  [withTemplate({ concepts: ["a b"] }), "templates[0].concepts[0]"],
];

describe("a configuration of traces", () => {
  it("is taken when it is right", () => {
    expect(() => checkConfiguration(fullConfiguration())).not.toThrow();
  });

  for (const [more, text] of wrong) {
    it(`is refused with ${text}`, () => {
      const check = () => checkConfiguration(fullConfiguration(more), "pack");
      expect(check).toThrow(text);
      expect(check).toThrow(/^pack\..* is not valid; valid /);
    });
  }
});

describe("the check of templates", () => {
  const known = {
    occurrences: ["raid", "fair"],
    quests: ["bread"],
    encounters: ["wolf"],
    conditions: ["gale"],
    goods: ["salt"],
  };

  it("finds nothing in sound ones", () => {
    expect(checkTemplates(configuration.templates, known)).toEqual([]);
    expect(checkTemplates(builtinTemplates.filter(({ cause }) => cause !== "record"))).toEqual([]);
  });

  it("finds causes that never happen, and texts that cannot be filled", () => {
    const templates = [
      template("occurrence:flood"),
      template("occurrence:raid:ended"),
      template("aftermath:flood"),
      template("quest:completed:bell"),
      template("fight:won:crab"),
      template("deliver:done:gold"),
      template("storm:hail"),
      template("beat:war"),
      template("sunrise"),
      template("lightning", { texts: ["{player} saw it."] }),
      template("work", { texts: ["{who} did it.", "[one|two", ""] }),
      template("storm:gale", { texts: [] }),
    ];
    const found = checkTemplates(templates, known).map(
      (finding) => `${finding.template} ${finding.path}: ${finding.text}`,
    );
    expect(found).toEqual([
      "occurrence.flood cause: cause=occurrence:flood: there is no flood among the occurrences",
      "aftermath.flood cause: cause=aftermath:flood: there is no flood among the occurrences",
      "quest.completed.bell cause: cause=quest:completed:bell: there is no bell among the quests",
      "fight.won.crab cause: cause=fight:won:crab: there is no crab among the encounters",
      "deliver.done.gold cause: cause=deliver:done:gold: there is no gold among the goods",
      "storm.hail cause: cause=storm:hail: there is no hail among the conditions",
      expect.stringMatching(/^beat\.war cause: .*valid after beat: are encounter/),
      expect.stringMatching(/^sunrise cause: .*valid causes begin with/),
      "lightning texts[0]: {player} is nobody where the cause is lightning",
      expect.stringMatching(/^work texts\[0\]: \{who\} is not known/),
      expect.stringMatching(/^work texts\[1\]: \[ stands alone/),
      "work texts[2]: it is empty",
      "storm.gale texts: there is no text",
    ]);
  });
});

describe("a text", () => {
  const random = new SeededRandom();
  random.point(seedRandom(1, "text"));
  const facts = { place: "the mill", region: "moor", player: "", subject: "raid", day: "3" };

  it("is one that says nothing that is not known, where there is one", () => {
    const texts = ["{player} was here.", "The {subject} was at {place}."];
    for (let i = 0; i < 20; i += 1) {
      expect(write(texts, facts, random)).toBe("The raid was at the mill.");
    }
    expect(write(texts.slice(0, 1), facts, random)).toBe("Somebody was here.");
  });

  it("is written with one of the alternatives, each of them now and then", () => {
    const written = new Set<string>();
    for (let i = 0; i < 60; i += 1) {
      written.add(write(["[red|blue|day {day}] [mud|]"], facts, random));
    }
    expect([...written].sort()).toEqual([
      "Blue ",
      "Blue mud",
      "Day 3 ",
      "Day 3 mud",
      "Red ",
      "Red mud",
    ]);
  });
});
