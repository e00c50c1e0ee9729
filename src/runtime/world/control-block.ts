/**
 * Words that the threads of a world share beside lanes and rings. Each group has 128 bytes of its own.
 *
 *   word 0        command: what the frame that begins at the next barrier is    conductor, before the barrier
 *   word 1, 2     frame: low and high 32 bits                                   conductor, before the barrier
 *   word 3        moves: 1 when actors move at the start of the frame           conductor, before the barrier
 *   word 4        checkpoint: 1 when actors remember what they are now          conductor, before the barrier
 *   word 5        snapshot: 1 when workers hand their actors to the journal     conductor, before the barrier
 *   word 6        marks: the first actor whose hash the journal gets, or -1     conductor, before the barrier
 *   word 32       stop: 1 when the main thread wants the world to end           main thread, once; the conductor
 *                                                                               sleeps on it between frames
 *   word 64       doorbell: 1 when the main thread has been told of output      conductor sets, main thread clears
 *   word 96       frame that has ended, low 32 bits                             conductor
 *   word 128 + 32 w, + 1  sent: records that worker w sent in an even or odd    worker w, before a barrier
 *                         round; two words, because a fast worker ends its next
 *                         round before a slow one has read the sum of this one
 *   word 128 + 32 w + 2   output: 1 when worker w has written for main          worker w, before a barrier
 */
export const command = { run: 0, stop: 1, failed: 2 } as const;

const commandWord = 0;
const frameLowWord = 1;
const frameHighWord = 2;
const movesWord = 3;
const checkpointWord = 4;
const snapshotWord = 5;
const marksWord = 6;
const stopWord = 32;
const doorbellWord = 64;
const endedWord = 96;
const workersWord = 128;
const workerStride = 32;

/** What all workers do after the next barrier. */
export interface FrameOrder {
  readonly what: number;
  readonly frame: number;
  readonly moves: boolean;
  readonly checkpoint: boolean;
  /** Of the world as it is before this frame. */
  readonly snapshot: boolean;
  /** -1: none. */
  readonly marksFrom: number;
}

export function controlBytes(workers: number): number {
  return (workersWord + workers * workerStride) * Int32Array.BYTES_PER_ELEMENT;
}

export class ControlBlock {
  readonly #words: Int32Array;
  readonly #workers: number;

  constructor(shared: SharedArrayBuffer, workers: number) {
    this.#words = new Int32Array(shared);
    this.#workers = workers;
  }

  /** Conductor: says what all workers do after the next barrier. */
  order({ what, frame, moves, checkpoint, snapshot, marksFrom }: FrameOrder): void {
    this.#words[commandWord] = what;
    this.#words[frameLowWord] = frame | 0;
    this.#words[frameHighWord] = Math.floor(frame / 0x1_0000_0000);
    this.#words[movesWord] = moves ? 1 : 0;
    this.#words[checkpointWord] = checkpoint ? 1 : 0;
    this.#words[snapshotWord] = snapshot ? 1 : 0;
    this.#words[marksWord] = marksFrom;
  }

  get command(): number {
    return this.#words[commandWord] as number;
  }

  get frame(): number {
    const high = this.#words[frameHighWord] as number;
    return high * 0x1_0000_0000 + ((this.#words[frameLowWord] as number) >>> 0);
  }

  get moves(): boolean {
    return this.#words[movesWord] === 1;
  }

  get checkpoint(): boolean {
    return this.#words[checkpointWord] === 1;
  }

  get snapshot(): boolean {
    return this.#words[snapshotWord] === 1;
  }

  get marksFrom(): number {
    return this.#words[marksWord] as number;
  }

  setSent(worker: number, round: number, records: number): void {
    this.#words[workersWord + worker * workerStride + (round & 1)] = records;
  }

  /** After a barrier: how many records all workers sent in the round before it. */
  sentIn(round: number): number {
    let sum = 0;
    for (let w = 0; w < this.#workers; w += 1) {
      sum += this.#words[workersWord + w * workerStride + (round & 1)] as number;
    }
    return sum;
  }

  setOutput(worker: number, written: boolean): void {
    this.#words[workersWord + worker * workerStride + 2] = written ? 1 : 0;
  }

  get output(): boolean {
    for (let w = 0; w < this.#workers; w += 1) {
      if (this.#words[workersWord + w * workerStride + 2] === 1) return true;
    }
    return false;
  }

  /** Main thread: asks for the end. Wakes the conductor. */
  requestStop(): void {
    Atomics.store(this.#words, stopWord, 1);
    Atomics.notify(this.#words, stopWord);
  }

  get stopRequested(): boolean {
    return Atomics.load(this.#words, stopWord) === 1;
  }

  /** Conductor: sleeps for `ms`, or until a stop is requested. */
  sleep(ms: number): void {
    Atomics.wait(this.#words, stopWord, 0, ms);
  }

  /** Conductor: true when the main thread has not been told since it last looked. */
  ringDoorbell(): boolean {
    return Atomics.exchange(this.#words, doorbellWord, 1) === 0;
  }

  /** Main thread, before it looks. */
  answerDoorbell(): void {
    Atomics.store(this.#words, doorbellWord, 0);
  }

  /** Conductor: all output up to this frame can be read. */
  setEnded(frame: number): void {
    Atomics.store(this.#words, endedWord, frame | 0);
  }

  get endedLow(): number {
    return Atomics.load(this.#words, endedWord);
  }
}
