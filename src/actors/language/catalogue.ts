import { Rejection } from "../../runtime/index.ts";
import { checkCount, checkId, refuse } from "../common/checks.ts";
import type { ConfigureLanguage } from "./definition.ts";
import { type Message, parseMessage } from "./message-format.ts";
import { pluralOf } from "./plurals.ts";

/** Texts of a locale, parsed. */
export interface Catalogue {
  readonly locale: string;
  readonly messages: ReadonlyMap<string, Message>;
}

export type Variables = ReadonlyMap<string, string | number>;

const cataloguesMax = 32;
const textsMax = 4_000;
const localePattern = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}$/;
/** A text with its variables filled in. */
export const localisedCharsMax = 16_384;

/** Parses catalogues. Throws a Rejection that names the first thing wrong. */
export function parseCatalogues(
  catalogues: ConfigureLanguage["catalogues"],
  path: string,
): Catalogue[] {
  checkCount(`${path}catalogues`, catalogues.length, 0, cataloguesMax);
  const locales = new Set<string>();
  return catalogues.map(({ locale, texts }, i) => {
    const place = `${path}catalogues[${i}]`;
    if (!localePattern.test(locale)) {
      refuse(`${place}.locale`, locale, "are locales like en, de and pt-br");
    }
    if (locales.has(locale)) refuse(`${place}.locale`, locale, "are locales that come once");
    locales.add(locale);
    checkCount(`${place}.texts`, texts.length, 0, textsMax);
    const messages = new Map<string, Message>();
    texts.forEach(({ key, text }, j) => {
      checkId(`${place}.texts[${j}].key`, key);
      if (messages.has(key)) refuse(`${place}.texts[${j}].key`, key, "are keys that come once");
      messages.set(key, parseMessage(`${place}.texts[${j}].text`, text));
    });
    return { locale, messages };
  });
}

/** Where a text was found: in its locale, in that without its region, or in the first catalogue. */
export function findMessage(
  catalogues: readonly Catalogue[],
  locale: string,
  key: string,
): { readonly message: Message; readonly locale: string } | undefined {
  for (let name = locale; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf("-")))) {
    const message = catalogues.find((own) => own.locale === name)?.messages.get(key);
    if (message !== undefined) return { message, locale: name };
  }
  const first = catalogues[0];
  const message = first?.messages.get(key);
  return first && message && { message, locale: first.locale };
}

/** A message with its variables filled in. Throws a Rejection when one is missing or of the wrong kind. */
export function localised(message: Message, locale: string, variables: Variables): string {
  const text = filled(message, locale, variables, 0);
  if (text.length > localisedCharsMax) {
    throw new Rejection(
      "RESOURCE_EXHAUSTED",
      `the text has ${text.length} characters; at most ${localisedCharsMax} are given`,
    );
  }
  return text;
}

function filled(message: Message, locale: string, variables: Variables, number: number): string {
  let text = "";
  for (const part of message) {
    if (part.is === "text") text += part.text;
    else if (part.is === "number") text += String(number);
    else {
      const value = variables.get(part.name);
      if (value === undefined) {
        refuse("variables", [...variables.keys()].join(" "), `have a value for ${part.name}`);
      }
      if (part.is === "variable") text += String(value);
      else if (part.is === "select") {
        const choice = part.choices.get(String(value)) ?? part.other;
        text += filled(choice, locale, variables, number);
      } else {
        if (typeof value !== "number") {
          refuse(`variables.${part.name}`, value, "are numbers: the text chooses by it");
        }
        const choice = part.exact.get(value) ?? part.choices.get(pluralOf(locale, value));
        text += filled(choice ?? part.other, locale, variables, value);
      }
    }
  }
  return text;
}
