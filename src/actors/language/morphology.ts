import { type Feature, features, paradigmOf } from "./paradigms.ts";
import { isBack, isFront, type Phonotactics } from "./phonotactics.ts";
import type { Seeded } from "./seeded.ts";
import { isVowel, type Sound, soundOfIpa, type Word } from "./sounds.ts";
import { spell } from "./spelling.ts";
import { join, makeWord } from "./word-maker.ts";

export interface Affix {
  readonly sounds: Word;
  readonly isPrefix: boolean;
}

/** How a language bends its words. */
export interface Morphology {
  readonly affixes: Readonly<Record<Feature, Affix>>;
  /** Sounds that come between a word and what is added to it, where they would not fit: the first one that helps. */
  readonly links: readonly Sound[];
}

const drawsMax = 200;
/** Words that affixes are tried on. */
const samplesMax = 16;

/**
 * Draws the affixes, or keeps inherited ones as long as they can be told apart: sound changes make some of them alike, and
 * those are drawn anew.
 */
export function drawMorphology(
  random: Seeded,
  tactics: Phonotactics,
  inherited?: Readonly<Record<Feature, Affix>>,
): Morphology {
  const links = linksOf(tactics);
  const samples = Array.from({ length: samplesMax }, (_, i) =>
    makeWord(random, tactics, 1 + (i % 3)),
  );
  const mostlyPrefixes = random.chance(0.15);
  const affixes = {} as Record<Feature, Affix>;
  const known: Feature[] = [];
  for (const feature of features) {
    known.push(feature);
    affixes[feature] = inherited?.[feature] ?? drawAffix(random, tactics, mostlyPrefixes, 0);
    for (let draw = 1; draw <= drawsMax; draw += 1) {
      if (areDistinct(tactics, { affixes, links }, samples, known)) break;
      affixes[feature] = drawAffix(random, tactics, mostlyPrefixes, draw);
    }
  }
  return { affixes, links };
}

/** Whether all forms of each sample, with the affixes that are known, are spelt differently. */
function areDistinct(
  tactics: Phonotactics,
  morphology: Morphology,
  samples: readonly Word[],
  known: readonly Feature[],
): boolean {
  const forms = [...paradigmOf("noun"), ...paradigmOf("verb").slice(1)].filter((form) =>
    form.every((feature) => known.includes(feature)),
  );
  return samples.every((sample) => {
    const seen = new Set(
      forms.map((form) =>
        spell(form.reduce((word, feature) => affixed(tactics, morphology, word, feature), sample)),
      ),
    );
    return seen.size === forms.length;
  });
}

function drawAffix(
  random: Seeded,
  tactics: Phonotactics,
  mostlyPrefixes: boolean,
  draw: number,
): Affix {
  const isPrefix = random.chance(mostlyPrefixes ? 0.7 : 0.08);
  const sounds = draw < drawsMax / 2 ? drawSounds(random, tactics) : makeWord(random, tactics, 2);
  return { sounds, isPrefix };
}

/** The likeliest vowels, and consonants that are easily said between vowels. */
export function linksOf(tactics: Phonotactics): Sound[] {
  const { vowels, consonants, weights } = tactics.inventory;
  const byWeight = [...vowels].sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0));
  const soft = ["j", "n", "r", "w", "l", "t"].map(soundOfIpa);
  const between = soft.filter((sound) => consonants.includes(sound)).slice(0, 2);
  return [...byWeight.slice(0, 4), ...(between.length > 0 ? between : consonants.slice(0, 1))];
}

/** A short piece of a word: a consonant and a vowel, a vowel and a consonant, a vowel. */
function drawSounds(random: Seeded, tactics: Phonotactics): Word {
  const [consonant, vowel] = makeWord(random, { ...tactics, shapes: ["CV"] }, 1) as [Sound, Sound];
  const form = random.next();
  if (form < 0.45) return [consonant, vowel];
  if (form < 0.85 && tactics.allowed.has("CVC") && tactics.closing.has(consonant))
    return [vowel, consonant];
  return [vowel];
}

/** A word with an affix. */
export function affixed(
  tactics: Phonotactics,
  { affixes, links }: Morphology,
  word: Word,
  feature: Feature,
): Word {
  const { sounds, isPrefix } = affixes[feature];
  const fitting = tactics.harmony ? harmonised(tactics, sounds, word) : sounds;
  return isPrefix ? join(tactics, fitting, word, links) : join(tactics, word, fitting, links);
}

/** Affixes take the side of the word's vowels: front ones become back ones, and the other way about. */
function harmonised(tactics: Phonotactics, sounds: Word, word: Word): Word {
  const wantsFront = word.some(isFront);
  const wrong = wantsFront ? isBack : isFront;
  // A word of neutral vowels takes either side.
  if (!wantsFront && !word.some(isBack)) return sounds;
  const right = tactics.inventory.vowels.filter(wantsFront ? isFront : isBack);
  return sounds.map((sound) => (wrong(sound) ? nearestVowel(sound, right) : sound));
}

function nearestVowel(sound: Sound, choices: readonly Sound[]): Sound {
  let best = sound;
  let least = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    if (!isVowel(choice)) continue;
    const away =
      Math.abs(choice.height - sound.height) + (choice.rounded === sound.rounded ? 0 : 0.5);
    if (away < least) {
      least = away;
      best = choice;
    }
  }
  return best;
}
