import { type ErrorCode, TellurionError } from "../errors.ts";

/** What came of a command. */
export interface Outcome {
  readonly error: ErrorCode | undefined;
  /** The response, or the text of the error. */
  readonly payload: Uint8Array;
}

interface Entry {
  readonly digest: Uint8Array;
  outcome: Outcome | undefined;
  readonly waiting: ((outcome: Outcome) => void)[];
}

/**
 * Commands by idempotency key: under one key a command takes effect once, and everybody who asks for it under that key
 * gets the one outcome. Of settled ones the newest `keysMax` are kept.
 */
export class Inbox {
  readonly #entries = new Map<string, Entry>();
  readonly #keysMax: number;
  #settled = 0;

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  /** Takes up a command that an earlier run of the world knew. */
  restore(key: string, digest: Uint8Array, outcome: Outcome | undefined): void {
    this.#entries.set(key, { digest, outcome, waiting: [] });
    if (outcome) this.#settled += 1;
  }

  /**
   * Asks for a command. True when it has been asked for before, and `answer` gets that outcome, now or later; false when
   * it is new, and is to be carried out. Throws IDEMPOTENCY_KEY_REUSED when another command was asked for under the key.
   */
  join(key: string, digest: Uint8Array, answer: (outcome: Outcome) => void): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { digest, outcome: undefined, waiting: [answer] });
      return false;
    }
    if (Buffer.compare(entry.digest, digest) !== 0) {
      throw new TellurionError(
        "IDEMPOTENCY_KEY_REUSED",
        `idempotency key ${JSON.stringify(key)} was used for another request; use a new key for a new one`,
      );
    }
    if (entry.outcome) answer(entry.outcome);
    else entry.waiting.push(answer);
    return true;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** What was asked under a key, for those who keep it. */
  digestOf(key: string): Uint8Array | undefined {
    return this.#entries.get(key)?.digest;
  }

  /** The command has come to this. */
  settle(key: string, outcome: Outcome): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.outcome) return;
    entry.outcome = outcome;
    // Settled entries stand in the order in which they were settled.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#settled += 1;
    for (const answer of entry.waiting.splice(0)) answer(outcome);
    this.#forget();
  }

  /** The command was not taken: the key is free again. */
  release(key: string): void {
    if (this.#entries.get(key)?.outcome === undefined) this.#entries.delete(key);
  }

  #forget(): void {
    for (const [key, { outcome }] of this.#entries) {
      if (this.#settled <= this.#keysMax) return;
      if (outcome === undefined) continue;
      this.#entries.delete(key);
      this.#settled -= 1;
    }
  }
}
