import type { Catalogue } from "./catalogue.ts";
import type { WorldMemory } from "./memory.ts";

/** Who wants an event, in the word of its message. Each bit is set and cleared by the main thread only. */
export const interestBit = { main: 1, feed: 2 } as const;

/** Says which events one reader wants, by number: those that nobody wants do not leave the world. */
export function showInterest(
  { interest }: Pick<WorldMemory, "interest">,
  { messages }: Catalogue,
  wanted: ReadonlySet<number>,
  bit: number = interestBit.main,
): void {
  const words = new Int32Array(interest);
  for (const { id, event } of messages) {
    if (event && wanted.has(event.number)) Atomics.or(words, id, bit);
    else Atomics.and(words, id, ~bit);
  }
}
