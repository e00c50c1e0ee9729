import { isBack, isFront, mayMeet, type Phonotactics, violations } from "./phonotactics.ts";
import type { Seeded } from "./seeded.ts";
import { isVowel, type Sound, type Word } from "./sounds.ts";

const attemptsMax = 40;

/** Makes a word of so many syllables that breaks no rule of the language. */
export function makeWord(random: Seeded, tactics: Phonotactics, syllables: number): Word {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const word = tryWord(random, tactics, syllables);
    if (word !== undefined && violations(tactics, word).length === 0) return word;
  }
  return plainWord(random, tactics, syllables);
}

function tryWord(random: Seeded, tactics: Phonotactics, syllables: number): Word | undefined {
  const word: Sound[] = [];
  const side = drawSide(random, tactics);
  for (let i = 0; i < syllables; i += 1) {
    // The n-th shape comes an n-th as often as the first one.
    const shape = random.pick(tactics.shapes, (_, rank) => 1 / (rank + 1));
    for (const kind of shape) {
      const sound = drawSound(random, tactics, kind === "V", word.at(-1), side);
      if (sound === undefined) return undefined;
      word.push(sound);
    }
  }
  return word;
}

/** Syllables of a consonant and a vowel: no rule stands against them. */
function plainWord(random: Seeded, tactics: Phonotactics, syllables: number): Word {
  const word: Sound[] = [];
  const side = drawSide(random, tactics);
  for (let i = 0; i < syllables; i += 1) {
    for (const wantsVowel of [false, true]) {
      const sound = drawSound(random, tactics, wantsVowel, word.at(-1), side);
      if (sound !== undefined) word.push(sound);
    }
  }
  return word;
}

type Side = "front" | "back" | undefined;

function drawSide(random: Seeded, tactics: Phonotactics): Side {
  if (!tactics.harmony) return undefined;
  return random.chance(0.5) ? "front" : "back";
}

function drawSound(
  random: Seeded,
  tactics: Phonotactics,
  wantsVowel: boolean,
  last: Sound | undefined,
  side: Side,
): Sound | undefined {
  const { consonants, vowels, weights } = tactics.inventory;
  const fitting = (wantsVowel ? vowels : consonants).filter(
    (sound) =>
      !(last === undefined && tactics.notFirst.has(sound)) &&
      !(last !== undefined && !mayMeet(tactics, last, sound)) &&
      !(side === "front" && isBack(sound)) &&
      !(side === "back" && isFront(sound)),
  );
  if (fitting.length === 0) return undefined;
  return random.pick(fitting, (sound) => weights.get(sound) ?? 1);
}

/**
 * Two words in one: joined as they are or, where that breaks rules, with the vowel or the consonant that the language
 * puts between.
 */
export function join(tactics: Phonotactics, a: Word, b: Word, links: readonly Sound[]): Word {
  const plain = [...a, ...b];
  if (a.length === 0 || b.length === 0) return plain;
  let best: Word = plain;
  let fewest = violations(tactics, plain).length;
  for (const link of links) {
    if (fewest === 0) break;
    if (isVowel(link) && (isVowel(a.at(-1) as Sound) || isVowel(b[0] as Sound))) continue;
    const linked = [...a, link, ...b];
    const broken = violations(tactics, linked).length;
    if (broken >= fewest) continue;
    best = linked;
    fewest = broken;
  }
  return best;
}
