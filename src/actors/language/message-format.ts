import { refuse } from "../common/checks.ts";
import { type PluralCategory, pluralCategories } from "./plurals.ts";

/** A part of a text: letters, a variable, or one of several texts by a number. */
export type Part =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "variable"; readonly name: string }
  | { readonly is: "number" }
  | {
      readonly is: "plural";
      readonly name: string;
      readonly exact: ReadonlyMap<number, Message>;
      readonly choices: ReadonlyMap<PluralCategory, Message>;
      readonly other: Message;
    }
  | {
      readonly is: "select";
      readonly name: string;
      readonly choices: ReadonlyMap<string, Message>;
      readonly other: Message;
    };

/** A text with places for variables, parsed. */
export type Message = readonly Part[];

export const messageCharsMax = 4_096;
const nestingMax = 4;
const choicesMax = 64;
const namePattern = /[a-z0-9_]+/y;
const keywordPattern = /=[0-9]{1,9}|[a-z0-9_-]+/y;

/**
 * Parses a text of a subset of ICU MessageFormat: `{name}`, `{n, plural, =0 {none} one {# coin} other {# coins}}`,
 * `{who, select, a {…} other {…}}`. `'{as it is}'` is not looked into, `''` is an apostrophe. Refuses what is not well
 * formed, with its position.
 */
export function parseMessage(path: string, text: string): Message {
  if (text.length > messageCharsMax) {
    refuse(path, text, `are texts of at most ${messageCharsMax} characters`);
  }
  return new Parser(path, text).parse();
}

class Parser {
  readonly #path: string;
  readonly #text: string;
  #at = 0;
  /** Where the word that was read last begins. */
  #wordAt = 0;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  parse(): Message {
    const message = this.#message(0, false);
    if (this.#at < this.#text.length) this.#fail('"}" closes nothing');
    return message;
  }

  #message(depth: number, inPlural: boolean): Message {
    const parts: Part[] = [];
    let letters = "";
    const flush = (): void => {
      if (letters !== "") parts.push({ is: "text", text: letters });
      letters = "";
    };
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at] as string;
      if (sign === "}") break;
      if (sign === "'") {
        letters += this.#quoted(inPlural);
      } else if (sign === "{") {
        flush();
        parts.push(this.#placeholder(depth));
      } else if (sign === "#" && inPlural) {
        flush();
        parts.push({ is: "number" });
        this.#at += 1;
      } else {
        letters += sign;
        this.#at += 1;
      }
    }
    flush();
    return parts;
  }

  /** What an apostrophe stands for: a pair is one, and before a brace it begins a text that is taken as it is. */
  #quoted(inPlural: boolean): string {
    this.#at += 1;
    const next = this.#text[this.#at];
    if (next === "'") {
      this.#at += 1;
      return "'";
    }
    if (next !== "{" && next !== "}" && !(next === "#" && inPlural)) return "'";
    let letters = "";
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at] as string;
      this.#at += 1;
      if (sign !== "'") letters += sign;
      else if (this.#take("'")) letters += "'";
      else break;
    }
    return letters;
  }

  #placeholder(depth: number): Part {
    if (depth >= nestingMax) this.#fail(`places are nested deeper than ${nestingMax}`);
    this.#at += 1;
    const name = this.#word(namePattern, "a name of a variable: a-z, 0-9 and _");
    if (this.#take("}")) return { is: "variable", name };
    this.#expect(",");
    const kind = this.#word(namePattern, '"plural" or "select"');
    if (kind !== "plural" && kind !== "select") {
      this.#at = this.#wordAt;
      this.#fail(`${JSON.stringify(kind)} is neither "plural" nor "select"`);
    }
    this.#expect(",");
    const choices = this.#choices(depth, kind === "plural");
    const other = choices.get("other");
    if (other === undefined) return this.#fail('the choice "other" is missing');
    this.#expect("}");
    choices.delete("other");
    if (kind === "select") return { is: "select", name, choices, other };
    return { is: "plural", name, ...this.#byNumber(choices), other };
  }

  #choices(depth: number, isPlural: boolean): Map<string, Message> {
    const choices = new Map<string, Message>();
    for (;;) {
      this.#skip();
      if (this.#text[this.#at] === "}" || this.#at >= this.#text.length) return choices;
      const keyword = this.#word(keywordPattern, "a choice");
      const known = (pluralCategories as readonly string[]).includes(keyword);
      if (isPlural && !known && !keyword.startsWith("=")) {
        this.#at = this.#wordAt;
        this.#fail(
          `${JSON.stringify(keyword)} is no choice; choices are ${pluralCategories.join(", ")} and =n`,
        );
      }
      if (choices.has(keyword)) this.#fail(`the choice ${JSON.stringify(keyword)} comes twice`);
      if (choices.size === choicesMax) this.#fail(`there are more than ${choicesMax} choices`);
      this.#expect("{");
      choices.set(keyword, this.#message(depth + 1, isPlural));
      this.#expect("}");
    }
  }

  #byNumber(choices: ReadonlyMap<string, Message>) {
    const exact = new Map<number, Message>();
    const byCategory = new Map<PluralCategory, Message>();
    for (const [keyword, message] of choices) {
      if (keyword.startsWith("=")) exact.set(Number(keyword.slice(1)), message);
      else byCategory.set(keyword as PluralCategory, message);
    }
    return { exact, choices: byCategory };
  }

  #word(pattern: RegExp, what: string): string {
    this.#skip();
    pattern.lastIndex = this.#at;
    const word = pattern.exec(this.#text)?.[0];
    if (word === undefined) return this.#fail(`${what} is missing`);
    this.#wordAt = this.#at;
    this.#at += word.length;
    this.#skip();
    return word;
  }

  #skip(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\n") this.#at += 1;
  }

  #take(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.#fail(`${JSON.stringify(sign)} is missing`);
  }

  #fail(why: string): never {
    return refuse(
      this.#path,
      this.#text,
      `are texts like "{n, plural, one {# coin} other {# coins}}": at ${this.#at + 1}, ${why}`,
    );
  }
}

/** The variables that a message names. */
export function variablesOf(message: Message, names = new Set<string>()): Set<string> {
  for (const part of message) {
    if (part.is === "text" || part.is === "number") continue;
    names.add(part.name);
    if (part.is === "variable") continue;
    variablesOf(part.other, names);
    for (const choice of part.choices.values()) variablesOf(choice, names);
    if (part.is === "plural") for (const c of part.exact.values()) variablesOf(c, names);
  }
  return names;
}
