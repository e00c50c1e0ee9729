import { nameStock } from "./concepts.ts";
import { givenWords, type LanguageDefinition, loanProposals, proposal } from "./definition.ts";
import { drawInventory } from "./inventory.ts";
import { type Entry, LexiconBuilder } from "./lexicon.ts";
import { drawMorphology } from "./morphology.ts";
import { drawPhonotactics, type Phonotactics } from "./phonotactics.ts";
import { Seeded } from "./seeded.ts";
import { type Sound, soundNamed, type Word } from "./sounds.ts";
import { spell } from "./spelling.ts";
import type { Syntax, Tongue, Vocabulary, WordOrder } from "./tongue.ts";
import { makeWord } from "./word-maker.ts";

/** Makes a language that comes from none: the seed draws all that its definition does not say. */
export function founded(definition: LanguageDefinition, vocabulary: Vocabulary): Tongue {
  const { name, seed } = definition;
  const random = new Seeded(seed, "phonology");
  const inventory = drawInventory(
    random,
    definition.consonants.map(soundOf),
    definition.vowels.map(soundOf),
  );
  const tactics = drawPhonotactics(random, inventory, definition.syllables);
  const morphology = drawMorphology(new Seeded(seed, "morphology"), tactics);
  const builder = new LexiconBuilder(seed, tactics, morphology);
  const particle = makeWord(new Seeded(seed, "particle"), tactics, 1);
  builder.reserve(particle);
  const given = givenWords(definition, vocabulary);
  const loans = loanProposals(definition, vocabulary, tactics, morphology);
  for (const word of [...given, ...loans]) builder.add(word);
  for (const concept of vocabulary.concepts) {
    if (!builder.has(concept)) builder.add(proposal(vocabulary, concept, "drawn"));
  }
  const lexicon = builder.build();
  return {
    ...{ name, seed, tactics, morphology, particle, lexicon, parent: undefined },
    title: definition.title,
    family: name,
    syntax: drawSyntax(new Seeded(seed, "syntax"), definition.wordOrder),
    stock: stockOf(seed, tactics, lexicon.entries),
  };
}

function soundOf(spelling: string): Sound {
  return soundNamed(spelling) as Sound;
}

/** Shares of word orders are those of the Earth's languages, without the rare ones. */
function drawSyntax(random: Seeded, given: string): Syntax {
  const [drawn] = random.pick(
    [
      ["SOV", 0.45],
      ["SVO", 0.43],
      ["VSO", 0.12],
    ] as const,
    ([, share]) => share,
  );
  const order = given === "" ? drawn : (given as WordOrder);
  // Languages that put the object before the verb mostly put modifiers before their noun.
  return { order, modifierFirst: random.chance(order === "SOV" ? 0.7 : 0.35) };
}

/** Short words for what names say, none of which sounds like another. */
function stockOf(
  seed: bigint,
  tactics: Phonotactics,
  entries: ReadonlyMap<string, Entry>,
): Map<string, Word> {
  const stock = new Map<string, Word>();
  const taken = new Set([...entries.values()].map(({ word }) => spell(word)));
  for (const concept of nameStock) {
    const known = entries.get(concept)?.word;
    stock.set(concept, known ?? drawStockWord(seed, tactics, concept, taken));
  }
  return stock;
}

const stockDrawsMax = 400;

function drawStockWord(
  seed: bigint,
  tactics: Phonotactics,
  concept: string,
  taken: Set<string>,
): Word {
  const random = new Seeded(seed, `stock:${concept}`);
  let word = makeWord(random, tactics, 1);
  for (let draw = 0; draw < stockDrawsMax && taken.has(spell(word)); draw += 1) {
    word = makeWord(random, tactics, 1 + Math.floor((draw + 8) / 16));
  }
  taken.add(spell(word));
  return word;
}
