import { type Compiled, compiledOf, type State } from "./compiled.ts";
import type { LanguageDefinition } from "./definition.ts";
import type { Affix } from "./morphology.ts";
import { features } from "./paradigms.ts";
import { lexiconSimilarity } from "./similarity.ts";
import type { Sound } from "./sounds.ts";
import { spell } from "./spelling.ts";
import type { Tongue } from "./tongue.ts";

/** A language as GetLanguage tells of it. */
export function portraitOf(state: State) {
  const compiled = compiledOf(state);
  const { tongue, configuration } = compiled;
  const { tactics, morphology, syntax } = tongue;
  return {
    definition: configuration.lineage.at(-1) as LanguageDefinition,
    family: tongue.family,
    ancestors: ancestorsOf(tongue),
    consonants: tactics.inventory.consonants.map(soundOf),
    vowels: tactics.inventory.vowels.map(soundOf),
    syllables: [...tactics.shapes],
    vowelHarmony: tactics.harmony,
    wordOrder: syntax.order,
    modifierFirst: syntax.modifierFirst,
    affixes: features.map((feature) => ({
      feature,
      affix: affixText(morphology.affixes[feature]),
    })),
    words: configuration.concepts.length,
    catalogues: summaries(compiled),
    listeners: state.listeners.length,
  };
}

function ancestorsOf(tongue: Tongue) {
  const ancestors: { language: string; similarity: number }[] = [];
  for (let other = tongue.parent; other !== undefined; other = other.parent) {
    const similarity = lexiconSimilarity(tongue.lexicon, other.lexicon);
    ancestors.unshift({ language: other.name, similarity });
  }
  return ancestors;
}

function soundOf({ spelling, ipa }: Sound) {
  return { spelling, ipa };
}

function affixText({ sounds, isPrefix }: Affix): string {
  return isPrefix ? `${spell(sounds)}-` : `-${spell(sounds)}`;
}

function summaries({ catalogues }: Compiled) {
  const keys = [...(catalogues[0]?.messages.keys() ?? [])];
  return catalogues.map(({ locale, messages }) => ({
    locale,
    texts: messages.size,
    missing: keys.filter((key) => !messages.has(key)).length,
  }));
}
