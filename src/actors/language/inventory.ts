import type { Seeded } from "./seeded.ts";
import { consonants as allConsonants, type Sound, soundOfIpa } from "./sounds.ts";

/** The sounds of a language, each with how often it comes. */
export interface Inventory {
  readonly consonants: readonly Sound[];
  readonly vowels: readonly Sound[];
  readonly weights: ReadonlyMap<Sound, number>;
}

const consonantsMin = 10;
const consonantsMost = 24;

/** A voiced sound is had only by those who have the voiceless one: so it is in nearly all languages. */
const implied: Readonly<Record<string, string>> = {
  b: "p",
  d: "t",
  g: "k",
  z: "s",
  v: "f",
  ʒ: "ʃ",
  dʒ: "tʃ",
  ɣ: "x",
  ð: "θ",
  q: "k",
  ɬ: "l",
  ŋ: "n",
  ɲ: "n",
};

/** Vowel systems and how common each is. */
const vowelSystems: readonly (readonly [string, number])[] = [
  ["a e i o u", 10],
  ["a i u", 4],
  ["a ɛ e i o ɔ u", 3],
  ["a e i o u ə", 3],
  ["a e i o u y ø", 3],
  ["a e i ɨ o u", 2],
  ["æ a e i o u", 1],
];

/** Draws the sounds that are not given. */
export function drawInventory(
  random: Seeded,
  givenConsonants: readonly Sound[],
  givenVowels: readonly Sound[],
): Inventory {
  const consonants = givenConsonants.length > 0 ? givenConsonants : drawConsonants(random);
  const vowels = givenVowels.length > 0 ? givenVowels : drawVowels(random);
  return weighted(random, consonants, vowels);
}

/** Weights sounds: the common ones of all languages are common in most of them. */
export function weighted(
  random: Seeded,
  consonants: readonly Sound[],
  vowels: readonly Sound[],
): Inventory {
  const weights = new Map<Sound, number>();
  for (const sound of [...consonants, ...vowels]) {
    weights.set(sound, (0.15 + sound.share) * (0.4 + 1.2 * random.next()));
  }
  return { consonants, vowels, weights };
}

function drawConsonants(random: Seeded): Sound[] {
  const drawn = new Set(allConsonants.filter((sound) => random.chance(sound.share)));
  // From the likeliest on, so that what is implied is there before it is asked for.
  for (const sound of allConsonants) {
    const needed = implied[sound.ipa];
    if (needed !== undefined && !drawn.has(soundOfIpa(needed))) drawn.delete(sound);
  }
  for (const sound of allConsonants) if (drawn.size < consonantsMin) drawn.add(sound);
  return allConsonants.filter((sound) => drawn.has(sound)).slice(0, consonantsMost);
}

function drawVowels(random: Seeded): Sound[] {
  const [system] = random.pick(vowelSystems, ([, weight]) => weight);
  return system.split(" ").map(soundOfIpa);
}
