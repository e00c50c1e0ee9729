import type {
  ConfigureLanguage as ConfigureMessage,
  LanguageDefinition as DefinitionMessage,
} from "../../gen/tellurion/v1/language_pb.ts";
import type { Plain } from "../common/plain.ts";
import { categoryOf } from "./concepts.ts";
import type { Origin, Proposal } from "./lexicon.ts";
import { adapted } from "./loanword.ts";
import type { Morphology } from "./morphology.ts";
import type { Phonotactics } from "./phonotactics.ts";
import type { Word } from "./sounds.ts";
import { readWord } from "./spelling.ts";
import type { Vocabulary } from "./tongue.ts";

export type LanguageDefinition = Plain<DefinitionMessage>;
export type ConfigureLanguage = Plain<ConfigureMessage>;

export function proposal(
  vocabulary: Vocabulary,
  concept: string,
  origin: Origin,
  word?: Word,
  source = "",
): Proposal {
  const category = vocabulary.categories.get(concept) ?? categoryOf(concept);
  return { concept, category, word, origin, source };
}

/** The words that a definition gives. */
export function givenWords({ words }: LanguageDefinition, vocabulary: Vocabulary): Proposal[] {
  return words.map((text) => {
    const [concept, word] = partsOf(text);
    return proposal(vocabulary, concept, "given", readWord(word));
  });
}

/** Its loanwords, as the language says them. */
export function loanProposals(
  { loanwords }: LanguageDefinition,
  vocabulary: Vocabulary,
  tactics: Phonotactics,
  morphology: Morphology,
): Proposal[] {
  return loanwords.map(({ concept, language, word }) => {
    const own = adapted(tactics, morphology, readWord(word) ?? []);
    return proposal(vocabulary, concept, "borrowed", own, language);
  });
}

/** Concept and word of a `concept=word`. */
export function partsOf(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
