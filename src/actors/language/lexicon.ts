import { type Category, isFrequent } from "./concepts.ts";
import { affixed, type Morphology } from "./morphology.ts";
import { type Feature, paradigmOf } from "./paradigms.ts";
import type { Phonotactics } from "./phonotactics.ts";
import { Seeded } from "./seeded.ts";
import type { Word } from "./sounds.ts";
import { spell } from "./spelling.ts";
import { makeWord } from "./word-maker.ts";

/** Where a word comes from. A parent's word is replaced where it would sound like another one. */
export type Origin = "drawn" | "given" | "borrowed" | "inherited" | "replaced";

export interface Entry {
  readonly concept: string;
  readonly category: Category;
  readonly word: Word;
  readonly origin: Origin;
  /** The language it was borrowed from, as `origin` says. */
  readonly source: string;
  /** Bent in ways of its own: the forms that no affix makes. */
  readonly irregular: ReadonlyMap<Feature, Word>;
}

/** A form of a word: what it means, and how it sounds. */
export interface Form {
  readonly concept: string;
  readonly features: readonly Feature[];
  readonly word: Word;
  readonly spelling: string;
}

/** The words of a language, all forms of which are spelt differently: what is said can be understood. */
export interface Lexicon {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly bySpelling: ReadonlyMap<string, Form>;
  /** Forms by concept and features: `wolf.dim.pl`. */
  readonly byGloss: ReadonlyMap<string, Form>;
}

/** What a word is to be before it is known whether it can be. */
export interface Proposal {
  readonly concept: string;
  readonly category: Category;
  /** A word that it shall have. Without one it is drawn. */
  readonly word: Word | undefined;
  readonly origin: Origin;
  readonly source: string;
  /** What it is bent to in ways of its own, where the word is given. */
  readonly irregular?: ReadonlyMap<Feature, Word>;
}

const drawsMax = 400;
/** So many draws, and words get a syllable longer. */
const drawsPerLength = 25;
const irregularShare = 0.12;

/** Puts a lexicon together, word by word: earlier words keep what later ones would take. */
export class LexiconBuilder {
  readonly #seed: bigint;
  readonly #tactics: Phonotactics;
  readonly #morphology: Morphology;
  readonly #entries = new Map<string, Entry>();
  readonly #bySpelling = new Map<string, Form>();
  readonly #byGloss = new Map<string, Form>();
  readonly #reserved = new Set<string>();

  constructor(seed: bigint, tactics: Phonotactics, morphology: Morphology) {
    this.#seed = seed;
    this.#tactics = tactics;
    this.#morphology = morphology;
  }

  /** Keeps a word from being taken: it means something that is no concept. */
  reserve(word: Word): void {
    this.#reserved.add(spell(word));
  }

  has(concept: string): boolean {
    return this.#entries.has(concept);
  }

  /** Adds a word. One that cannot be understood, because of another, is replaced by one that is drawn. */
  add(proposal: Proposal): Entry {
    const random = new Seeded(this.#seed, `word:${proposal.concept}`);
    const wanted = proposal.word;
    if (wanted !== undefined) {
      const irregular = proposal.irregular ?? new Map<Feature, Word>();
      const entry = { ...proposal, word: wanted, irregular };
      const forms = this.#formsOf(entry);
      if (this.#areFree(forms)) return this.#take(entry, forms);
    }
    const origin = wanted === undefined ? proposal.origin : "replaced";
    for (let draw = 0; draw < drawsMax; draw += 1) {
      const word = makeWord(random, this.#tactics, this.#drawLength(random, proposal, draw));
      const irregular = this.#drawIrregular(random, proposal, word);
      const entry = { ...proposal, word, origin, irregular };
      const forms = this.#formsOf(entry);
      if (this.#areFree(forms)) return this.#take(entry, forms);
    }
    throw new Error(`assertion failed: no word is left for ${proposal.concept}`);
  }

  build(): Lexicon {
    return { entries: this.#entries, bySpelling: this.#bySpelling, byGloss: this.#byGloss };
  }

  /** What is said often is short. */
  #drawLength(random: Seeded, { concept }: Proposal, draw: number): number {
    const more = Math.floor(draw / drawsPerLength);
    if (isFrequent(concept)) return 1 + (random.chance(0.25) ? 1 : 0) + more;
    return (random.chance(0.25) ? 1 : random.chance(0.75) ? 2 : 3) + more;
  }

  #drawIrregular(random: Seeded, proposal: Proposal, word: Word): Map<Feature, Word> {
    const irregular = new Map<Feature, Word>();
    const { concept, category } = proposal;
    if (!isFrequent(concept) || !random.chance(irregularShare)) return irregular;
    const feature = category === "verb" ? "past" : category === "noun" ? "pl" : undefined;
    if (feature === undefined) return irregular;
    irregular.set(
      feature,
      makeWord(random, this.#tactics, Math.max(2, Math.ceil(word.length / 3))),
    );
    return irregular;
  }

  #formsOf(entry: Entry): Form[] {
    return paradigmOf(entry.category).map((features) => {
      const word = bent(this.#tactics, this.#morphology, entry, features);
      return { concept: entry.concept, features, word, spelling: spell(word) };
    });
  }

  #areFree(forms: readonly Form[]): boolean {
    const own = new Set<string>();
    for (const { spelling } of forms) {
      if (own.has(spelling) || this.#isTaken(spelling)) return false;
      own.add(spelling);
    }
    return true;
  }

  #isTaken(spelling: string): boolean {
    return this.#bySpelling.has(spelling) || this.#reserved.has(spelling);
  }

  #take(entry: Entry, forms: readonly Form[]): Entry {
    this.#entries.set(entry.concept, entry);
    for (const form of forms) {
      this.#bySpelling.set(form.spelling, form);
      this.#byGloss.set(glossOf(form), form);
    }
    return entry;
  }
}

export function glossOf({ concept, features }: Pick<Form, "concept" | "features">): string {
  return features.length === 0 ? concept : `${concept}.${features.join(".")}`;
}

function bent(
  tactics: Phonotactics,
  morphology: Morphology,
  { word, irregular }: Entry,
  features: readonly Feature[],
): Word {
  let result = word;
  for (const [i, feature] of features.entries()) {
    const own = i === 0 ? irregular.get(feature) : undefined;
    result = own ?? affixed(tactics, morphology, result, feature);
  }
  return result;
}
