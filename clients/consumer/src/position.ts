/** Sequences from the first to the last one, both included. */
export type Range = readonly [first: number, last: number];

/**
 * How far a stream has been taken in one of its epochs. Plain data: JSON holds it.
 */
export interface StreamPosition {
  readonly stream: string;
  readonly epoch: string;
  /** The pack that comes next: all before it have been taken, but for those missing. */
  readonly next: number;
  /** What was given up and can still come, ascending. */
  readonly missing: readonly Range[];
}

/** More gaps than this are not remembered: a pack of the oldest one counts as taken when it comes after all. */
export const missingRangesMax = 1_000;

export function beginning(stream: string, epoch: string): StreamPosition {
  return { stream, epoch, next: 1, missing: [] };
}

export function isMissing(position: StreamPosition, sequence: number): boolean {
  return position.missing.some(([first, last]) => sequence >= first && sequence <= last);
}

/** The position after the packs up to `last` have been taken. */
export function takenUpTo(position: StreamPosition, last: number): StreamPosition {
  return { ...position, next: last + 1 };
}

/** The position after the packs up to `last` have been given up. */
export function givenUpTo(position: StreamPosition, last: number): StreamPosition {
  const missing = [...position.missing, [position.next, last] as const].slice(-missingRangesMax);
  return { ...position, next: last + 1, missing };
}

/** The position after a pack that had been given up has been taken after all. */
export function takenLate(position: StreamPosition, sequence: number): StreamPosition {
  const missing = position.missing.flatMap(([first, last]): Range[] => {
    if (sequence < first || sequence > last) return [[first, last]];
    const before: Range[] = sequence > first ? [[first, sequence - 1]] : [];
    const after: Range[] = sequence < last ? [[sequence + 1, last]] : [];
    return [...before, ...after];
  });
  return { ...position, missing: missing.slice(-missingRangesMax) };
}
