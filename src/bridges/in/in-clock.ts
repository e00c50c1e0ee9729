/** The time that pollers wait by. Tests have one of their own. */
export interface InClock {
  /** In ms, from any beginning; nobody sets it back. */
  now(): number;
  /** Milliseconds since 1970, for deadlines of others. */
  epochMs(): number;
  /** Runs it once, in `ms` from now, unless what it returns is called before. */
  after(ms: number, run: () => void): () => void;
}

export const wallInClock: InClock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits, or less when the signal comes. */
export function rest(clock: InClock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      cancel();
      signal.removeEventListener("abort", over);
      resolve();
    };
    const cancel = clock.after(ms, over);
    signal.addEventListener("abort", over, { once: true });
  });
}
