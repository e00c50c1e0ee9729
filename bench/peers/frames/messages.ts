import { type PayloadName, payloadOf } from "../../payloads.ts";

/** What a peer's process is asked for. */
export interface FramesRequest {
  readonly warmMs: number;
  readonly measureMs: number;
  readonly payload: PayloadName;
  /** One sender and one receiver, one and `fan` of them, or `fan` and one. */
  readonly pattern: "pairs" | "fan-out" | "fan-in";
  readonly fan: number;
}

/** What was sent or handled. */
interface Tally {
  readonly count: number;
  readonly checksum: number;
}

/** What it answers: messages handled in how much time, and all of them compared. */
export interface FramesAnswer {
  readonly handled: number;
  readonly elapsedMs: number;
  /** Of the whole run: what was sent, and what was handled. */
  readonly sent: Tally;
  readonly got: Tally;
}

/** The next message to send, and the tally of those that were sent. */
export class Source {
  count = 0;
  checksum = 0;
  readonly #payload;

  constructor(payload: PayloadName) {
    this.#payload = payloadOf(payload);
  }

  next(): object {
    const message = this.#payload.plainAt(this.count);
    this.count += 1;
    this.checksum = (this.checksum + this.#payload.digest(message as never)) | 0;
    return message;
  }

  get tally(): Tally {
    return { count: this.count, checksum: this.checksum };
  }
}

/** What was handled. */
export class Sink {
  count = 0;
  checksum = 0;
  readonly #digest;

  constructor(payload: PayloadName) {
    this.#digest = payloadOf(payload).digest;
  }

  take(message: unknown): void {
    this.count += 1;
    this.checksum = (this.checksum + this.#digest(message as never)) | 0;
  }

  get tally(): Tally {
    return { count: this.count, checksum: this.checksum };
  }
}

/** Messages on their way at most: enough to keep the receivers busy, and no more. */
export const windowMax = 4_096;
/** Messages sent before the event loop goes round. */
export const turn = 1_024;

/**
 * Sends in turns until the time is over, and then waits for what is on its way. `sendTo` sends until so many were sent
 * in all; each of them is handled by `copies`.
 */
export async function pump(
  { warmMs, measureMs, pattern, fan }: FramesRequest,
  source: Source,
  handled: () => number,
  sendTo: (count: number) => void,
): Promise<{ handled: number; elapsedMs: number }> {
  const copies = pattern === "fan-out" ? fan : 1;
  const started = performance.now();
  const until = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const step = (): void => {
        if (performance.now() - started >= ms) {
          resolve();
          return;
        }
        sendTo(Math.min(source.count + turn, handled() / copies + windowMax));
        setImmediate(step);
      };
      step();
    });
  await until(warmMs);
  const before = { count: handled(), atMs: performance.now() };
  await until(warmMs + measureMs);
  const after = { count: handled(), atMs: performance.now() };
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (handled() >= source.count * copies) resolve();
      else setImmediate(look);
    };
    look();
  });
  return { handled: after.count - before.count, elapsedMs: after.atMs - before.atMs };
}
