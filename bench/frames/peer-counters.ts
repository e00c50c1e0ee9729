/**
 * What two peers and the main thread share: counters only, no events.
 *
 *   word 0          stop: 1 when no more is to be sent                         main thread, once
 *   word 32 + 32 p  handled by peer p                                          peer p
 *   word 33 + 32 p  sent by peer p                                             peer p
 *   word 34 + 32 p, + 1   checksums of what peer p handled, and sent           peer p
 *   word 36 + 32 p  1 when peer p has sent its last                            peer p
 */
const stopWord = 0;
const peerWord = 32;

export const peerCount = 2;

export class PeerCounters {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(shared = new SharedArrayBuffer(peerWord * (peerCount + 1) * 4)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  stop(): void {
    Atomics.store(this.#words, stopWord, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, stopWord) === 1;
  }

  setHandled(peer: number, count: number, checksum: number): void {
    Atomics.store(this.#words, peerWord * (peer + 1) + 2, checksum);
    Atomics.store(this.#words, peerWord * (peer + 1), count);
  }

  setSent(peer: number, count: number, checksum: number): void {
    Atomics.store(this.#words, peerWord * (peer + 1) + 3, checksum);
    Atomics.store(this.#words, peerWord * (peer + 1) + 1, count);
  }

  setEnded(peer: number): void {
    Atomics.store(this.#words, peerWord * (peer + 1) + 4, 1);
  }

  hasEnded(peer: number): boolean {
    return Atomics.load(this.#words, peerWord * (peer + 1) + 4) === 1;
  }

  handled(peer: number): { count: number; checksum: number } {
    return this.#pair(peer, 0);
  }

  sent(peer: number): { count: number; checksum: number } {
    return this.#pair(peer, 1);
  }

  #pair(peer: number, which: number): { count: number; checksum: number } {
    const word = peerWord * (peer + 1) + which;
    const count = Atomics.load(this.#words, word);
    return { count, checksum: Atomics.load(this.#words, word + 2) };
  }
}
