import { type Phonotactics, syllablesOf } from "./phonotactics.ts";
import { isVowel, type Sound, soundNamed, type Word } from "./sounds.ts";

const signsMax = 3;

/** A word as it is written in Latin letters. */
export function spell(word: Word): string {
  let text = "";
  for (const sound of word) text += sound.spelling;
  return text;
}

/** The first letter large, as names have it. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Reads a word in Latin letters or IPA signs, the longest sign first. Undefined for letters that stand for no sound. */
export function readWord(text: string): Word | undefined {
  const word: Sound[] = [];
  for (let at = 0; at < text.length; ) {
    let length = Math.min(signsMax, text.length - at);
    let sound = soundNamed(text.slice(at, at + length));
    while (sound === undefined && length > 1) {
      length -= 1;
      sound = soundNamed(text.slice(at, at + length));
    }
    if (sound === undefined) return undefined;
    word.push(sound);
    at += length;
  }
  return word;
}

/** A word for text-to-speech: IPA with dots between syllables, and the stress on the last syllable but one. */
export function ipaOf(tactics: Phonotactics, word: Word): string {
  const syllables = syllablesOf(tactics, word) ?? bySound(word);
  const stressed = Math.max(0, syllables.length - 2);
  return syllables
    .map((syllable, i) => {
      const mark = i === stressed && syllables.length > 1 ? "ˈ" : i > 0 ? "." : "";
      return mark + syllable.map(({ ipa }) => ipa).join("");
    })
    .join("");
}

/** Syllables of a word that the rules do not cover: each begins with the consonant before its vowel. */
function bySound(word: Word): Word[] {
  const starts: number[] = [];
  word.forEach((sound, i) => {
    if (!isVowel(sound)) return;
    const before = word[i - 1];
    const start = before === undefined || isVowel(before) ? i : i - 1;
    starts.push(starts.length === 0 ? 0 : start);
  });
  if (starts.length === 0) return [word];
  return starts.map((start, i) => word.slice(start, starts[i + 1] ?? word.length));
}
