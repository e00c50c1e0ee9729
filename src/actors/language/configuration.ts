import { checkCount, checkId, checkOneOf, refuse } from "../common/checks.ts";
import { type Catalogue, parseCatalogues } from "./catalogue.ts";
import { type ConfigureLanguage, type LanguageDefinition, partsOf } from "./definition.ts";
import { tongueOf } from "./lineage.ts";
import { shapePattern } from "./phonotactics.ts";
import { parseSoundChange } from "./sound-change.ts";
import { consonants, isVowel, type Sound, soundNamed, spellings, vowels } from "./sounds.ts";
import { readWord } from "./spelling.ts";
import type { Tongue } from "./tongue.ts";

export const conceptsMax = 1_024;
const lineageMax = 8;
const regionsMax = 1_000;
const soundChangesMax = 64;
const consonantsMin = 4;
const vowelsMin = 2;
const syllablesMax = 12;
const loanwordsMax = 256;
const wordCharsMax = 32;
const titleCharsMax = 128;
const inscriptionsMax = 256;
const inscriptionConceptsMax = 16;
const orders = ["SVO", "SOV", "VSO"];

/** What a checked configuration leads to. */
export interface Checked {
  readonly tongue: Tongue;
  readonly catalogues: readonly Catalogue[];
}

/**
 * Throws a Rejection that names the first thing wrong with a language's configuration; `path` is where it stands, up to its
 * fields' names. The language is made for that, which takes some tenths of a second for the largest.
 */
export function checkConfiguration(configuration: ConfigureLanguage, path = ""): Checked {
  const { lineage, concepts, regions } = configuration;
  checkConcepts(concepts, `${path}concepts`);
  const known = new Set(concepts);
  const taken = new Set<string>();
  for (const field of ["verbs", "modifiers", "adverbs"] as const) {
    checkCount(`${path}${field}`, configuration[field].length, 0, conceptsMax);
    configuration[field].forEach((concept, i) => {
      checkConcept(`${path}${field}[${i}]`, concept, known);
      if (taken.has(concept)) {
        refuse(`${path}${field}[${i}]`, concept, "are concepts in one of these lists, once");
      }
      taken.add(concept);
    });
  }
  checkCount(`${path}regions`, regions.length, 0, regionsMax);
  for (const [i, region] of regions.entries()) checkId(`${path}regions[${i}]`, region);
  checkInscriptions(configuration, path, known);
  const catalogues = parseCatalogues(configuration.catalogues, path);
  checkCount(`${path}lineage`, lineage.length, 1, lineageMax);
  for (const [i, definition] of lineage.entries()) {
    checkDefinition(definition, `${path}lineage[${i}]`, known);
    checkParent(lineage, i, `${path}lineage[${i}]`);
  }
  const tongue = tongueOf(configuration);
  const last = lineage.length - 1;
  checkGivenWords(lineage[last] as LanguageDefinition, tongue, `${path}lineage[${last}]`);
  return { tongue, catalogues };
}

function checkConcepts(concepts: readonly string[], path: string): void {
  checkCount(path, concepts.length, 1, conceptsMax);
  const seen = new Set<string>();
  for (const [i, concept] of concepts.entries()) {
    checkId(`${path}[${i}]`, concept);
    if (seen.has(concept)) refuse(`${path}[${i}]`, concept, "are concepts that come once");
    seen.add(concept);
  }
}

function checkConcept(path: string, concept: string, known: ReadonlySet<string>): void {
  if (!known.has(concept)) refuse(path, concept, "are the concepts that there are words for");
}

function checkInscriptions(
  { inscriptions }: ConfigureLanguage,
  path: string,
  known: ReadonlySet<string>,
): void {
  checkCount(`${path}inscriptions`, inscriptions.length, 0, inscriptionsMax);
  const kinds = new Set<string>();
  for (const [i, { kind, concepts }] of inscriptions.entries()) {
    const place = `${path}inscriptions[${i}]`;
    checkId(`${place}.kind`, kind);
    if (kinds.has(kind)) refuse(`${place}.kind`, kind, "are kinds that come once");
    kinds.add(kind);
    checkCount(`${place}.concepts`, concepts.length, 1, inscriptionConceptsMax);
    concepts.forEach((concept, j) => {
      checkConcept(`${place}.concepts[${j}]`, concept, known);
    });
  }
}

/** Checks a language's definition by itself. */
export function checkDefinition(
  definition: LanguageDefinition,
  path: string,
  known: ReadonlySet<string>,
): void {
  checkId(`${path}.name`, definition.name);
  checkLength(`${path}.title`, definition.title, titleCharsMax);
  checkSounds(`${path}.consonants`, definition.consonants, consonants, consonantsMin);
  checkSounds(`${path}.vowels`, definition.vowels, vowels, vowelsMin);
  checkCount(`${path}.syllables`, definition.syllables.length, 0, syllablesMax);
  for (const [i, shape] of definition.syllables.entries()) {
    if (!shapePattern.test(shape)) {
      refuse(
        `${path}.syllables[${i}]`,
        shape,
        "are a V with up to three C before and after it, like CV, CVC and CCVC",
      );
    }
  }
  checkCount(`${path}.sound_changes`, definition.soundChanges.length, 0, soundChangesMax);
  for (const [i, change] of definition.soundChanges.entries()) {
    parseSoundChange(`${path}.sound_changes[${i}]`, change);
  }
  if (definition.wordOrder !== "") checkOneOf(`${path}.word_order`, definition.wordOrder, orders);
  checkWords(definition, path, known);
}

function checkWords(
  { words, loanwords }: LanguageDefinition,
  path: string,
  known: ReadonlySet<string>,
): void {
  checkCount(`${path}.words`, words.length, 0, conceptsMax);
  checkCount(`${path}.loanwords`, loanwords.length, 0, loanwordsMax);
  const seen = new Set<string>();
  const once = (place: string, concept: string): void => {
    checkConcept(place, concept, known);
    if (seen.has(concept)) refuse(place, concept, "are concepts whose word is given once");
    seen.add(concept);
  };
  for (const [i, text] of words.entries()) {
    const place = `${path}.words[${i}]`;
    if (!text.includes("="))
      refuse(place, text, "are texts like storm=talok: a concept and its word");
    const [concept, word] = partsOf(text);
    once(place, concept);
    checkWord(place, word);
  }
  for (const [i, { concept, language, word }] of loanwords.entries()) {
    const place = `${path}.loanwords[${i}]`;
    once(`${place}.concept`, concept);
    checkId(`${place}.language`, language);
    checkWord(`${place}.word`, word);
  }
}

function checkWord(path: string, text: string): void {
  checkLength(path, text, wordCharsMax);
  if (readWord(text)?.some(isVowel)) return;
  refuse(
    path,
    text,
    `are words of the sounds ${spellings(consonants)} and, at least one, ${spellings(vowels)}`,
  );
}

function checkSounds(
  path: string,
  given: readonly string[],
  valid: readonly Sound[],
  least: number,
): void {
  if (given.length === 0) return;
  checkCount(path, given.length, least, valid.length);
  const seen = new Set<Sound>();
  for (const [i, name] of given.entries()) {
    const sound = soundNamed(name);
    if (sound === undefined || !valid.includes(sound)) {
      refuse(`${path}[${i}]`, name, `are ${spellings(valid)}`);
    }
    if (seen.has(sound)) refuse(`${path}[${i}]`, name, "are sounds that come once");
    seen.add(sound);
  }
}

function checkParent(lineage: readonly LanguageDefinition[], i: number, path: string): void {
  const definition = lineage[i] as LanguageDefinition;
  const parent = lineage[i - 1]?.name ?? "";
  if (definition.parent !== parent) {
    const valid = i === 0 ? "is none: a lineage begins with a language that comes from none" : "is";
    refuse(`${path}.parent`, definition.parent, `${valid} ${parent}`.trimEnd());
  }
  if (i === 0 && definition.soundChanges.length > 0) {
    refuse(
      `${path}.sound_changes`,
      definition.soundChanges[0],
      "are none for a language that comes from none",
    );
  }
  if (lineage.findIndex(({ name }) => name === definition.name) !== i) {
    refuse(`${path}.name`, definition.name, "are names that no ancestor has");
  }
}

/** A word that is given must be understood: none of its forms may be that of another word. */
function checkGivenWords({ words }: LanguageDefinition, tongue: Tongue, path: string): void {
  for (const [i, text] of words.entries()) {
    const [concept] = partsOf(text);
    if (tongue.lexicon.entries.get(concept)?.origin === "given") continue;
    refuse(
      `${path}.words[${i}]`,
      text,
      "are words whose forms are not those of a word given before",
    );
  }
}

function checkLength(path: string, text: string, max: number): void {
  if (text.length > max) refuse(path, text, `are texts of at most ${max} characters`);
}
