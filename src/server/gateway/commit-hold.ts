import type { World } from "../../runtime/host.ts";
import type { FrameEncoder } from "./frame-encoder.ts";

interface Held {
  readonly encoder: FrameEncoder;
  readonly sinceMs: number;
  /** It may go as soon as all before it have. */
  isFree: boolean;
}

/** How often it is looked whether frames have waited long enough, in ms. */
const lookMs = 10;
/** Frames that wait at most. */
const heldMax = 1_024;

/**
 * Holds back frames with reliable events until they are on the disk, and those behind them: what a client has been told
 * then happened, whatever becomes of the server. A disk that takes nothing, or takes long, is not waited for.
 */
export class CommitHold {
  readonly #world: Pick<World, "whenKept" | "durabilityProblem">;
  readonly #waitMsMax: number;
  readonly #show: (encoder: FrameEncoder) => void;
  readonly #now: () => number;
  #held: Held[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The longest that a frame has waited, in ms. */
  longestMs = 0;

  constructor(
    world: Pick<World, "whenKept" | "durabilityProblem">,
    waitMsMax: number,
    show: (encoder: FrameEncoder) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#world = world;
    this.#waitMsMax = waitMsMax;
    this.#show = show;
    this.#now = now;
  }

  get size(): number {
    return this.#held.length;
  }

  /** Shows a frame, at once or later. */
  take(encoder: FrameEncoder): void {
    const waits =
      encoder.isReliable && this.#waitMsMax > 0 && this.#world.durabilityProblem === undefined;
    if (!waits && this.#held.length === 0) {
      this.#show(encoder);
      return;
    }
    const held: Held = { encoder, sinceMs: this.#now(), isFree: !waits };
    this.#held.push(held);
    if (waits) {
      this.#world.whenKept(encoder.frame, () => {
        held.isFree = true;
        this.#flush();
      });
    }
    if (this.#held.length > heldMax) this.#free(this.#held[0]);
    if (this.#held.length > 0) this.#timer ??= setInterval(() => this.look(), lookMs).unref();
  }

  /** Frees what has waited too long. */
  look(): void {
    const since = this.#now() - this.#waitMsMax;
    const hasProblem = this.#world.durabilityProblem !== undefined;
    for (const held of this.#held) if (hasProblem || held.sinceMs <= since) held.isFree = true;
    this.#flush();
  }

  /** Frames from this one on did not last: those that nobody has seen are not shown. */
  rewind(from: number): void {
    this.#held = this.#held.filter(({ encoder }) => encoder.frame < from);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #free(held: Held | undefined): void {
    if (held) held.isFree = true;
    this.#flush();
  }

  #flush(): void {
    while (this.#held[0]?.isFree) {
      const held = this.#held.shift() as Held;
      this.longestMs = Math.max(this.longestMs, this.#now() - held.sinceMs);
      this.#show(held.encoder);
    }
    if (this.#held.length === 0) this.close();
  }
}
