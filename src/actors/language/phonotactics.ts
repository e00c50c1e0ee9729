import type { Inventory } from "./inventory.ts";
import type { Seeded } from "./seeded.ts";
import { isObstruent, isVowel, type Sound, sonorityOf, type Word } from "./sounds.ts";

/** How a language's sounds may follow each other. */
export interface Phonotactics {
  readonly inventory: Inventory;
  /** What syllables are drawn from, the likeliest first: `CV`, `CVC`, `V`. */
  readonly shapes: readonly string[];
  /** All shapes that syllables may have: a shape may lose consonants at its edges. */
  readonly allowed: ReadonlySet<string>;
  /** The same, in a bit for each number of consonants before and after the vowel: see `shapeBit`. */
  readonly allowedBits: number;
  /** Sounds that no word begins with. */
  readonly notFirst: ReadonlySet<Sound>;
  /** Sounds that may close a syllable. */
  readonly closing: ReadonlySet<Sound>;
  /** Vowels may meet. Two of the same never do. */
  readonly hiatus: boolean;
  /** A consonant may follow itself. */
  readonly geminates: boolean;
  /** The vowels of a word are all front or all back ones, but for the neutral `i` and `ə`. */
  readonly harmony: boolean;
}

export const shapePattern = /^C{0,3}VC{0,3}$/;

const shapeSets: readonly (readonly [string, number])[] = [
  ["CV", 1],
  ["CV V", 2],
  ["CV CVC V", 4],
  ["CV CVC V VC", 4],
  ["CVC CV VC", 2],
  ["CV CVC CCV CCVC V", 3],
  ["CVC CV CCVC CVCC VC", 2],
];

export function drawPhonotactics(
  random: Seeded,
  inventory: Inventory,
  givenShapes: readonly string[],
): Phonotactics {
  const [drawn] = random.pick(shapeSets, ([, weight]) => weight);
  const shapes = givenShapes.length > 0 ? givenShapes : drawn.split(" ");
  const { consonants, vowels } = inventory;
  const nasalsOnly = random.chance(0.2);
  const devoices = random.chance(0.4);
  const ngFirst = random.chance(0.3);
  const harmonic = vowels.some(({ ipa }) => ipa === "y" || ipa === "ø");
  const harmony = random.chance(harmonic ? 0.8 : 0.12);
  return {
    inventory,
    shapes,
    ...closure(shapes),
    notFirst: new Set(consonants.filter(({ ipa }) => ipa === "ŋ" && !ngFirst)),
    closing: new Set(
      consonants.filter(
        (sound) =>
          sound.manner !== "glide" &&
          sound.ipa !== "h" &&
          !(devoices && isObstruent(sound) && sound.voiced) &&
          (!nasalsOnly || sound.manner === "nasal" || sound.manner === "liquid"),
      ),
    ),
    hiatus: random.chance(0.4),
    geminates: random.chance(0.15),
    harmony: harmony && vowels.some(isFront) && vowels.some(isBack),
  };
}

/** The rules for words that were not made by them: a daughter keeps its parent's, with its own sounds. */
export function inheritedPhonotactics(
  parent: Phonotactics,
  inventory: Inventory,
  givenShapes: readonly string[],
): Phonotactics {
  const shapes = givenShapes.length > 0 ? givenShapes : parent.shapes;
  const was = parent.inventory.consonants;
  const { consonants, vowels } = inventory;
  return {
    ...parent,
    inventory,
    shapes,
    ...closure(shapes),
    closing: new Set(consonants.filter((s) => parent.closing.has(s) || !was.includes(s))),
    harmony: parent.harmony && vowels.some(isFront) && vowels.some(isBack),
  };
}

/** Shapes, those that are left of them when consonants at their edges go, and CV, which all languages have. */
function closure(shapes: readonly string[]): Pick<Phonotactics, "allowed" | "allowedBits"> {
  const allowed = new Set(["CV"]);
  for (const shape of shapes) {
    const vowel = shape.indexOf("V");
    // Consonants go at the end; at the beginning all but one do, unless the shape begins with its vowel.
    for (let first = 0; first <= Math.max(0, vowel - 1); first += 1) {
      for (let end = vowel + 1; end <= shape.length; end += 1) {
        allowed.add(shape.slice(first, end));
      }
    }
  }
  let allowedBits = 0;
  for (const shape of allowed) {
    const vowel = shape.indexOf("V");
    allowedBits |= shapeBit(vowel, shape.length - vowel - 1);
  }
  return { allowed, allowedBits };
}

function shapeBit(before: number, after: number): number {
  return before > 3 || after > 3 ? 0 : 1 << (before * 4 + after);
}

/** Names the rules that a word breaks. */
export function violations(tactics: Phonotactics, word: Word): string[] {
  const broken: string[] = [];
  const { consonants, vowels } = tactics.inventory;
  const first = word[0];
  if (first === undefined) return ["empty"];
  if (tactics.notFirst.has(first)) broken.push(`begins with ${first.ipa}`);
  for (const [i, sound] of word.entries()) {
    if (!(isVowel(sound) ? vowels : consonants).includes(sound)) broken.push(`has ${sound.ipa}`);
    const next = word[i + 1];
    if (next !== undefined && !mayMeet(tactics, sound, next)) {
      broken.push(`${next.ipa} follows ${sound.ipa}`);
    }
  }
  if (tactics.harmony && word.some(isFront) && word.some(isBack)) broken.push("mixes its vowels");
  if (syllablesOf(tactics, word) === undefined) broken.push("has no such syllables");
  return broken;
}

/** Whether two sounds may stand beside each other, in one syllable or two. */
export function mayMeet(tactics: Phonotactics, a: Sound, b: Sound): boolean {
  if (isVowel(a) && isVowel(b)) return tactics.hiatus && a !== b;
  if (isVowel(a) || isVowel(b)) return true;
  if (a === b) return tactics.geminates;
  if (isObstruent(a) && isObstruent(b)) {
    // Voice is that of the whole cluster, and hisses do not follow hisses.
    return a.voiced === b.voiced && !(a.place === b.place && a.manner === b.manner);
  }
  return true;
}

/** Whether two consonants may stand together at the beginning of a syllable: loudness rises. */
function mayOpen(a: Sound, b: Sound): boolean {
  return sonorityOf(a) < sonorityOf(b) && !(a.place === b.place && a.manner === "stop");
}

/** The syllables of a word, by the longest beginnings. Undefined when it has no syllables of allowed shapes. */
export function syllablesOf(tactics: Phonotactics, word: Word): Word[] | undefined {
  // For each place, where the syllable that ends there begins; -1: none can end there.
  const starts = new Array<number>(word.length + 1).fill(-1);
  starts[0] = 0;
  for (let end = 1; end <= word.length; end += 1) {
    for (let start = Math.max(0, end - 7); start < end; start += 1) {
      if (starts[start] === -1 || !isSyllable(tactics, word, start, end)) continue;
      starts[end] = start;
      break;
    }
  }
  if (starts[word.length] === -1) return undefined;
  const syllables: Word[] = [];
  for (let end = word.length; end > 0; end = starts[end] as number) {
    syllables.unshift(word.slice(starts[end], end));
  }
  return syllables;
}

function isSyllable(tactics: Phonotactics, word: Word, start: number, end: number): boolean {
  let vowel = -1;
  for (let i = start; i < end; i += 1) {
    if (!isVowel(word[i] as Sound)) continue;
    if (vowel >= 0) return false;
    vowel = i;
  }
  if (vowel < 0) return false;
  if ((tactics.allowedBits & shapeBit(vowel - start, end - 1 - vowel)) === 0) return false;
  for (let i = start; i + 1 < vowel; i += 1) {
    if (!mayOpen(word[i] as Sound, word[i + 1] as Sound)) return false;
  }
  for (let i = vowel + 1; i < end; i += 1) {
    const sound = word[i] as Sound;
    if (!tactics.closing.has(sound)) return false;
    if (i > vowel + 1 && !mayOpen(sound, word[i - 1] as Sound)) return false;
  }
  return true;
}

export function isFront(sound: Sound): boolean {
  return isVowel(sound) && sound.place === "labial" && sound.ipa !== "i";
}

export function isBack(sound: Sound): boolean {
  return isVowel(sound) && (sound.place === "velar" || sound.ipa === "a");
}
