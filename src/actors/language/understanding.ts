import { type Form, glossOf } from "./lexicon.ts";
import { hash32 } from "./seeded.ts";
import { glossesOf } from "./sentence.ts";
import { spell } from "./spelling.ts";
import type { Tongue } from "./tongue.ts";

/** Whether a concept's word is understood. */
export type Knows = (concept: string) => boolean;

/** A word as it is said, and what it means to who hears it. Empty: nothing. */
export interface UnderstoodWord {
  readonly word: string;
  readonly gloss: string;
}

export interface Understood {
  readonly text: string;
  readonly words: readonly UnderstoodWord[];
  readonly share: number;
}

/** Texts to understand, in bytes and in words. */
export const textBytesMax = 4_096;

/**
 * What somebody in general understands with a skill: each concept has its place in the order in which a language is
 * learned, so that who has more skill understands all that others do.
 */
export function knowsWithSkill(tongue: Tongue, skill: number): Knows {
  return (concept) =>
    hash32(concept, Number(tongue.seed & 0xffff_ffffn)) >>> 0 < skill * 0x1_0000_0000;
}

/**
 * What is understood of a text. Words that are not known, and what is no word of the language, stay as they are. A
 * sentence of which every word is known is understood as such: in the order of glosses.
 */
export function understandingOf(tongue: Tongue, text: string, knows: Knows): Understood {
  const particle = spell(tongue.particle);
  const words: UnderstoodWord[] = [];
  const sentences: string[] = [];
  let known = 0;
  for (const sentence of text.split(/(?<=[.!?…])\s+/u)) {
    const tokens = sentence.split(/\s+/u).filter((token) => token !== "");
    const marked = bare(tokens[0] ?? "") === particle;
    const said = marked ? tokens.slice(1) : tokens;
    const forms = said.map((token) => tongue.lexicon.bySpelling.get(bare(token)));
    const ownWords = said.map((token, i) => understood(token, forms[i], knows));
    words.push(...ownWords);
    const understoodWords = ownWords.filter(({ gloss }) => gloss !== "").length;
    known += understoodWords;
    const whole = understoodWords === said.length && said.length > 0;
    if (whole) {
      const mark = /[.!?…]+$/u.exec(sentence)?.[0] ?? "";
      sentences.push(glossesOf(tongue, { forms: forms as Form[], marked }).join(" ") + mark);
    } else {
      sentences.push(ownWords.map(({ word, gloss }) => gloss || word).join(" "));
    }
  }
  const share = words.length === 0 ? 1 : known / words.length;
  return { text: sentences.join(" "), words, share };
}

function understood(token: string, form: Form | undefined, knows: Knows): UnderstoodWord {
  const gloss = form !== undefined && knows(form.concept) ? glossOf(form) : "";
  return { word: token, gloss };
}

/** A word without large letters and marks around it. */
function bare(token: string): string {
  return token.toLowerCase().replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
}
