import { describe, expect, it } from "vitest";
import { tongueOf } from "../../../src/actors/language/lineage.ts";
import { type NameKind, nameOf, namesMax } from "../../../src/actors/language/naming.ts";
import { configuration, definition } from "./definitions.ts";

const kinds: readonly NameKind[] = ["person", "place"];

function tongueOfSeed(seed: number) {
  return tongueOf(
    configuration({ concepts: ["wolf"], lineage: [definition({ seed: BigInt(seed) })] }),
  );
}

describe("names", () => {
  it("are all different within a language and kind, whatever the seed", () => {
    for (let seed = 0; seed < 6; seed += 1) {
      const tongue = tongueOfSeed(seed);
      for (const kind of kinds) {
        const names = Array.from({ length: namesMax }, (_, n) => nameOf(tongue, kind, n).text);
        expect(new Set(names).size).toBe(namesMax);
      }
    }
  });

  it("follow from the definition and their number alone, in whatever order they are asked for", () => {
    const [one, other] = [tongueOfSeed(5), tongueOfSeed(5)];
    nameOf(other, "person", 500);
    for (const n of [17, 3, 499, 0]) {
      expect(nameOf(other, "person", n)).toEqual(nameOf(one, "person", n));
    }
    expect(nameOf(tongueOfSeed(6), "person", 3).text).not.toBe(nameOf(one, "person", 3).text);
  });

  it("mean something: they are made of words of the language", () => {
    const tongue = tongueOfSeed(9);
    for (const kind of kinds) {
      for (let n = 0; n < 200; n += 1) {
        const { concepts, gloss } = nameOf(tongue, kind, n);
        expect(concepts.length).toBeGreaterThanOrEqual(2);
        for (const concept of concepts) expect(tongue.stock.has(concept)).toBe(true);
        expect(gloss).toContain(concepts.join("-"));
      }
    }
  });

  it("are short and begin with a capital letter", () => {
    const tongue = tongueOfSeed(11);
    for (const kind of kinds) {
      const names = Array.from({ length: 2_000 }, (_, n) => nameOf(tongue, kind, n).text);
      for (const name of names) expect(name).toMatch(/^\p{Lu}\p{Ll}{1,27}$/u);
    }
  });

  it("exist up to a bound", () => {
    const tongue = tongueOfSeed(1);
    for (const n of [-1, 0.5, Number.NaN, namesMax]) {
      expect(() => nameOf(tongue, "place", n)).toThrow(
        /number=.* is not valid; valid are integers/,
      );
    }
  });
});
