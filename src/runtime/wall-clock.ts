/**
 * The wall clock in ms, for pacing and metrics: what it says never enters the world. Loaded before the traps that keep
 * actors from it.
 */
export const wallMs: () => number = performance.now.bind(performance);
