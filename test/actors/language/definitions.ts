import type {
  ConfigureLanguage,
  LanguageDefinition,
} from "../../../src/actors/language/definition.ts";

/** Concepts as a pack has them: what NPCs speak of. */
export const concepts: readonly string[] =
  `i you we they not go come see be have do say know want give take make yes no storm rain
    wind snow sun night day morning evening today tomorrow north south east west here there
    near far home wolf bear deer horse sheep goat dog cat bird fish man woman child friend
    stranger traveller farmer smith hunter guard king queen mother father brother sister hunt
    raid fight flee hide search build mend trade buy sell sing dance celebrate fear love trust
    help thank greet warn wait bread meat apple salt cloth wool iron gold silver coin letter
    stone wood house road bridge river lake sea mountain hill field forest village town market
    well mill tower gate big small good bad old new strong weak red black white many two three
    danger peace war fair harvest festival news rumour story song`.split(/\s+/);

export function definition(over: Partial<LanguageDefinition> = {}): LanguageDefinition {
  return {
    name: "old",
    title: "Old",
    seed: 7n,
    parent: "",
    soundChanges: [],
    consonants: [],
    vowels: [],
    syllables: [],
    words: [],
    loanwords: [],
    wordOrder: "",
    ...over,
  };
}

export function configuration(over: Partial<ConfigureLanguage> = {}): ConfigureLanguage {
  return {
    lineage: [definition()],
    concepts: [...concepts],
    regions: ["moor"],
    verbs: [],
    modifiers: [],
    adverbs: [],
    inscriptions: [],
    catalogues: [],
    ...over,
  };
}
