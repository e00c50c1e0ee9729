import type { Morphology } from "./morphology.ts";
import { type Phonotactics, violations } from "./phonotactics.ts";
import { soundDistance } from "./similarity.ts";
import { isVowel, type Sound, type Word } from "./sounds.ts";
import { join } from "./word-maker.ts";

/** A word of another language as this one says it: with its own sounds, and vowels where its rules want some. */
export function adapted(tactics: Phonotactics, { links }: Morphology, word: Word): Word {
  const { consonants, vowels } = tactics.inventory;
  const near = word.map((sound) => nearest(sound, isVowel(sound) ? vowels : consonants));
  if (violations(tactics, near).length === 0) return near;
  const spread: Sound[] = [];
  for (const [i, sound] of near.entries()) {
    const last = near[i - 1];
    const vowel = links.find(isVowel);
    // A vowel between any two consonants breaks no rule of syllables.
    if (last !== undefined && !isVowel(last) && !isVowel(sound) && vowel) spread.push(vowel);
    spread.push(sound);
  }
  const ending = links.filter(isVowel).map((vowel) => [...spread, vowel]);
  const choices = [joined(tactics, near, links), spread, ...ending];
  return choices.reduce((best, choice) =>
    violations(tactics, choice).length < violations(tactics, best).length ? choice : best,
  );
}

function joined(tactics: Phonotactics, word: Word, links: readonly Sound[]): Word {
  return word.reduce<Word>((made, sound) => join(tactics, made, [sound], links), []);
}

function nearest(sound: Sound, choices: readonly Sound[]): Sound {
  return choices.reduce((best, choice) =>
    soundDistance(sound, choice) < soundDistance(sound, best) ? choice : best,
  );
}
