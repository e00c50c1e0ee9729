import { TokenBucket } from "./token-bucket.ts";

/** Somebody at the door. */
export interface Guest {
  admit(): void;
  /** How many are before it. */
  tellAhead(ahead: number): void;
}

/** How often the door is looked at while somebody waits, in ms. */
const lookMs = 20;
/** How often those who wait hear how many are before them, in ms. */
const tellMs = 1_000;

/** Lets clients in, in their order and at a rate. There are never more waiting than there may be connections. */
export class Door {
  readonly #bucket: TokenBucket;
  readonly #now: () => number;
  readonly #queue = new Set<Guest>();
  /** What each has been told last. */
  readonly #told = new WeakMap<Guest, number>();
  #timer: NodeJS.Timeout | undefined;
  #toldMs = 0;

  constructor(ratePerSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#bucket = new TokenBucket(ratePerSecond, burst, now());
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Lets it in at once, or when it is its turn. */
  enter(guest: Guest): void {
    if (this.#queue.size === 0 && this.#bucket.take(this.#now())) {
      guest.admit();
      return;
    }
    this.#tell(guest, this.#queue.size);
    this.#queue.add(guest);
    this.#timer ??= setInterval(() => this.look(), lookMs).unref();
  }

  leave(guest: Guest): void {
    this.#queue.delete(guest);
  }

  /** Lets in whose turn it is. */
  look(): void {
    const nowMs = this.#now();
    for (const guest of this.#queue) {
      if (!this.#bucket.take(nowMs)) break;
      this.#queue.delete(guest);
      guest.admit();
    }
    if (this.#queue.size === 0) this.close();
    else if (nowMs - this.#toldMs >= tellMs) this.#tellAll(nowMs);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tellAll(nowMs: number): void {
    this.#toldMs = nowMs;
    let ahead = 0;
    for (const guest of this.#queue) {
      if (this.#told.get(guest) !== ahead) this.#tell(guest, ahead);
      ahead += 1;
    }
  }

  #tell(guest: Guest, ahead: number): void {
    this.#told.set(guest, ahead);
    guest.tellAhead(ahead);
  }
}
