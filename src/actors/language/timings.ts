import { isVowel, type Viseme, type Word } from "./sounds.ts";

export interface TimedWord {
  readonly word: string;
  readonly fromMs: number;
  readonly untilMs: number;
}
export interface TimedViseme {
  readonly viseme: Viseme;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** When what is said, for subtitles and for lips. */
export interface Timings {
  readonly words: TimedWord[];
  readonly visemes: TimedViseme[];
  readonly durationMs: number;
}

/** People say about five syllables in a second: half of each is its vowel. */
export const vowelMs = 110;
export const consonantMs = 70;
const pauseMs = 60;
const visemesMax = 2_048;

/** What is said of a word: its letters, and how the mouth moves. */
export interface SpokenWord {
  readonly text: string;
  readonly visemes: readonly { readonly viseme: Viseme; readonly ms: number }[];
}

/** A word of a generated language: its sounds say how the mouth moves. */
export function spokenWord(text: string, word: Word): SpokenWord {
  return {
    text,
    visemes: word.map((sound) => ({
      viseme: sound.viseme,
      ms: isVowel(sound) ? vowelMs : consonantMs,
    })),
  };
}

const letterVisemes: ReadonlyMap<string, Viseme> = new Map(
  (
    [
      ["bmp", "closed"],
      ["fv", "teeth"],
      ["tdnlr", "tongue"],
      ["sczjxy", "narrow"],
      ["eiéèêëíìîïæ", "wide"],
      ["aáàâäãå", "open"],
      ["ouwóòôöõøúùûü", "round"],
    ] as const
  ).flatMap(([letters, viseme]) => [...letters].map((letter) => [letter, viseme] as const)),
);

/** A word of a text in letters, whose sounds nobody told: its letters say about how it is said. */
export function readWordAloud(text: string): SpokenWord {
  const visemes: { viseme: Viseme; ms: number }[] = [];
  let lastIsVowel = false;
  for (const letter of text.toLowerCase()) {
    const viseme = letterVisemes.get(letter) ?? (/\p{L}|\p{N}/u.test(letter) ? "back" : undefined);
    if (viseme === undefined) continue;
    const vowel = viseme === "wide" || viseme === "open" || viseme === "round";
    // Vowels side by side are one syllable.
    visemes.push({ viseme, ms: vowel ? (lastIsVowel ? vowelMs / 2 : vowelMs) : consonantMs });
    lastIsVowel = vowel;
  }
  return { text, visemes };
}

/** Puts words one after another, with a short pause between them. The same shape of the mouth twice is one. */
export function timingsOf(words: readonly SpokenWord[]): Timings {
  const timed: TimedWord[] = [];
  const visemes: { viseme: Viseme; fromMs: number; untilMs: number }[] = [];
  let ms = 0;
  for (const [i, { text, visemes: shapes }] of words.entries()) {
    if (i > 0) ms += pauseMs;
    const fromMs = ms;
    for (const shape of shapes) {
      const last = visemes.at(-1);
      if (last?.viseme === shape.viseme && last.untilMs === ms) last.untilMs += shape.ms;
      else if (visemes.length < visemesMax) {
        visemes.push({ viseme: shape.viseme, fromMs: ms, untilMs: ms + shape.ms });
      }
      ms += shape.ms;
    }
    timed.push({ word: text, fromMs, untilMs: ms });
  }
  return { words: timed, visemes, durationMs: ms };
}
