/** What a peer's process is asked for. */
export interface ExchangeRequest {
  readonly what: "ask" | "ping-pong" | "spawn-stop";
  readonly warmMs: number;
  readonly measureMs: number;
}

export interface ExchangeAnswer {
  readonly perSecond: number;
  /** Microseconds that each of them took that was done alone; of those done many at a time, each turn's share. */
  readonly us: readonly number[];
}

/** Samples kept at most: an array of them is sent to another process. */
const samplesMax = 100_000;

/**
 * Does something over and over, first until the compilers have seen it, and says how long it took. `turn` returns how
 * often it was done.
 */
export async function repeat(
  { warmMs, measureMs }: ExchangeRequest,
  turn: () => Promise<number>,
): Promise<ExchangeAnswer> {
  const untilWarm = performance.now() + warmMs;
  while (performance.now() < untilWarm) await turn();
  const us: number[] = [];
  const startedMs = performance.now();
  let nowMs = startedMs;
  let done = 0;
  do {
    const count = await turn();
    const beforeMs = nowMs;
    nowMs = performance.now();
    done += count;
    if (us.length < samplesMax) us.push(((nowMs - beforeMs) * 1_000) / count);
  } while (nowMs < startedMs + measureMs);
  return { perSecond: (done / (nowMs - startedMs)) * 1_000, us };
}

/** Fails unless the answer is the one to the question. */
export function checkAnswer(answer: unknown, number: number): void {
  if (answer !== -number) throw new Error(`answer ${answer} to question ${number}`);
}
