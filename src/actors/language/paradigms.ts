import type { Category } from "./concepts.ts";

/** What an affix adds to the meaning of a word, as glosses write it: `wolf.pl`. `obj` marks whom it is done to. */
export type Feature = "dim" | "agent" | "pl" | "past" | "poss" | "obj";

export const features: readonly Feature[] = ["dim", "agent", "pl", "past", "poss", "obj"];

type Features = readonly Feature[];

const numbers: readonly Features[] = [[], ["pl"]];
const cases: readonly Features[] = [[], ["poss"], ["obj"]];
const nominal = numbers.flatMap((number) => cases.map((end): Features => [...number, ...end]));

const paradigms: Readonly<Record<Category, readonly Features[]>> = {
  noun: [...nominal, ...nominal.map((form): Features => ["dim", ...form])],
  verb: [[], ["past"], ...nominal.map((form): Features => ["agent", ...form])],
  modifier: [[]],
  adverb: [[]],
};

/** The features that words of a category can have together, in the order in which they are added. */
export function paradigmOf(category: Category): readonly Features[] {
  return paradigms[category];
}
