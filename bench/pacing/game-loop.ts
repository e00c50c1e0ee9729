import { stepMs } from "./loads.ts";

/** What a loop is asked for. */
export interface LoopRequest {
  readonly load: number;
  readonly ticks: number;
  readonly warmTicks: number;
}

/**
 * Answers the process that asks how late the ticks of a loop begin. A tick is due one delay after the one before began:
 * that is what Node's timers promise, and how they count (in whole milliseconds: 16). `begin` starts the loop.
 */
export function answerLateness(begin: (tick: () => void) => void): void {
  process.once("message", ({ load, ticks, warmTicks }: LoopRequest) => {
    const delayMs = Math.trunc(stepMs);
    const latenessMs: number[] = [];
    let count = 0;
    let lastMs = performance.now();
    begin(() => {
      const nowMs = performance.now();
      count += 1;
      if (count > warmTicks) latenessMs.push(Math.max(0, nowMs - lastMs - delayMs));
      lastMs = nowMs;
      while (performance.now() < nowMs + load * stepMs);
      if (latenessMs.length === ticks) process.send?.(latenessMs, () => process.exit());
    });
  });
}
