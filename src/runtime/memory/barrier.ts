/**
 * A barrier for a fixed number of threads: nobody leaves before everybody has come.
 *
 *   word 0    arrived: threads that wait for the present generation        written by all, with atomic add
 *   word 32   generation: counts openings; wraps                           written by the last to arrive
 *   word 64   sleeping: threads that may be in Atomics.wait                written by all, with atomic add
 *   word 96   aborted: 1 when the world gives up and nobody may wait       written by anybody, once
 *
 * Each word has 128 bytes of its own: threads spin on one while others write another. Atomics are sequentially
 * consistent, so all that a thread wrote before it arrived, also with plain stores, is seen by all who leave.
 *
 * A sleeper adds itself to `sleeping` before it waits, and the opener changes `generation` before it reads
 * `sleeping`: either the opener sees the sleeper and wakes it, or the sleeper's wait sees the new generation and
 * returns at once.
 */
export const barrierWords = 128;
const arrivedWord = 0;
const generationWord = 32;
const sleepingWord = 64;
const abortedWord = 96;

/** Longest sleep before a look at `aborted`, in ms: a guard against a lost wake-up, not needed for one. */
const sleepMsMax = 1_000;

export class Barrier {
  readonly #words: Int32Array;
  readonly #parties: number;

  constructor(words: Int32Array, parties: number) {
    this.#words = words;
    this.#parties = parties;
  }

  /**
   * Arrives, and waits for the others: looks `spins` times, then sleeps. False when the barrier was aborted.
   */
  wait(spins: number): boolean {
    const words = this.#words;
    const generation = Atomics.load(words, generationWord);
    if (Atomics.add(words, arrivedWord, 1) === this.#parties - 1) {
      this.#open();
      return !this.aborted;
    }
    for (let i = 0; i < spins; i += 1) {
      if (Atomics.load(words, generationWord) !== generation) return !this.aborted;
      Atomics.pause();
    }
    return this.#sleep(generation);
  }

  /** Any thread: makes every wait, present and future, end with false. */
  abort(): void {
    Atomics.store(this.#words, abortedWord, 1);
    Atomics.add(this.#words, generationWord, 1);
    Atomics.notify(this.#words, generationWord);
  }

  get aborted(): boolean {
    return Atomics.load(this.#words, abortedWord) === 1;
  }

  #open(): void {
    const words = this.#words;
    Atomics.store(words, arrivedWord, 0);
    Atomics.add(words, generationWord, 1);
    if (Atomics.load(words, sleepingWord) > 0) Atomics.notify(words, generationWord);
  }

  #sleep(generation: number): boolean {
    const words = this.#words;
    Atomics.add(words, sleepingWord, 1);
    while (Atomics.load(words, generationWord) === generation && !this.aborted) {
      Atomics.wait(words, generationWord, generation, sleepMsMax);
    }
    Atomics.sub(words, sleepingWord, 1);
    return !this.aborted;
  }
}
