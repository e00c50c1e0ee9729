import { refuse } from "../common/checks.ts";
import { type Category, categoryOf } from "./concepts.ts";
import type { Form } from "./lexicon.ts";
import { glossOf } from "./lexicon.ts";
import { spell } from "./spelling.ts";
import type { Tongue } from "./tongue.ts";

/** Words of a sentence, in glosses: `wolf.pl`. */
export const wordsMax = 64;

/** A sentence in the order in which it is said. It begins with the particle where it has no order of the language. */
export interface Spoken {
  readonly forms: readonly Form[];
  readonly marked: boolean;
}

/** A modifier or more with the noun that they belong to. */
type Phrase = readonly Form[];

/** The parts of a simple sentence. */
interface Clause {
  readonly opening: readonly Form[];
  readonly subject: readonly Phrase[];
  readonly verbs: readonly Form[];
  readonly object: readonly Phrase[];
  readonly closing: readonly Form[];
}

/**
 * Says glosses in a language. In glosses the doer stands before the verb and what it is done to after it; the language has
 * an order of its own, and marks the object where order does not. What fits no simple sentence is said as it stands, after
 * the particle. Either way `glossesOf` finds the glosses again.
 */
export function spokenOf(tongue: Tongue, glosses: readonly string[], path = "glosses"): Spoken {
  const forms = glosses.map((gloss, i) => formOf(tongue, gloss, `${path}[${i}]`));
  if (forms.length === 1) return { forms, marked: false };
  const clause = clauseOf(tongue, forms);
  if (clause !== undefined) {
    const ordered = orderOf(tongue, clause);
    if (ordered && sameGlosses(understoodOrder(tongue, ordered), glosses)) {
      return { forms: ordered, marked: false };
    }
  }
  return { forms, marked: true };
}

/** The glosses of a sentence as it was said: the inverse of `spokenOf`. */
export function glossesOf(tongue: Tongue, { forms, marked }: Spoken): string[] {
  return (marked ? forms : understoodOrder(tongue, forms)).map(glossOf);
}

/** A sentence in letters. */
export function textOf(tongue: Tongue, { forms, marked }: Spoken): string {
  const words = forms.map(({ spelling }) => spelling);
  return (marked ? [spell(tongue.particle), ...words] : words).join(" ");
}

/** The form that a gloss stands for. */
export function formOf(tongue: Tongue, gloss: string, path: string): Form {
  const form = tongue.lexicon.byGloss.get(gloss);
  if (form !== undefined) return form;
  return refuse(
    path,
    gloss,
    "are concepts of the language and their forms, like wolf, wolf.pl, wolf.poss, hunt.past and hunt.agent",
  );
}

function categoryIn(tongue: Tongue, { concept, features }: Form): Category {
  const category = tongue.lexicon.entries.get(concept)?.category ?? categoryOf(concept);
  // A hunter is a noun, whatever hunting is.
  return features.includes("agent") ? "noun" : category;
}

/** Reads glosses as a simple sentence. Undefined when they are none. */
function clauseOf(tongue: Tongue, forms: readonly Form[]): Clause | undefined {
  const kinds = forms.map((form) => categoryIn(tongue, form));
  const first = kinds.findIndex((kind) => kind !== "adverb");
  if (first < 0) return undefined;
  let last = forms.length;
  while (kinds[last - 1] === "adverb") last -= 1;
  const verb = kinds.indexOf("verb");
  const from = verb < 0 ? last : negated(forms, verb);
  const until = verb < 0 ? last : verb + 1;
  const subject = phrasesOf(kinds, forms, first, from);
  const object = phrasesOf(kinds, forms, until, last);
  if (subject === undefined || object === undefined) return undefined;
  return {
    opening: forms.slice(0, Math.min(first, from)),
    subject,
    verbs: forms.slice(from, until),
    object,
    closing: forms.slice(last),
  };
}

/** Where the verb begins: with the `not` before it. */
function negated(forms: readonly Form[], verb: number): number {
  return forms[verb - 1]?.concept === "not" ? verb - 1 : verb;
}

/** Nouns with their modifiers before them. Undefined where there is anything else. */
function phrasesOf(
  kinds: readonly Category[],
  forms: readonly Form[],
  start: number,
  end: number,
): Phrase[] | undefined {
  const phrases: Phrase[] = [];
  let begin = start;
  for (let i = start; i < end; i += 1) {
    if (kinds[i] === "noun") {
      phrases.push(forms.slice(begin, i + 1));
      begin = i + 1;
    } else if (kinds[i] !== "modifier") {
      return undefined;
    }
  }
  return begin < end ? undefined : phrases;
}

/** A clause as the language orders it. Undefined when a word of it cannot be marked. */
function orderOf(tongue: Tongue, clause: Clause): Form[] | undefined {
  const { order } = tongue.syntax;
  const { opening, closing, verbs } = clause;
  const subject = clause.subject.flatMap((phrase) => phraseOrder(tongue, phrase));
  const marks = order !== "SVO" && verbs.length > 0;
  const object: Form[] = [];
  for (const phrase of clause.object) {
    const head = phrase.at(-1) as Form;
    const marked = marks ? withObject(tongue, head) : head;
    if (marked === undefined) return undefined;
    object.push(...phraseOrder(tongue, [...phrase.slice(0, -1), marked]));
  }
  if (order === "SVO") return [...opening, ...subject, ...verbs, ...object, ...closing];
  if (order === "SOV") return [...opening, ...subject, ...object, ...verbs, ...closing];
  return [...opening, ...verbs, ...subject, ...object, ...closing];
}

function phraseOrder(tongue: Tongue, phrase: Phrase): Phrase {
  if (tongue.syntax.modifierFirst) return phrase;
  return [phrase.at(-1) as Form, ...phrase.slice(0, -1)];
}

function withObject(tongue: Tongue, { concept, features }: Form): Form | undefined {
  return tongue.lexicon.byGloss.get(glossOf({ concept, features: [...features, "obj"] }));
}

function withoutObject(tongue: Tongue, form: Form): Form {
  const features = form.features.filter((feature) => feature !== "obj");
  return tongue.lexicon.byGloss.get(glossOf({ concept: form.concept, features })) ?? form;
}

/** Words as they are said, in the order of glosses. Words that are in no order of the language stay where they are. */
function understoodOrder(tongue: Tongue, forms: readonly Form[]): readonly Form[] {
  const { order, modifierFirst } = tongue.syntax;
  const kinds = forms.map((form) => categoryIn(tongue, form));
  const verb = kinds.indexOf("verb");
  const from = verb < 0 ? -1 : negated(forms, verb);
  const first = kinds.findIndex((kind) => kind !== "adverb");
  let last = forms.length;
  while (last > 0 && kinds[last - 1] === "adverb") last -= 1;
  if (first < 0) return forms;
  const opening = forms.slice(0, from >= 0 ? Math.min(first, from) : first);
  const closing = forms.slice(last);
  const verbs = verb < 0 ? [] : forms.slice(from, verb + 1);
  const before = verb < 0 ? forms.slice(first, last) : forms.slice(opening.length, from);
  const after = verb < 0 ? [] : forms.slice(verb + 1, last);
  const phrases = (part: readonly Form[]): Phrase[] => readPhrases(tongue, part, modifierFirst);
  if (order === "SVO" || verb < 0) {
    const [subject, object] = [phrases(before).flat(), phrases(after).flat()];
    return [...opening, ...subject, ...verbs, ...object, ...closing];
  }
  const isObject = (phrase: Phrase): boolean =>
    phrase.some(({ features }) => features.at(-1) === "obj");
  const named = phrases([...before, ...after]);
  const subject = named.filter((phrase) => !isObject(phrase)).flat();
  const object = named
    .filter(isObject)
    .map((phrase) => phrase.map((f) => withoutObject(tongue, f)));
  return [...opening, ...subject, ...verbs, ...object.flat(), ...closing];
}

/** Groups nouns with their modifiers as the language orders them, and puts the modifiers first. */
function readPhrases(tongue: Tongue, forms: readonly Form[], modifierFirst: boolean): Phrase[] {
  const phrases: Form[][] = [];
  let open: Form[] = [];
  for (const form of forms) {
    const isNoun = categoryIn(tongue, form) === "noun";
    if (modifierFirst) {
      open.push(form);
      if (isNoun) {
        phrases.push(open);
        open = [];
      }
    } else if (isNoun) {
      phrases.push([form]);
    } else {
      const phrase = phrases.at(-1);
      if (phrase === undefined) open.push(form);
      else phrase.splice(-1, 0, form);
    }
  }
  return open.length > 0 ? [open, ...phrases] : phrases;
}

function sameGlosses(forms: readonly Form[], glosses: readonly string[]): boolean {
  return forms.length === glosses.length && forms.every((form, i) => glossOf(form) === glosses[i]);
}
