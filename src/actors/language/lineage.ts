import type { Category } from "./concepts.ts";
import { daughterOf } from "./daughter.ts";
import type { ConfigureLanguage } from "./definition.ts";
import { founded } from "./founding.ts";
import type { Tongue, Vocabulary } from "./tongue.ts";

/** Makes the language of a checked configuration: its ancestors first, then it. */
export function tongueOf(configuration: ConfigureLanguage): Tongue {
  const vocabulary = vocabularyOf(configuration);
  let tongue: Tongue | undefined;
  for (const definition of configuration.lineage) {
    tongue =
      tongue === undefined
        ? founded(definition, vocabulary)
        : daughterOf(tongue, definition, vocabulary);
  }
  return tongue as Tongue;
}

function vocabularyOf({ concepts, verbs, modifiers, adverbs }: ConfigureLanguage): Vocabulary {
  const categories = new Map<string, Category>();
  for (const concept of verbs) categories.set(concept, "verb");
  for (const concept of modifiers) categories.set(concept, "modifier");
  for (const concept of adverbs) categories.set(concept, "adverb");
  return { concepts, categories };
}
