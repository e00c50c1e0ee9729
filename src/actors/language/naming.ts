import { checkInteger } from "../common/checks.ts";
import { namePlaces, nameQualities, nameThings } from "./concepts.ts";
import { affixed } from "./morphology.ts";
import { Seeded } from "./seeded.ts";
import type { Word } from "./sounds.ts";
import { capitalised, ipaOf, spell } from "./spelling.ts";
import type { Tongue } from "./tongue.ts";
import { join } from "./word-maker.ts";

export type NameKind = "person" | "place";

/** A name, and what it means in its language. */
export interface Name {
  readonly text: string;
  readonly ipa: string;
  /** `wolf-ford`, `bright-star` */
  readonly gloss: string;
  readonly concepts: readonly string[];
}

/** Names that a language has of each kind, at least: no two of the same kind are written alike. */
export const namesMax = 4_000;

/** Names that were made, in order, by tongue: the n-th one is another than all before it. */
const made = new WeakMap<Tongue, Record<NameKind, Names>>();

/** The n-th name of a person or a place, from 0 up to `namesMax`: a function of the language's definition. */
export function nameOf(tongue: Tongue, kind: NameKind, n: number): Name {
  checkInteger("number", n, 0, namesMax - 1);
  let names = made.get(tongue);
  if (names === undefined) {
    names = { person: new Names(tongue, "person"), place: new Names(tongue, "place") };
    made.set(tongue, names);
  }
  return names[kind].at(n);
}

/** Makes names one after another, walking through all pairs of words in an order that looks like none. */
class Names {
  readonly #tongue: Tongue;
  readonly #kind: NameKind;
  readonly #firsts: readonly string[];
  readonly #seconds: readonly string[];
  readonly #start: number;
  readonly #step: number;
  readonly #names: Name[] = [];
  readonly #taken = new Set<string>();
  #walked = 0;

  constructor(tongue: Tongue, kind: NameKind) {
    const random = new Seeded(tongue.seed, `names:${kind}`);
    this.#tongue = tongue;
    this.#kind = kind;
    this.#firsts = kind === "person" ? nameQualities : [...nameQualities, ...nameThings];
    this.#seconds = kind === "person" ? nameThings : namePlaces;
    const pairs = this.#firsts.length * this.#seconds.length;
    this.#start = random.integer(pairs);
    this.#step = coprime(pairs, Math.floor(pairs * 0.38) + random.integer(97));
  }

  at(n: number): Name {
    while (this.#names.length <= n) this.#makeNext();
    return this.#names[n] as Name;
  }

  #makeNext(): void {
    const pairs = this.#firsts.length * this.#seconds.length;
    for (;;) {
      const pair = (this.#start + (this.#walked % pairs) * this.#step) % pairs;
      const round = Math.floor(this.#walked / pairs);
      this.#walked += 1;
      const first = this.#firsts[pair % this.#firsts.length] as string;
      const second = this.#seconds[Math.floor(pair / this.#firsts.length)] as string;
      if (first === second) continue;
      const name = this.#name(first, second, round);
      if (this.#taken.has(name.text)) continue;
      this.#taken.add(name.text);
      this.#names.push(name);
      return;
    }
  }

  /** In later rounds through the pairs, names get more parts. */
  #name(first: string, second: string, round: number): Name {
    const { tactics, morphology, stock } = this.#tongue;
    const word = (concept: string): Word => stock.get(concept) as Word;
    const concepts = [first, second];
    let sounds = join(tactics, word(first), word(second), morphology.links);
    let gloss = `${first}-${second}`;
    for (let i = 0; i < round; i += 1) {
      // Digits of the round choose further words, so that no two rounds give the same.
      const further = nameThings[(i * 7 + round) % nameThings.length] as string;
      concepts.unshift(further);
      sounds = join(tactics, word(further), sounds, morphology.links);
      gloss = `${further}-${gloss}`;
    }
    if (this.#kind === "person" && (this.#walked & 3) === 0) {
      sounds = affixed(tactics, morphology, sounds, "dim");
      gloss = `little ${gloss}`;
    }
    return { text: capitalised(spell(sounds)), ipa: ipaOf(tactics, sounds), gloss, concepts };
  }
}

/** The next number from `from` on that has no divisor in common with `of`. */
function coprime(of: number, from: number): number {
  let candidate = Math.max(1, from);
  while (divisor(candidate, of) !== 1) candidate += 1;
  return candidate;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
