import { nameStock } from "./concepts.ts";
import { givenWords, type LanguageDefinition, loanProposals, proposal } from "./definition.ts";
import { type Inventory, weighted } from "./inventory.ts";
import { LexiconBuilder } from "./lexicon.ts";
import { type Affix, drawMorphology } from "./morphology.ts";
import { type Feature, features } from "./paradigms.ts";
import { inheritedPhonotactics, isBack, isFront, type Phonotactics } from "./phonotactics.ts";
import { Seeded } from "./seeded.ts";
import { changed, parseSoundChange, type SoundChange } from "./sound-change.ts";
import { consonants, isVowel, type Sound, soundNamed, vowels, type Word } from "./sounds.ts";
import type { Tongue, Vocabulary, WordOrder } from "./tongue.ts";

/** Words of its parent that may break the harmony of a daughter's vowels before it is given up. */
const disharmonyMax = 0.1;

/** Makes a language out of its parent: every word, every affix goes through its sound changes. */
export function daughterOf(
  parent: Tongue,
  definition: LanguageDefinition,
  vocabulary: Vocabulary,
): Tongue {
  const { name, seed } = definition;
  const changes = definition.soundChanges.map((text) => parseSoundChange("sound_changes", text));
  const change = (word: Word): Word => changed(changes, word);
  const entries = [...parent.lexicon.entries.values()];
  const inherited = new Map(entries.map(({ concept, word }) => [concept, change(word)]));
  const changedAffixes = affixesOf(parent, changes);
  const stock = new Map([...parent.stock].map(([concept, word]) => [concept, change(word)]));
  const words = [...inherited.values(), ...stock.values()];
  const heard = [...words, ...Object.values(changedAffixes).map(({ sounds }) => sounds)];
  const tactics = tacticsOf(parent, definition, heard, words);
  const morphology = drawMorphology(new Seeded(seed, "morphology"), tactics, changedAffixes);
  const builder = new LexiconBuilder(seed, tactics, morphology);
  const particle = change(parent.particle);
  builder.reserve(particle);
  const given = givenWords(definition, vocabulary);
  const loans = loanProposals(definition, vocabulary, tactics, morphology);
  for (const word of [...given, ...loans]) builder.add(word);
  for (const { concept, word, irregular } of entries) {
    if (builder.has(concept)) continue;
    const forms = new Map([...irregular].map(([feature, form]) => [feature, change(form)]));
    const own = proposal(vocabulary, concept, "inherited", change(word));
    builder.add({ ...own, irregular: forms });
  }
  const lexicon = builder.build();
  for (const concept of nameStock) {
    const known = lexicon.entries.get(concept);
    if (known !== undefined) stock.set(concept, known.word);
  }
  const order = (definition.wordOrder || parent.syntax.order) as WordOrder;
  return {
    ...{ name, seed, tactics, morphology, particle, lexicon, stock, parent },
    title: definition.title,
    family: parent.family,
    syntax: { ...parent.syntax, order },
  };
}

/** The parent's affixes after the changes. What is beside the word is not at its edge. */
function affixesOf(
  { morphology }: Tongue,
  changes: readonly SoundChange[],
): Record<Feature, Affix> {
  const result = {} as Record<Feature, Affix>;
  for (const feature of features) {
    const { sounds, isPrefix } = morphology.affixes[feature];
    const edges = { start: isPrefix, end: !isPrefix };
    result[feature] = { sounds: changed(changes, sounds, edges), isPrefix };
  }
  return result;
}

/** The sounds that are left, and the rules of the parent as far as the words still keep them. */
function tacticsOf(
  parent: Tongue,
  definition: LanguageDefinition,
  heard: readonly Word[],
  words: readonly Word[],
): Phonotactics {
  const present = new Set(heard.flat());
  for (const name of [...definition.consonants, ...definition.vowels]) {
    present.add(soundNamed(name) as Sound);
  }
  const kept = consonants.filter((sound) => present.has(sound));
  const inventory: Inventory = weighted(
    new Seeded(definition.seed, "weights"),
    kept.length > 0 ? kept : parent.tactics.inventory.consonants,
    vowels.filter((sound) => present.has(sound)),
  );
  const tactics = inheritedPhonotactics(parent.tactics, inventory, definition.syllables);
  const closing = new Set(tactics.closing);
  for (const word of words) {
    const last = word.at(-1);
    if (last !== undefined && !isVowel(last)) closing.add(last);
  }
  const mixed = words.filter((word) => word.some(isFront) && word.some(isBack)).length;
  const harmony = tactics.harmony && mixed <= disharmonyMax * words.length;
  const opened = { ...tactics, closing, harmony };
  if (closing.size === tactics.closing.size || tactics.allowed.has("CVC")) return opened;
  // Words that lost their last vowel end in a consonant now.
  const shapes = [...tactics.shapes, "CVC"];
  return inheritedPhonotactics({ ...parent.tactics, closing, harmony }, inventory, shapes);
}
