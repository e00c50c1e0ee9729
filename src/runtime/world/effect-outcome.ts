import type { Cell } from "../actor/cell.ts";
import * as record from "../memory/record.ts";
import type { Segment } from "../memory/segment.ts";

// The engine looks up what is imported at each use, and these are used for each message.
const { extraWord, senderWord, sequenceWord } = record;

/** The effect that a message from outside is the outcome of, as its actor counts them, or 0. */
export function outcomeAt({ words }: Segment, at: number): number {
  const word = at >> 2;
  return words[word + senderWord] === 0 ? (words[word + sequenceWord] as number) : 0;
}

/** The effect that a message is the outcome of is no longer pending. False: it was not. */
export function takeEffect(cell: Cell, segment: Segment, at: number): boolean {
  const id = outcomeAt(segment, at);
  const frame = segment.words[(at >> 2) + extraWord] as number;
  const effect = cell.effects.get(id);
  // An actor that stopped counted its own: its address may have been given again.
  if (effect === undefined || (frame !== 0 && frame !== (effect.frame | 0))) return false;
  return cell.effects.delete(id);
}
