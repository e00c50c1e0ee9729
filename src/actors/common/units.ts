/** A game minute in game milliseconds, in every calendar. */
export const minuteMs = 60_000;

/** Game time runs from 0 to here, where it stands still: 285,000 years of 365 days. */
export const gameMsMax = BigInt(Number.MAX_SAFE_INTEGER);
