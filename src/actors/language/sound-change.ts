import { refuse } from "../common/checks.ts";
import { consonants, isVowel, type Sound, soundNamed, vowels, type Word } from "./sounds.ts";

/** One place of a rule: any of some sounds, or the edge of the word. */
type Slot = readonly Sound[] | "edge";

/** A regular change of sounds, in an environment: `p > f / _ V`. */
export interface SoundChange {
  readonly from: readonly (readonly Sound[])[];
  readonly to: readonly (readonly Sound[])[];
  readonly left: readonly Slot[];
  readonly right: readonly Slot[];
}

/** Which ends of a piece of a word are ends of the word. */
export interface Edges {
  readonly start: boolean;
  readonly end: boolean;
}

export const soundChangeCharsMax = 120;
const slotsMax = 8;
const wholeWord: Edges = { start: true, end: true };

const classes: ReadonlyMap<string, readonly Sound[]> = new Map([
  ["C", consonants],
  ["V", vowels],
  ["S", consonants.filter(({ manner }) => manner === "stop" || manner === "affricate")],
  ["F", consonants.filter(({ manner }) => manner === "fricative")],
  ["N", consonants.filter(({ manner }) => manner === "nasal")],
  ["L", consonants.filter(({ manner }) => manner === "liquid")],
]);

/** Reads a sound change. Refuses one that is not well formed, and says where. */
export function parseSoundChange(path: string, text: string): SoundChange {
  const fail = (at: number, why: string): never =>
    refuse(path, text, `are changes like "p > f / _ V": at ${at + 1}, ${why}`);
  if (text.length > soundChangeCharsMax) {
    fail(soundChangeCharsMax, `there are more than ${soundChangeCharsMax} characters`);
  }
  const arrow = text.indexOf(">");
  if (arrow < 0) fail(text.length, '">" is missing');
  const slash = text.indexOf("/", arrow);
  const end = slash < 0 ? text.length : slash;
  const from = sounds(readSlots(text, 0, arrow, fail), 0, fail);
  const to = sounds(readSlots(text, arrow + 1, end, fail), arrow + 1, fail);
  if (from.length === 0 && to.length === 0) fail(0, "nothing becomes nothing");
  checkTargets(from, to, arrow + 1, fail);
  const gap = slash < 0 ? -1 : text.indexOf("_", slash);
  if (slash >= 0 && gap < 0) fail(text.length, '"_" is missing: it stands for what changes');
  const left = gap < 0 ? [] : readSlots(text, slash + 1, gap, fail);
  const right = gap < 0 ? [] : readSlots(text, gap + 1, text.length, fail);
  if (left.lastIndexOf("edge") > 0) fail(slash + 1, '"#" stands first on the left of "_"');
  if (right.includes("edge") && right.indexOf("edge") < right.length - 1) {
    fail(gap + 1, '"#" stands last on the right of "_"');
  }
  if (from.length === 0 && left.length + right.length === 0) {
    fail(text.length, "a sound that comes in needs a place: an environment");
  }
  return { from, to, left, right };
}

type Fail = (at: number, why: string) => never;

function readSlots(text: string, start: number, end: number, fail: Fail): Slot[] {
  const slots: Slot[] = [];
  for (let at = start; at < end; ) {
    const sign = text[at] as string;
    if (sign === " " || sign === "0" || sign === "∅") {
      at += 1;
      continue;
    }
    if (slots.length === slotsMax) fail(at, `there are more than ${slotsMax} places`);
    if (sign === "#") {
      slots.push("edge");
      at += 1;
    } else if (sign === "{") {
      const close = text.indexOf("}", at);
      if (close < 0 || close > end) fail(at, '"{" is not closed');
      slots.push(readChoices(text, at + 1, close, fail));
      at = close + 1;
    } else {
      const [slot, length] = readSlot(text, at, end, fail);
      slots.push(slot);
      at += length;
    }
  }
  return slots;
}

function readChoices(text: string, start: number, end: number, fail: Fail): Sound[] {
  const choices: Sound[] = [];
  for (let at = start; at < end; ) {
    if (text[at] === " " || text[at] === ",") {
      at += 1;
      continue;
    }
    const [slot, length] = readSlot(text, at, end, fail);
    choices.push(...slot);
    at += length;
  }
  if (choices.length === 0) fail(start, "there is nothing in the braces");
  return choices;
}

function readSlot(text: string, at: number, end: number, fail: Fail): [readonly Sound[], number] {
  const known = classes.get(text[at] as string);
  if (known !== undefined) return [known, 1];
  for (let length = Math.min(3, end - at); length > 0; length -= 1) {
    const sound = soundNamed(text.slice(at, at + length));
    if (sound !== undefined) return [[sound], length];
  }
  const names = [...classes.keys()].join(" ");
  return fail(at, `${JSON.stringify(text[at])} is no sound; classes are ${names}, "#" is the edge`);
}

function sounds(slots: readonly Slot[], at: number, fail: Fail): (readonly Sound[])[] {
  return slots.map((slot) => (slot === "edge" ? fail(at, '"#" cannot change') : slot));
}

/** What sounds become must be plain: one for each, or one for all. */
function checkTargets(
  from: SoundChange["from"],
  to: SoundChange["to"],
  at: number,
  fail: Fail,
): void {
  to.forEach((target, i) => {
    const source = from[i];
    const pairs = from.length === to.length && source?.length === target.length;
    if (target.length !== 1 && !pairs) {
      fail(at, "a place stands for more than one sound; say one, or as many in braces as change");
    }
  });
}

/** A word after changes, one after another. A change that would take its last vowel leaves it alone. */
export function changed(
  changes: readonly SoundChange[],
  word: Word,
  edges: Edges = wholeWord,
): Word {
  let result = word;
  for (const change of changes) {
    const next = applied(change, result, edges);
    if (next.some(isVowel)) result = next;
  }
  return result;
}

/** All places of a word change at the same time. */
function applied({ from, to, left, right }: SoundChange, word: Word, edges: Edges): Word {
  const result: Sound[] = [];
  for (let at = 0; at <= word.length; ) {
    const matches =
      at + from.length <= word.length &&
      from.every((slot, i) => slot.includes(word[at + i] as Sound)) &&
      holds(left, word, at - left.length, edges) &&
      holds(right, word, at + from.length, edges);
    if (matches) {
      to.forEach((target, i) => {
        const index = target.length === 1 ? 0 : (from[i]?.indexOf(word[at + i] as Sound) ?? 0);
        result.push(target[index] as Sound);
      });
    }
    if (matches && from.length > 0) {
      at += from.length;
    } else {
      const kept = word[at];
      if (kept !== undefined) result.push(kept);
      at += 1;
    }
  }
  return result;
}

function holds(slots: readonly Slot[], word: Word, start: number, edges: Edges): boolean {
  return slots.every((slot, i) => {
    const at = start + i;
    if (slot === "edge") return at < 0 ? at === -1 && edges.start : at === word.length && edges.end;
    const sound = word[at];
    return sound !== undefined && slot.includes(sound);
  });
}
