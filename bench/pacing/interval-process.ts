import { stepMs } from "./loads.ts";

/** What a loop is asked for. */
export interface IntervalRequest {
  readonly load: number;
  readonly ticks: number;
  readonly warmTicks: number;
}

/**
 * A game loop as it is written with setInterval. A tick is due one delay after the one before began: that is what Node
 * promises, and how it counts (in whole milliseconds: 16).
 */
process.once("message", ({ load, ticks, warmTicks }: IntervalRequest) => {
  const delayMs = Math.trunc(stepMs);
  const latenessMs: number[] = [];
  let count = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    count += 1;
    if (count > warmTicks) latenessMs.push(Math.max(0, nowMs - lastMs - delayMs));
    lastMs = nowMs;
    while (performance.now() < nowMs + load * stepMs);
    if (latenessMs.length < ticks) return;
    clearInterval(timer);
    process.send?.(latenessMs);
    process.disconnect?.();
  }, stepMs);
});
