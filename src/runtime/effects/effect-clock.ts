import { wallMs } from "../wall-clock.ts";

/** The time that effects wait by. Tests have one of their own. */
export interface EffectClock {
  /** In ms, from any beginning. */
  now(): number;
  /** Runs it once, in `ms` from now, unless what it returns is called before. */
  after(ms: number, run: () => void): () => void;
}

export const wallEffectClock: EffectClock = {
  now: wallMs,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
