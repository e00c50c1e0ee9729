import type { Lexicon } from "./lexicon.ts";
import { isVowel, type Place, type Sound, type Word } from "./sounds.ts";

const places: readonly Place[] = ["labial", "dental", "alveolar", "palatal", "velar", "glottal"];

/** How far two sounds are from each other, 0 to 1: by place, manner and voice, or by height, place and rounding. */
export function soundDistance(a: Sound, b: Sound): number {
  if (a === b) return 0;
  if (isVowel(a) !== isVowel(b)) return 1;
  const place = Math.abs(places.indexOf(a.place) - places.indexOf(b.place)) / (places.length - 1);
  if (isVowel(a)) {
    const height = Math.abs(a.height - b.height) / 3;
    return 0.1 + 0.4 * height + 0.3 * place + (a.rounded === b.rounded ? 0 : 0.2);
  }
  const manner = a.manner === b.manner ? 0 : 0.4;
  return 0.1 + 0.35 * place + manner + (a.voiced === b.voiced ? 0 : 0.15);
}

/** How alike two words are, 0 to 1: 1 without the changes of sounds that make one of the other, per sound. */
export function wordSimilarity(a: Word, b: Word): number {
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, sound] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      next.push(
        Math.min(
          (row[j] as number) + soundDistance(sound, other),
          (row[j + 1] as number) + 1,
          (next[j] as number) + 1,
        ),
      );
    }
    row = next;
  }
  return 1 - (row[b.length] as number) / longest;
}

/** How alike two languages are: the mean of their words for the same concepts. 0 when they share none. */
export function lexiconSimilarity(a: Lexicon, b: Lexicon): number {
  let sum = 0;
  let count = 0;
  for (const [concept, entry] of a.entries) {
    const other = b.entries.get(concept);
    if (other === undefined) continue;
    sum += wordSimilarity(entry.word, other.word);
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
