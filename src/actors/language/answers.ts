import type {
  GetLexiconRequest,
  GetProgressRequest,
  InterpretRequest,
  LocaliseRequest,
  SpeakRequest,
  TextVariable,
  TranslateRequest,
  Understanding,
} from "../../gen/tellurion/v1/language_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { checkCount, checkId, checkInteger, checkNumber, refuse } from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { findMessage, localised, type Variables } from "./catalogue.ts";
import { type Compiled, compiledOf, type State } from "./compiled.ts";
import { exposure } from "./learning.ts";
import { glossOf } from "./lexicon.ts";
import { findListener, knowsConcept, pointsOf } from "./listeners.ts";
import { type Spoken, spokenOf, textOf, wordsMax } from "./sentence.ts";
import { ipaOf, spell } from "./spelling.ts";
import { readWordAloud, spokenWord, timingsOf } from "./timings.ts";
import { type Knows, knowsWithSkill, textBytesMax, understandingOf } from "./understanding.ts";

const lexiconLimitDefault = 100;
const lexiconLimitMax = 1_000;
const variablesMax = 64;
const variableCharsMax = 1_024;

export function tellLexicon(state: State, { offset, limit }: Plain<GetLexiconRequest>) {
  const { tongue, configuration } = compiledOf(state);
  checkInteger("limit", limit, 0, lexiconLimitMax);
  const { concepts } = configuration;
  const shown = concepts.slice(offset, offset + (limit || lexiconLimitDefault));
  const words = shown.flatMap((concept) => {
    const entry = tongue.lexicon.entries.get(concept);
    if (entry === undefined) return [];
    const { category, word, origin, source } = entry;
    const irregular = [...entry.irregular].map(([feature, form]) => {
      return `${concept}.${feature}=${spell(form)}`;
    });
    const ipa = ipaOf(tongue.tactics, word);
    return [{ concept, category, word: spell(word), ipa, origin, source, irregular }];
  });
  return { words, total: concepts.length };
}

export function translate(state: State, { text, understanding }: Plain<TranslateRequest>) {
  const compiled = compiledOf(state);
  // UTF-8 has at least as many bytes as there are characters.
  if (text.length > textBytesMax || utf8Bytes(text) > textBytesMax) {
    refuse("text", text, `are texts of at most ${textBytesMax} bytes`);
  }
  const knows = knowsOf(state, compiled, understanding);
  const { text: translated, words, share } = understandingOf(compiled.tongue, text, knows);
  return { text: translated, words: [...words], understood: share };
}

export function interpret(state: State, { glosses, understanding }: Plain<InterpretRequest>) {
  const compiled = compiledOf(state);
  const knows = knowsOf(state, compiled, understanding);
  const spoken = say(compiled, glosses);
  const said = textOf(compiled.tongue, spoken);
  const { text, words, share } = understandingOf(compiled.tongue, said, knows);
  const timings = timed(compiled, spoken);
  return { spoken: said, text, words: [...words], understood: share, timings };
}

export function speak(state: State, { glosses }: Plain<SpeakRequest>) {
  const compiled = compiledOf(state);
  const { tongue } = compiled;
  const spoken = say(compiled, glosses);
  const words = spoken.forms.map(({ word }) => ipaOf(tongue.tactics, word));
  if (spoken.marked) words.unshift(ipaOf(tongue.tactics, tongue.particle));
  return {
    text: textOf(tongue, spoken),
    ipa: words.join(" "),
    gloss: spoken.forms.map(glossOf).join(" "),
    timings: timed(compiled, spoken),
  };
}

export function tellProgress(state: State, { player }: Plain<GetProgressRequest>) {
  compiledOf(state);
  checkId("player", player);
  const listener = findListener(state, player);
  const total = state.concepts.length;
  if (listener === undefined) return { skill: 0, concepts: [], known: 0, total };
  const concepts = state.concepts.flatMap((concept, i) => {
    const points = pointsOf(listener, i);
    if (points === 0) return [];
    return [{ concept, exposures: points / exposure, known: knowsConcept(listener, i) }];
  });
  return { skill: listener.known / total, concepts, known: listener.known, total };
}

export function localise(state: State, { locale, key, variables }: Plain<LocaliseRequest>) {
  const { catalogues } = compiledOf(state);
  const found = findMessage(catalogues, locale, key);
  if (found === undefined) {
    const keys = catalogues[0]?.messages.size ?? 0;
    const where = catalogues[0] === undefined ? "no catalogues" : `${keys} texts in the first one`;
    throw new Rejection(
      "NOT_FOUND",
      `key=${JSON.stringify(key.slice(0, 80))} is in no catalogue of this language: it has ${where}`,
    );
  }
  const text = localised(found.message, found.locale, readVariables(variables));
  const words = text.split(/\s+/u).filter((word) => word !== "");
  return { text, locale: found.locale, timings: timingsOf(words.map(readWordAloud)) };
}

function readVariables(variables: readonly Plain<TextVariable>[]): Variables {
  checkCount("variables", variables.length, 0, variablesMax);
  const values = new Map<string, string | number>();
  for (const [i, { name, value }] of variables.entries()) {
    if (value.case === undefined) {
      refuse(`variables[${i}]`, name, "have a text or a number as their value");
    }
    if (value.case === "number" && !Number.isFinite(value.value)) {
      refuse(`variables[${i}].number`, value.value, "are finite numbers");
    }
    if (value.case === "text" && value.value.length > variableCharsMax) {
      refuse(`variables[${i}].text`, value.value, `have at most ${variableCharsMax} characters`);
    }
    values.set(name, value.value);
  }
  return values;
}

/** Whose understanding is asked for. */
function knowsOf(
  state: State,
  { tongue, indices }: Compiled,
  understanding: Plain<Understanding> | undefined,
): Knows {
  const whose = understanding?.whose;
  if (whose?.case === "skill") {
    checkNumber("understanding.skill", whose.value, 0, 1);
    return knowsWithSkill(tongue, whose.value);
  }
  if (whose?.case !== "player") return () => true;
  checkId("understanding.player", whose.value);
  const listener = findListener(state, whose.value);
  if (listener === undefined) return () => false;
  return (concept) => {
    const index = indices.get(concept);
    return index !== undefined && knowsConcept(listener, index);
  };
}

function say({ tongue }: Compiled, glosses: readonly string[]): Spoken {
  checkCount("glosses", glosses.length, 1, wordsMax);
  return spokenOf(tongue, glosses);
}

function timed({ tongue }: Compiled, { forms, marked }: Spoken) {
  const words = forms.map(({ spelling, word }) => spokenWord(spelling, word));
  if (marked) words.unshift(spokenWord(spell(tongue.particle), tongue.particle));
  return timingsOf(words);
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
