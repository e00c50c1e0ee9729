import type { Random } from "../../runtime/index.ts";
import { oneOf } from "./templates.ts";

/** What a text may speak of. */
export const placeholders = ["place", "region", "player", "subject", "day"] as const;
export type Placeholder = (typeof placeholders)[number];
export type Facts = Readonly<Record<Placeholder, string>>;

const alternatives = /\[([^[\]]*)\]/g;
const slots = /\{([^{}]*)\}/g;

/** What stands for a fact that there is not. */
const unknown: Facts = {
  place: "this place",
  region: "this land",
  player: "somebody",
  subject: "something",
  day: "a day long ago",
};

/**
 * Writes a text: one of those that say nothing that is not known, if there is one. `[a|b]` becomes one of its
 * alternatives, and `{place}` what is known of it.
 */
export function write(texts: readonly string[], facts: Facts, random: Random): string {
  const known = texts.filter((text) => slotsIn(text).every((slot) => facts[slot as Placeholder]));
  const text = oneOf(known.length > 0 ? known : texts, random) ?? "";
  const chosen = text.replace(alternatives, (_, of: string) => oneOf(of.split("|"), random));
  const filled = chosen.replace(slots, (_, slot: Placeholder) => facts[slot] || unknown[slot]);
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}

export function slotsIn(text: string): string[] {
  return Array.from(text.matchAll(slots), ([, slot = ""]) => slot);
}

/** What is wrong with a text as a template. Undefined: nothing. */
export function faultOf(text: string): string | undefined {
  if (text.trim() === "") return "it is empty";
  const slot = slotsIn(text).find((name) => !placeholders.some((known) => known === name));
  if (slot !== undefined) return `{${slot}} is not known; known are {${placeholders.join("}, {")}}`;
  const rest = text.replace(alternatives, "").replace(slots, "");
  const stray = /[[\]{}]/.exec(rest)?.[0];
  if (stray !== undefined) return `${stray} stands alone; valid are [a|b] and {place}`;
  return undefined;
}
