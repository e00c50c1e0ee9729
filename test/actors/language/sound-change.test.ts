import { describe, expect, it } from "vitest";
import { changed, parseSoundChange } from "../../../src/actors/language/sound-change.ts";
import { readWord, spell } from "../../../src/actors/language/spelling.ts";

function change(rules: string | readonly string[], word: string): string {
  const changes = [rules].flat().map((text) => parseSoundChange("rule", text));
  return spell(changed(changes, readWord(word) ?? []));
}

describe("a sound change", () => {
  it.each([
    ["p > f / _ V", "papt", "fapt"],
    ["p > f", "pap", "faf"],
    ["a > e / _ #", "kala", "kale"],
    ["s > h / # _", "sasa", "hasa"],
    ["{p t k} > {b d g} / V _ V", "patakta", "padakta"],
    ["N > n / _ #", "tamam", "taman"],
    ["V > 0 / C _ #", "taku", "tak"],
    ["V > ∅ / C _ #", "tau", "tau"],
    ["0 > e / # _ s C", "stak", "estak"],
    ["0 > e / # _ s C", "sak", "sak"],
    ["k > ch / _ {i e}", "kikaki", "chikachi"],
    ["sh > s", "shash", "sas"],
    ["a u > o", "tauk", "tok"],
    ["au > o", "tauk", "tok"],
    ["L > r / V _ V", "alala", "arara"],
    ["t > ts / _ i", "titi", "tsitsi"],
  ])("%s makes of %s %s", (rule, word, result) => {
    expect(change(rule, word)).toBe(result);
  });

  it("goes before those after it: order matters", () => {
    expect(change(["k > ch / _ i", "a > i"], "kaki")).toBe("kichi");
    expect(change(["a > i", "k > ch / _ i"], "kaki")).toBe("chichi");
  });

  it("changes all places of a word at the same time", () => {
    expect(change("a > e / a t _", "atata")).toBe("atete");
  });

  it("never takes the last vowel of a word", () => {
    expect(change("V > 0", "tak")).toBe("tak");
    expect(change(["V > 0 / _ #", "V > 0 / C _ C"], "taka")).toBe("tak");
  });

  it("knows which edges of an affix are edges of the word", () => {
    const changes = [
      parseSoundChange("rule", "a > e / _ #"),
      parseSoundChange("rule", "s > h / # _"),
    ];
    const sounds = readWord("sa") ?? [];
    expect(spell(changed(changes, sounds, { start: false, end: true }))).toBe("se");
    expect(spell(changed(changes, sounds, { start: true, end: false }))).toBe("ha");
  });
});

describe("a sound change that is not well formed is refused, with its place:", () => {
  it.each([
    ["", 'at 1, ">" is missing'],
    ["p f", 'at 4, ">" is missing'],
    [">", "at 1, nothing becomes nothing"],
    ["p > f / V", 'at 10, "_" is missing'],
    ["p > f / _ X", 'at 11, "X" is no sound'],
    ["p > 9", 'at 5, "9" is no sound'],
    ["p > V", "at 4, a place stands for more than one sound"],
    ["{p t} > {b d g}", "at 8, a place stands for more than one sound"],
    ["{p t > b", 'at 1, "{" is not closed'],
    ["{} > b", "at 2, there is nothing in the braces"],
    ["# > b", 'at 1, "#" cannot change'],
    ["0 > e", "a sound that comes in needs a place"],
    ["p > f / V # _", 'at 8, "#" stands first'],
    ["p > f / _ # V", '"#" stands last'],
    ["p > f / aaaaaaaaa _", "at 17, there are more than 8 places"],
    [`p > ${"f".repeat(120)}`, "there are more than 120 characters"],
  ])("%s", (text, why) => {
    expect(() => parseSoundChange("rule", text)).toThrow("is not valid; valid are changes like");
    expect(() => parseSoundChange("rule", text)).toThrow(why);
  });
});
