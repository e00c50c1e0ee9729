import type { Category } from "./concepts.ts";
import type { Lexicon } from "./lexicon.ts";
import type { Morphology } from "./morphology.ts";
import type { Phonotactics } from "./phonotactics.ts";
import type { Word } from "./sounds.ts";

export type WordOrder = "SVO" | "SOV" | "VSO";

/** How a language orders its words. */
export interface Syntax {
  readonly order: WordOrder;
  readonly modifierFirst: boolean;
}

/** What concepts there are words for, and what those words can do in a sentence. */
export interface Vocabulary {
  readonly concepts: readonly string[];
  readonly categories: ReadonlyMap<string, Category>;
}

/** A language, generated: all that can be known of it from its definition. */
export interface Tongue {
  readonly name: string;
  readonly title: string;
  /** Name of the language that it and its relatives come from. */
  readonly family: string;
  readonly seed: bigint;
  readonly tactics: Phonotactics;
  readonly morphology: Morphology;
  readonly syntax: Syntax;
  readonly lexicon: Lexicon;
  /** Words that names are made of. */
  readonly stock: ReadonlyMap<string, Word>;
  /** Stands before words that are said in no order of the language. */
  readonly particle: Word;
  readonly parent: Tongue | undefined;
}
