/**
 * Words that the main thread, the conductor, the workers and the journal's thread share. Each group has 128 bytes of
 * its own. All are read by anybody, with atomic loads.
 *
 *   word 0, 1     committed: the last frame that is on the disk, 64 bits       journal's thread
 *   word 2        degraded: 1 when what is posted does not get to the disk      journal's thread
 *   word 32       wantSnapshot: 1 when the journal needs a snapshot to bridge   journal's thread sets, conductor
 *                 what was lost                                                 clears when it has begun one
 *   word 34, 35   begun: the frame of the snapshot that was begun for it        conductor, before it clears word 32
 *   word 64       queuedBytes: bytes of entries on their way to the journal     who posts adds, journal's thread
 *                                                                               subtracts
 *   word 65       framesRung: 1 when the journal has been told of frames in    conductor sets, journal's thread
 *                 their ring                                                    clears
 *   word 96       lost: 1 when an entry was dropped because too much was        who drops sets, journal's thread
 *                 queued                                                        clears
 *
 * Whoever drops an entry sets `lost` before it posts the next one, and the journal's thread looks at `lost` after it
 * has taken what was posted: so it never takes an entry for the next one of those it has while one in between is lost.
 */
const committedDouble = 0;
const degradedWord = 2;
const wantSnapshotWord = 32;
const begunDouble = 17;
const queuedBytesWord = 64;
const framesRungWord = 65;
const lostWord = 96;
const statusWords = 128;

export function createJournalStatusMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(statusWords * Int32Array.BYTES_PER_ELEMENT);
}

export class JournalStatus {
  readonly #words: Int32Array;
  /** The same memory in units of 64 bits: a frame is never read half. */
  readonly #doubles: BigInt64Array;

  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared);
    this.#doubles = new BigInt64Array(shared);
  }

  /** The last frame that is on the disk with all before it. It never goes back. */
  get committed(): number {
    return Number(Atomics.load(this.#doubles, committedDouble));
  }

  /** Journal's thread. */
  setCommitted(frame: number): void {
    Atomics.store(this.#doubles, committedDouble, BigInt(frame));
  }

  get degraded(): boolean {
    return Atomics.load(this.#words, degradedWord) === 1;
  }

  /** Journal's thread. */
  setDegraded(degraded: boolean): void {
    Atomics.store(this.#words, degradedWord, degraded ? 1 : 0);
  }

  get snapshotWanted(): boolean {
    return Atomics.load(this.#words, wantSnapshotWord) === 1;
  }

  /** The frame of the last snapshot that was begun because one was wanted. */
  get snapshotBegun(): number {
    return Number(Atomics.load(this.#doubles, begunDouble));
  }

  /** Journal's thread: asks the conductor for a snapshot. */
  wantSnapshot(): void {
    Atomics.store(this.#words, wantSnapshotWord, 1);
  }

  /** Conductor: says that the snapshot of this frame is the one that was wanted. Before it posts a part of it. */
  beginSnapshot(frame: number): void {
    Atomics.store(this.#doubles, begunDouble, BigInt(frame));
    Atomics.store(this.#words, wantSnapshotWord, 0);
  }

  get queuedBytes(): number {
    return Atomics.load(this.#words, queuedBytesWord);
  }

  /** Any thread, before it posts an entry. */
  addQueued(bytes: number): void {
    Atomics.add(this.#words, queuedBytesWord, bytes);
  }

  /** Journal's thread, when it has taken an entry. */
  subtractQueued(bytes: number): void {
    Atomics.sub(this.#words, queuedBytesWord, bytes);
  }

  /** Conductor: true when the journal has not been told of the frames in their ring since it last looked. */
  ringFrames(): boolean {
    return Atomics.exchange(this.#words, framesRungWord, 1) === 0;
  }

  /** Journal's thread, before it looks. */
  answerFrames(): void {
    Atomics.store(this.#words, framesRungWord, 0);
  }

  /** Any thread: it has dropped an entry. Before it posts another one. */
  setLost(): void {
    Atomics.store(this.#words, lostWord, 1);
  }

  /** Journal's thread: true when an entry was lost since it last looked. */
  takeLost(): boolean {
    return Atomics.exchange(this.#words, lostWord, 0) === 1;
  }
}
