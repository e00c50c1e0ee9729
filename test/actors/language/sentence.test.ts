import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tongueOf } from "../../../src/actors/language/lineage.ts";
import { glossesOf, spokenOf, textOf } from "../../../src/actors/language/sentence.ts";
import type { Tongue, WordOrder } from "../../../src/actors/language/tongue.ts";
import {
  type Knows,
  knowsWithSkill,
  understandingOf,
} from "../../../src/actors/language/understanding.ts";
import { configuration, definition } from "./definitions.ts";

const orders: readonly WordOrder[] = ["SVO", "SOV", "VSO"];
const tongues = orders.flatMap((wordOrder) =>
  [1n, 2n, 3n, 10n].map((seed) =>
    tongueOf(configuration({ lineage: [definition({ seed, wordOrder })] })),
  ),
);
const knowsAll: Knows = () => true;

/** Any forms of any words, in any order: sense is not needed. */
function sentences(tongue: Tongue) {
  const glosses = [...tongue.lexicon.byGloss.keys()];
  return fc.array(fc.constantFrom(...glosses), { minLength: 1, maxLength: 12 });
}

describe("a sentence", () => {
  it("that the lexicon covers is understood as it was meant, whatever its words and their order", () => {
    let said = 0;
    for (const tongue of tongues) {
      fc.assert(
        fc.property(sentences(tongue), (glosses) => {
          const spoken = spokenOf(tongue, glosses);
          expect(glossesOf(tongue, spoken)).toEqual(glosses);
          const text = textOf(tongue, spoken);
          const { text: understood, share } = understandingOf(tongue, text, knowsAll);
          expect(understood).toBe(glosses.join(" "));
          expect(share).toBe(1);
          said += 1;
        }),
        { numRuns: 400 },
      );
    }
    expect(said).toBeGreaterThanOrEqual(4_800);
  });

  it("that is a simple one is said in the order of the language, without the particle", () => {
    const plain = [
      "big wolf see.past small sheep",
      "wolf.pl come north",
      "today hunter not kill wolf",
      "come here",
      "farmer.poss house burn.past today",
      "hunt.agent.pl fear two black wolf.pl",
      "good bread",
      "storm",
    ].map((text) => text.split(" "));
    const known = configuration({ concepts: [...configuration().concepts, "kill", "burn"] });
    for (const wordOrder of orders) {
      const lineage = [definition({ seed: 12n, wordOrder })];
      const tongue = tongueOf({ ...known, lineage });
      for (const glosses of plain) {
        const spoken = spokenOf(tongue, glosses);
        expect(spoken.marked, `${wordOrder} ${glosses.join(" ")}`).toBe(false);
        expect(glossesOf(tongue, spoken)).toEqual(glosses);
      }
    }
  });

  it("has its verb where the word order says, and its object marked where that is needed", () => {
    const said = (wordOrder: WordOrder): string[] => {
      const tongue = tongueOf(configuration({ lineage: [definition({ seed: 12n, wordOrder })] }));
      return spokenOf(tongue, ["wolf", "see", "sheep"]).forms.map(
        ({ concept, features }) => concept + (features.includes("obj") ? "!" : ""),
      );
    };
    expect(said("SVO")).toEqual(["wolf", "see", "sheep"]);
    expect(said("SOV")).toEqual(["wolf", "sheep!", "see"]);
    expect(said("VSO")).toEqual(["see", "wolf", "sheep!"]);
  });

  it("with a word that the language does not have is refused", () => {
    const tongue = tongues[0] as Tongue;
    expect(() => spokenOf(tongue, ["wolf", "spaceship"])).toThrow(/glosses\[1\]="spaceship"/);
    expect(() => spokenOf(tongue, ["north.pl"])).toThrow(/glosses\[0\]="north.pl"/);
  });
});

describe("understanding", () => {
  it("grows with skill: who has more understands all words that others do", () => {
    for (const tongue of tongues) {
      fc.assert(
        fc.property(
          sentences(tongue),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (glosses, a, b) => {
            const text = textOf(tongue, spokenOf(tongue, glosses));
            const of = (skill: number) =>
              understandingOf(tongue, text, knowsWithSkill(tongue, skill));
            const [less, more] = [of(Math.min(a, b)), of(Math.max(a, b))];
            expect(less.share).toBeLessThanOrEqual(more.share);
            for (const [i, { gloss }] of less.words.entries()) {
              if (gloss !== "") expect(more.words[i]?.gloss).toBe(gloss);
            }
          },
        ),
        { numRuns: 100 },
      );
    }
  });

  it("is nothing without skill, all with full skill, and about the skill's share between", () => {
    for (const tongue of tongues) {
      const known = (skill: number): number => {
        const knows = knowsWithSkill(tongue, skill);
        const concepts = [...tongue.lexicon.entries.keys()];
        return concepts.filter(knows).length / concepts.length;
      };
      expect(known(0)).toBe(0);
      expect(known(1)).toBe(1);
      expect(known(0.5)).toBeGreaterThan(0.35);
      expect(known(0.5)).toBeLessThan(0.65);
    }
  });

  it("leaves words that are not known as they are, and keeps what is no word of the language", () => {
    const tongue = tongues[0] as Tongue;
    const [wolf, storm] = ["wolf", "storm"].map((c) => tongue.lexicon.byGloss.get(c)?.spelling);
    const text = `${wolf?.toUpperCase()}, ${storm} Anna!`;
    const { text: half, share } = understandingOf(tongue, text, (concept) => concept === "wolf");
    expect(half).toBe(`wolf ${storm} Anna!`);
    expect(share).toBeCloseTo(1 / 3, 9);
  });
});
