/**
 * What one worker has done lately, in shared memory: where it is now, and its last turns. The worker writes, the main
 * thread reads when a frame overruns, a handler never returns or the worker has died; nobody waits.
 *
 *   word 0    frame, low 32 bits                                        worker, at the start of a round
 *   word 1    round                                                     worker, at the start of a round
 *   word 2    actor number                                              worker, before a handler
 *   word 3    handler: row of Kinds.handlers, -1 for init               worker, before a handler
 *   word 4    0 when in no handler, else the message's place in the     worker, before and after a handler
 *             actor's mailbox of this round + `placeBias`
 *   word 5    call: number of the command that is handled, or 0         worker, before and after a command
 *   word 32   turns: records written since the recorder began,          worker, after each record
 *             wrapping at 2^32
 *   word 64 + 6 n, + 0 … 5  the record of turn n modulo `turnsKept`:    worker
 *             frame, round, actor, handler, messages, microseconds
 *
 * Words 0 to 4 are plain stores, because they are made for every message. Nothing moves a store past the call of a
 * handler, and a processor's store buffer empties by itself: so they are seen soon, also when the handler never
 * returns. A reading that is taken between two of them mixes two messages. That is why a watchdog goes by several
 * readings, which no mixture outlives.
 *
 * A record is plain stores too; the atomic store of `turns` publishes it, so that a reader never takes an older turn
 * in the same place for it, on any processor. The reader copies everything and then loads `turns` again: what the
 * writer may have begun to overwrite meanwhile is left out. A worker that was ended in the middle of a record has not
 * counted it.
 */
const frameWord = 0;
const roundWord = 1;
const actorWord = 2;
const handlerWord = 3;
const insideWord = 4;
const callWord = 5;
const turnsWord = 32;
const recordsWord = 64;
const recordWords = 6;

/** Places begin above its negative: some below 0 stand for what is in no mailbox, such as queries. */
const placeBias = 16;

/** Turns that a worker's recorder keeps. A power of two. */
export const turnsKept = 4_096;

/**
 * The oldest turns, which are never shown: stores of the turns after the last published one may be seen before their
 * publication, by as many as a processor's store buffer holds at most.
 */
export const turnsUnsure = 64;

/** The handler of a turn that begins an actor. */
export const initHandler = -1;

const microsecondsMax = 0x7fff_ffff;

/** Memory of one worker's recorder. */
export function createFlightMemory(): SharedArrayBuffer {
  const words = recordsWord + turnsKept * recordWords;
  return new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT);
}

/** Where a worker is, as far as the reader can see. */
export interface NowReading {
  readonly worker: number;
  /** Low 32 bits. */
  readonly frame: number;
  readonly round: number;
  /** False: what follows is about the last handler it was in, and means nothing. */
  readonly inHandler: boolean;
  readonly actor: number;
  /** Row of `Kinds.handlers`, or `initHandler`. */
  readonly handler: number;
  /** Of the message in the actor's mailbox of this round, or what `enter` was told for one that is in none. */
  readonly place: number;
  /** Of a command that somebody waits for: its call number. */
  readonly call?: number;
}

/** An actor handled some messages of one type in a row. */
export interface FlightRecord {
  readonly worker: number;
  /** Low 32 bits. */
  readonly frame: number;
  readonly round: number;
  readonly actor: number;
  /** Row of `Kinds.handlers`, or `initHandler`. */
  readonly handler: number;
  readonly messages: number;
  /** Wall time, to the microsecond. */
  readonly ms: number;
}

/** The worker's end. Owner thread only. */
export class FlightWriter {
  readonly #words: Int32Array;
  #turns: number;

  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared);
    this.#turns = Atomics.load(this.#words, turnsWord);
  }

  beginRound(frame: number, round: number): void {
    this.#words[frameWord] = frame | 0;
    this.#words[roundWord] = round;
  }

  /**
   * Before each handler. `place`, above -16, tells an actor's messages in a round apart. What is in no mailbox may have
   * one place for all, provided that a round does not give it so long that a watchdog takes it for one handler.
   */
  enter(actor: number, handler: number, place: number): void {
    this.#words[actorWord] = actor;
    this.#words[handlerWord] = handler;
    this.#words[insideWord] = place + placeBias;
  }

  /** Before and after a command: its call number, then 0. */
  command(call: number): void {
    this.#words[callWord] = call;
  }

  /**
   * After a handler, or after several in a row: the next `enter` says as well that the one before is over. A worker
   * that waits without having left looks stuck.
   */
  leave(): void {
    this.#words[insideWord] = 0;
  }

  /** After a run of messages of one type, which took `ms` in all. */
  turn(actor: number, handler: number, messages: number, ms: number): void {
    const words = this.#words;
    const at = recordsWord + (this.#turns & (turnsKept - 1)) * recordWords;
    words[at] = words[frameWord] as number;
    words[at + 1] = words[roundWord] as number;
    words[at + 2] = actor;
    words[at + 3] = handler;
    words[at + 4] = messages;
    words[at + 5] = Math.min(Math.round(ms * 1_000), microsecondsMax);
    this.#turns = (this.#turns + 1) | 0;
    Atomics.store(words, turnsWord, this.#turns);
  }
}

/** The reading end. Any thread but the worker's, also after the worker has ended. */
export class FlightReader {
  readonly #words: Int32Array;
  readonly #worker: number;

  constructor(shared: SharedArrayBuffer, worker: number) {
    this.#words = new Int32Array(shared);
    this.#worker = worker;
  }

  now(): NowReading {
    const [frame = 0, round = 0, actor = 0, handler = 0, inside = 0, call = 0] = this.#words;
    return {
      ...(call !== 0 && { call }),
      worker: this.#worker,
      frame: frame >>> 0,
      round,
      inHandler: inside !== 0,
      actor,
      handler,
      place: inside - placeBias,
    };
  }

  /** Turns of the last `frames` frames, the present one included, oldest first; as many of them as are kept. */
  lastFrames(frames: number): FlightRecord[] {
    const published = Atomics.load(this.#words, turnsWord);
    const words = this.#words.slice();
    const overwritten = (Atomics.load(this.#words, turnsWord) - published) | 0;
    const now = words[frameWord] as number;
    const records: FlightRecord[] = [];
    for (let back = turnsKept - turnsUnsure - overwritten; back > 0; back -= 1) {
      const at = recordsWord + ((published - back) & (turnsKept - 1)) * recordWords;
      const [frame = 0, round = 0, actor = 0, handler = 0, messages = 0, microseconds = 0] =
        words.subarray(at, at + recordWords);
      // No actor has the number 0: nothing has been written here yet.
      if (actor === 0 || ((now - frame) | 0) >= frames) continue;
      const worker = this.#worker;
      const ms = microseconds / 1_000;
      records.push({ worker, frame: frame >>> 0, round, actor, handler, messages, ms });
    }
    return records;
  }
}

/** Who knows the names of what a record has numbers for. Undefined for what has none, or none any more. */
export interface FlightNames {
  readonly actor: (actor: number) => string | undefined;
  readonly handler: (handler: number) => string | undefined;
}

/**
 * A line for each record, of one worker or of several, in order of time. Turns of two workers in one round are at the
 * same time: there, each worker's stay together. An actor's number may have had another owner in the meantime.
 */
export function describeFlight(records: readonly FlightRecord[], names: FlightNames): string[] {
  const ordered = [...records].sort(
    (a, b) => (a.frame - b.frame) | 0 || a.round - b.round || a.worker - b.worker,
  );
  return ordered.map(({ frame, round, worker, actor, handler, messages, ms }) => {
    const address = names.actor(actor) ?? `actor ${actor}`;
    const type =
      handler === initHandler ? "init" : (names.handler(handler) ?? `handler ${handler}`);
    const where = `frame ${frame} round ${round} worker ${worker}`;
    return `${where}: ${address}: ${type}: ${messages} in ${ms.toFixed(3)} ms`;
  });
}
