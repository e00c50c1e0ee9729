/** Shares of a frame that its work takes. */
export const loads = [0, 0.5, 0.9] as const;

export const tickHz = 60;
export const stepMs = 1_000 / tickHz;

/** Lateness of frames, in ms: what half of them stay below, and 99 of 100. */
export function percentiles(latenessMs: readonly number[]): readonly number[] {
  const sorted = latenessMs.toSorted((a, b) => a - b);
  return [0.5, 0.99].map((share) => sorted[Math.floor(sorted.length * share)] as number);
}
