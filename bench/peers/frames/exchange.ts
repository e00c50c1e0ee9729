import { digest, plainEventAt, type ReadEvent } from "../../events.ts";

/** What a peer's process is asked for. */
export interface FramesRequest {
  readonly warmMs: number;
  readonly measureMs: number;
}

/** What it answers: events handled in how much time, and all of them compared. */
export interface FramesAnswer {
  readonly handled: number;
  readonly elapsedMs: number;
  /** Of the whole run: what was sent, and what was handled. */
  readonly sent: { readonly count: number; readonly checksum: number };
  readonly got: { readonly count: number; readonly checksum: number };
}

/** The next event to send, and the tally of those that were sent. */
export class Source {
  count = 0;
  checksum = 0;

  next(): ReadEvent {
    const event = plainEventAt(this.count);
    this.count += 1;
    this.checksum = (this.checksum + digest(event)) | 0;
    return event;
  }
}

/** What was handled. */
export class Sink {
  count = 0;
  checksum = 0;

  take(event: ReadEvent): void {
    this.count += 1;
    this.checksum = (this.checksum + digest(event)) | 0;
  }
}

/** Events on their way at most: enough to keep the receiver busy, and no more. */
export const windowMax = 4_096;
/** Events sent before the event loop goes round. */
export const turn = 1_024;

/** Runs a peer as the bench asks for it, once. */
export function servePeer(run: (request: FramesRequest) => Promise<FramesAnswer>): void {
  process.once("message", (request: FramesRequest) => {
    void run(request).then((answer) => {
      // Not every peer ends the threads that it began.
      process.send?.(answer, () => process.exit(0));
    });
  });
}

/** Sends in turns until the time is over, and then waits for what is on its way. */
export async function pump(
  { warmMs, measureMs }: FramesRequest,
  source: Source,
  handled: () => number,
  send: (event: ReadEvent) => void,
): Promise<{ handled: number; elapsedMs: number }> {
  const started = performance.now();
  const until = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const step = (): void => {
        if (performance.now() - started >= ms) {
          resolve();
          return;
        }
        const upTo = Math.min(source.count + turn, handled() + windowMax);
        while (source.count < upTo) send(source.next());
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
      if (handled() >= source.count) resolve();
      else setImmediate(look);
    };
    look();
  });
  return { handled: after.count - before.count, elapsedMs: after.atMs - before.atMs };
}
