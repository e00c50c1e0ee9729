import { derivedOf, factKey } from "./derived.ts";
import type { Storyteller } from "./state.ts";

/** Facts that are kept. Beyond them, the one heard of longest ago is forgotten, and counted. */
export const factsMax = 4_096;

/** Whether something is true of the whole world or, where a player is named, of the player. */
export function holdsFact(state: Storyteller, fact: string, player: string): boolean {
  const { facts } = derivedOf(state);
  return facts.has(factKey(fact, "")) || (player !== "" && facts.has(factKey(fact, player)));
}

/** Takes in that something is true from now on, or is not any more. */
export function learnFact(state: Storyteller, fact: string, player: string, holds: boolean): void {
  const { facts } = derivedOf(state);
  const key = factKey(fact, player);
  if (facts.has(key) === holds) return;
  if (!holds) {
    facts.delete(key);
    state.facts = state.facts.filter((one) => one.fact !== fact || one.player !== player);
    return;
  }
  const oldest = state.facts[0];
  if (state.facts.length >= factsMax && oldest !== undefined) {
    state.facts.shift();
    facts.delete(factKey(oldest.fact, oldest.player));
    state.factsForgotten += 1n;
  }
  state.facts.push({ fact, player });
  facts.add(key);
}
