import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMessage, localised, parseCatalogues } from "../../../src/actors/language/catalogue.ts";
import { parseMessage } from "../../../src/actors/language/message-format.ts";
import { pluralOf } from "../../../src/actors/language/plurals.ts";
import { readWordAloud, timingsOf } from "../../../src/actors/language/timings.ts";

type Values = Readonly<Record<string, string | number>>;

function format(text: string, values: Values = {}, locale = "en"): string {
  return localised(parseMessage("text", text), locale, new Map(Object.entries(values)));
}

describe("a text", () => {
  it.each<[string, Values, string]>([
    ["Hello", {}, "Hello"],
    ["Hello, {name}!", { name: "Anna" }, "Hello, Anna!"],
    ["{n, plural, one {# coin} other {# coins}}", { n: 1 }, "1 coin"],
    ["{n, plural, one {# coin} other {# coins}}", { n: 2.5 }, "2.5 coins"],
    ["{n, plural, =0 {no coins} one {a coin} other {# coins}}", { n: 0 }, "no coins"],
    ["{who, select, woman {her} man {his} other {their}} horse", { who: "man" }, "his horse"],
    ["{who, select, woman {her} other {their}} horse", { who: "herd" }, "their horse"],
    ["{n, plural, one {{name} has #} other {{name} have #}}", { n: 3, name: "We" }, "We have 3"],
    ["it''s '{'here'}'", {}, "it's {here}"],
    ["'{it''s} here' {n}", { n: 4 }, "{it's} here 4"],
    ["{n, plural, other {'#' #}}", { n: 4 }, "# 4"],
    ["it's 'fine' #1", {}, "it's 'fine' #1"],
  ])("%s with %j is %s", (text, values, result) => {
    expect(format(text, values)).toBe(result);
  });

  it("takes the variable's value as it is, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(format("<{name}>", { name })).toBe(`<${name}>`);
      }),
    );
  });

  it("without braces and apostrophes is itself", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replace(/[{}']/g, "");
        expect(format(plain)).toBe(plain);
      }),
    );
  });

  it("either parses or is refused with its place, whatever it is", () => {
    const pieces = ["{", "}", "n", ",", "plural", "select", "other", "one", "=1", "#", "'", " "];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 24 }), (parts) => {
        try {
          parseMessage("text", parts.join(""));
        } catch (error) {
          expect(String(error)).toMatch(/text=.* is not valid; valid are texts like .*: at \d+, /s);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("that names a variable without a value, or chooses by one that is no number, is refused", () => {
    expect(() => format("{name}")).toThrow("have a value for name");
    expect(() => format("{n, plural, other {#}}", { n: "3" })).toThrow("variables.n");
  });
});

describe("a text that is not well formed is refused, with its place:", () => {
  it.each([
    ["{", "at 2, a name of a variable"],
    ["}", 'at 1, "}" closes nothing'],
    ["{name", 'at 6, "," is missing'],
    ["{Name}", "at 2, a name of a variable"],
    ["{n, number}", 'at 5, "number" is neither "plural" nor "select"'],
    ["{n, plural}", 'at 11, "," is missing'],
    ["{n, plural, one {x}}", 'the choice "other" is missing'],
    ["{n, plural, lots {x} other {y}}", 'at 13, "lots" is no choice'],
    ["{n, plural, other {x} other {y}}", 'the choice "other" comes twice'],
    ["{n, plural, other x}", 'at 19, "{" is missing'],
    ["{n, plural, other {x}", 'at 22, "}" is missing'],
    [
      "{a,select,other{{b,select,other{{c,select,other{{d,select,other{{e}}}}}}}}}",
      "deeper than 4",
    ],
    ["x".repeat(4_097), "at most 4096 characters"],
  ])("%s", (text, why) => {
    expect(() => parseMessage("text", text)).toThrow(why);
  });
});

describe("plurals", () => {
  it.each([
    ["en", [1], "one"],
    ["en", [0, 2, 1.5], "other"],
    ["fr", [0, 1, 1.5], "one"],
    ["pt-br", [0, 1], "one"],
    ["ru", [1, 21, 101], "one"],
    ["ru", [2, 3, 24], "few"],
    ["ru", [0, 5, 11, 12, 111], "many"],
    ["pl", [22, 104], "few"],
    ["pl", [21, 5, 12], "many"],
    ["cs", [2, 4], "few"],
    ["cs", [1.5], "many"],
    ["ar", [2], "two"],
    ["ar", [103], "few"],
    ["ar", [100, 102], "other"],
    ["ja", [0, 1, 2], "other"],
  ])("in %s of %j are %s", (locale, numbers, category) => {
    for (const n of numbers) expect(pluralOf(locale, n)).toBe(category);
  });
});

describe("catalogues", () => {
  const catalogues = parseCatalogues(
    [
      {
        locale: "en",
        texts: [
          { key: "hail", text: "Hail" },
          { key: "bye", text: "Farewell" },
        ],
      },
      { locale: "pt", texts: [{ key: "hail", text: "Salve" }] },
      { locale: "pt-br", texts: [] },
    ],
    "",
  );

  it("fall back from a region to its language, and from there to the first one", () => {
    expect(findMessage(catalogues, "pt-br", "hail")?.locale).toBe("pt");
    expect(findMessage(catalogues, "pt-br", "bye")?.locale).toBe("en");
    expect(findMessage(catalogues, "xx", "bye")?.locale).toBe("en");
    expect(findMessage(catalogues, "en", "nothing")).toBeUndefined();
  });
});

describe("timings", () => {
  it("follow each other without a gap in a word, and last longer for more syllables", () => {
    const { words, visemes, durationMs } = timingsOf(["banana", "ox"].map(readWordAloud));
    expect(words.map(({ word }) => word)).toEqual(["banana", "ox"]);
    expect(words[0]).toMatchObject({ fromMs: 0, untilMs: 540 });
    expect(words[1]?.fromMs).toBeGreaterThan(540);
    expect(words[1]?.untilMs).toBe(durationMs);
    expect(visemes.slice(0, 2)).toEqual([
      { viseme: "closed", fromMs: 0, untilMs: 70 },
      { viseme: "open", fromMs: 70, untilMs: 180 },
    ]);
    for (const [i, { fromMs }] of visemes.entries()) {
      expect(fromMs).toBeGreaterThanOrEqual(visemes[i - 1]?.untilMs ?? 0);
    }
  });
});
