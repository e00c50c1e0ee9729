import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFrequent } from "../../../src/actors/language/concepts.ts";
import type { LanguageDefinition } from "../../../src/actors/language/definition.ts";
import { tongueOf } from "../../../src/actors/language/lineage.ts";
import { type Phonotactics, violations } from "../../../src/actors/language/phonotactics.ts";
import { Seeded } from "../../../src/actors/language/seeded.ts";
import { lexiconSimilarity } from "../../../src/actors/language/similarity.ts";
import { type Sound, soundNamed, type Word } from "../../../src/actors/language/sounds.ts";
import { ipaOf, readWord, spell } from "../../../src/actors/language/spelling.ts";
import type { Tongue } from "../../../src/actors/language/tongue.ts";
import { makeWord } from "../../../src/actors/language/word-maker.ts";
import { concepts, configuration, definition } from "./definitions.ts";

function tongue(over: Partial<LanguageDefinition> = {}): Tongue {
  return tongueOf(configuration({ lineage: [definition(over)] }));
}

/** The rules of a language, which do not depend on its words. */
function tacticsOf(over: Partial<LanguageDefinition>): Phonotactics {
  const lineage = [definition(over)];
  return tongueOf(configuration({ lineage, concepts: ["wolf"] })).tactics;
}

function daughters(seed: bigint, ...changes: readonly (readonly string[])[]): Tongue[] {
  const lineage = [definition({ name: "l0", seed })];
  const tongues = [tongueOf(configuration({ lineage }))];
  changes.forEach((soundChanges, i) => {
    const [name, parent] = [`l${i + 1}`, `l${i}`];
    lineage.push(definition({ name, parent, seed, soundChanges: [...soundChanges] }));
    tongues.push(tongueOf(configuration({ lineage: [...lineage] })));
  });
  return tongues;
}

function wordsOf({ lexicon }: Tongue): string[] {
  return [...lexicon.entries.values()].map(({ concept, word }) => `${concept}=${spell(word)}`);
}

const voiceless = "p t k q s f h ʃ x θ ɬ tʃ ts".split(" ");
const voiced = "b d g z v ʒ ɣ ð dʒ".split(" ");

/** Rules of words said once more, without the module that makes words by them. */
function faults({ shapes, closing, notFirst, hiatus }: Phonotactics, word: Word): string[] {
  const isVowel = ({ manner }: Sound): boolean => manner === "vowel";
  const pattern = word.map((sound) => (isVowel(sound) ? "V" : "C")).join("");
  const found: string[] = [];
  if (!new RegExp(`^(CV|${shapes.join("|")})+$`).test(pattern)) found.push(`has shape ${pattern}`);
  word.forEach((sound, i) => {
    const next = word[i + 1];
    const last = next === undefined;
    if (i === 0 && notFirst.has(sound)) found.push("begins wrongly");
    if (last && !isVowel(sound) && !closing.has(sound)) found.push("ends wrongly");
    if (last) return;
    if (isVowel(sound) && isVowel(next) && (!hiatus || sound === next)) found.push("hiatus");
    const [a, b] = [sound.ipa, next.ipa];
    const mixed = voiced.includes(a)
      ? voiceless.includes(b)
      : voiceless.includes(a) && voiced.includes(b);
    if (mixed) found.push(`mixes voice in ${a}${b}`);
    // Before an obstruent, nothing but the end of a syllable can stand.
    const obstruent = voiced.includes(b) || voiceless.includes(b);
    if (!isVowel(sound) && obstruent && !closing.has(sound)) {
      const cluster =
        voiceless.includes(a) && next.manner === "fricative" && sound.manner !== "fricative";
      if (!cluster) found.push(`closes with ${a}`);
    }
  });
  return found;
}

describe("generated words", () => {
  it("break no rule: 10,000 of them, in 40 languages", () => {
    let words = 0;
    for (let seed = 0n; seed < 40n; seed += 1n) {
      const tactics = tacticsOf({ seed });
      const random = new Seeded(seed, "test");
      for (let i = 0; i < 250; i += 1) {
        const word = makeWord(random, tactics, 1 + (i % 4));
        expect(violations(tactics, word), spell(word)).toEqual([]);
        expect(faults(tactics, word), spell(word)).toEqual([]);
        words += 1;
      }
    }
    expect(words).toBe(10_000);
  });

  it("break no rule in daughters either, whose rules are others", () => {
    for (let seed = 0n; seed < 5n; seed += 1n) {
      for (const { tactics } of daughters(seed, ["p > f / _ V"], ["V > 0 / C _ #"])) {
        const random = new Seeded(seed, "test");
        for (let i = 0; i < 200; i += 1) {
          expect(violations(tactics, makeWord(random, tactics, 1 + (i % 3)))).toEqual([]);
        }
      }
    }
  });

  it("break no rule when they are bent", () => {
    for (let seed = 0n; seed < 20n; seed += 1n) {
      const { tactics, lexicon } = tongue({ seed });
      for (const { word, spelling } of lexicon.bySpelling.values()) {
        expect(violations(tactics, word), spelling).toEqual([]);
      }
    }
  });

  it("break rules where they do: the rules say which", () => {
    const tactics = tacticsOf({ seed: 3n, syllables: ["CV"], consonants: ["t", "k", "m", "ng"] });
    const broken = (text: string) => violations(tactics, readWord(text) ?? []);
    expect(broken("tak")).toContain("has no such syllables");
    expect(broken("tkama")).toContain("has no such syllables");
    expect(broken("sama")).toContain("has s");
    expect(broken("aa").length).toBeGreaterThan(0);
    expect(broken("")).toEqual(["empty"]);
  });

  it("keep their vowels in harmony, where the language has one", () => {
    let harmonic = 0;
    for (let seed = 0n; seed < 12n; seed += 1n) {
      const { tactics, lexicon } = tongue({ seed, vowels: ["a", "e", "i", "o", "u", "ü", "ö"] });
      if (!tactics.harmony) continue;
      harmonic += 1;
      for (const { spelling } of lexicon.bySpelling.values()) {
        expect(spelling).not.toMatch(/[aou].*[eüö]|[eüö].*[aou]/);
      }
    }
    expect(harmonic).toBeGreaterThan(5);
  });
});

describe("a lexicon", () => {
  it("is the same for the same seed, and another for another", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (seed) => {
        const words = wordsOf(tongue({ seed }));
        expect(wordsOf(tongue({ seed }))).toEqual(words);
        const others = new Set(wordsOf(tongue({ seed: seed ^ 1n })));
        expect(words.filter((word) => others.has(word)).length).toBeLessThan(words.length / 4);
      }),
      { numRuns: 15 },
    );
  });

  it("keeps its words when concepts are added at the end", () => {
    const before = configuration();
    const after = configuration({ concepts: [...concepts, "comet", "lantern"] });
    const words = wordsOf(tongueOf(before));
    expect(wordsOf(tongueOf(after)).slice(0, words.length)).toEqual(words);
  });

  it("has no two forms that are written alike", () => {
    for (let seed = 0n; seed < 15n; seed += 1n) {
      const { lexicon, particle } = tongue({ seed });
      expect(lexicon.bySpelling.size).toBe(lexicon.byGloss.size);
      expect(lexicon.bySpelling.has(spell(particle))).toBe(false);
    }
  });

  it("has short words for what is said often", () => {
    const lengths = { frequent: [0, 0], rare: [0, 0] };
    for (let seed = 0n; seed < 10n; seed += 1n) {
      for (const { concept, word } of tongue({ seed }).lexicon.entries.values()) {
        const length = lengths[isFrequent(concept) ? "frequent" : "rare"] as [number, number];
        length[0] += word.length;
        length[1] += 1;
      }
    }
    const mean = ([sum = 0, count = 1]: number[]) => sum / count;
    expect(mean(lengths.frequent)).toBeLessThan(mean(lengths.rare) * 0.75);
  });

  it("takes words that are given, and gives the others other ones", () => {
    const given = tongue({ words: ["storm=talok", "wolf=shan"] }).lexicon;
    expect(given.entries.get("storm")).toMatchObject({ origin: "given" });
    expect(given.bySpelling.get("talok")?.concept).toBe("storm");
    expect(given.bySpelling.get("shan")?.concept).toBe("wolf");
    expect(given.bySpelling.size).toBe(given.byGloss.size);
  });

  it("has a few words that are bent in ways of their own", () => {
    const shares = Array.from({ length: 20 }, (_, seed) => {
      const entries = [...tongue({ seed: BigInt(seed) }).lexicon.entries.values()];
      return entries.filter(({ irregular }) => irregular.size > 0).length / entries.length;
    });
    const mean = shares.reduce((sum, share) => sum + share) / shares.length;
    expect(mean).toBeGreaterThan(0.005);
    expect(mean).toBeLessThan(0.06);
  });

  it("adapts loanwords to its own sounds", () => {
    const loanwords = [{ concept: "coin", language: "sea", word: "strazhbü" }];
    const { tactics, lexicon } = tongue({
      loanwords,
      consonants: ["t", "k", "s", "m", "n", "r", "b"],
      vowels: ["a", "i", "u"],
      syllables: ["CV"],
    });
    const coin = lexicon.entries.get("coin");
    expect(coin).toMatchObject({ origin: "borrowed", source: "sea" });
    expect(violations(tactics, coin?.word ?? [])).toEqual([]);
    expect(spell(coin?.word ?? [])).toMatch(/^s[aiu]t[aiu]ra/);
  });
});

describe("a daughter", () => {
  it("has its parent's words after the sound changes", () => {
    const [parent, child] = daughters(4n, ["{p b} > f / _ V", "a > e / _ #"]) as [Tongue, Tongue];
    let inherited = 0;
    for (const [concept, { word, origin }] of child.lexicon.entries) {
      if (origin !== "inherited") continue;
      inherited += 1;
      const was = spell(parent.lexicon.entries.get(concept)?.word ?? []);
      expect(spell(word)).toBe(was.replace(/[pb](?=[aeiouèòïëäüö])/g, "f").replace(/a$/, "e"));
    }
    expect(inherited).toBeGreaterThan(concepts.length * 0.9);
  });

  it("has no two words alike, though its sounds fell together: others took their place", () => {
    for (let seed = 0n; seed < 8n; seed += 1n) {
      const merged = daughters(seed, ["{e o è ò} > {i u i u}", "{b d g} > {p t k}", "V > 0 / _ #"]);
      const { lexicon } = merged[1] as Tongue;
      expect(lexicon.entries.size).toBe(concepts.length);
      expect(lexicon.bySpelling.size).toBe(lexicon.byGloss.size);
    }
  });

  it("is less like its ancestors the older they are, and like strangers least", () => {
    const changes = [
      ["p > f", "a > e / _ #", "s > h / # _"],
      ["k > ch / _ {i e}", "{b d g} > {p t k} / _ #", "u > o"],
      ["V > 0 / C _ #", "t > s / _ i", "m > n / _ #"],
    ];
    for (let seed = 1n; seed < 7n; seed += 1n) {
      const tongues = daughters(seed, ...changes);
      const youngest = tongues.at(-1) as Tongue;
      const likeness = tongues.map(({ lexicon }) => lexiconSimilarity(youngest.lexicon, lexicon));
      expect(likeness.at(-1)).toBe(1);
      expect(likeness).toEqual([...likeness].sort((a, b) => a - b));
      const stranger = lexiconSimilarity(youngest.lexicon, tongue({ seed: seed + 99n }).lexicon);
      expect(stranger).toBeLessThan(Math.min(0.5, likeness[0] ?? 0));
    }
  });
});

describe("IPA", () => {
  it("has a syllable per vowel and one stress in words of more than one", () => {
    const { tactics, lexicon } = tongue({ seed: 21n });
    for (const { word } of lexicon.bySpelling.values()) {
      const ipa = ipaOf(tactics, word);
      const vowels = word.filter(({ manner }) => manner === "vowel").length;
      expect(ipa.split(/[.ˈ]/).filter((part) => part !== "")).toHaveLength(vowels);
      expect(ipa.split("ˈ").length - 1).toBe(vowels > 1 ? 1 : 0);
    }
  });

  it("is read as the letters are: each sound has one spelling and one sign", () => {
    const all = "m n t k y p w s l r b ng d g h f ny ch sh z j v ts kh zh gh q th dh lh";
    for (const spelling of all.split(" ")) {
      expect(soundNamed(spelling)?.spelling).toBe(spelling);
      expect(readWord(spelling)).toHaveLength(1);
    }
  });
});
