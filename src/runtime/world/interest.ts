import type { Catalogue } from "./catalogue.ts";
import type { WorldMemory } from "./memory.ts";

/** Tells workers which events are listened to, by number: the others do not leave the world. */
export function showInterest(
  { interest }: WorldMemory,
  { messages }: Catalogue,
  listenedTo: ReadonlySet<number>,
): void {
  const words = new Int32Array(interest);
  for (const { id, event } of messages) {
    Atomics.store(words, id, event && listenedTo.has(event.number) ? 1 : 0);
  }
}
