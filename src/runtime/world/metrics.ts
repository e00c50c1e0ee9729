/**
 * Counters of one worker, in shared memory: the worker adds, anybody reads, nobody waits. All are doubles: exact up
 * to 2^53, and written whole.
 */
export const counter = {
  handled: 0,
  published: 1,
  failures: 2,
  busyMs: 3,
  laneBytes: 4,
  actors: 5,
  lostOutput: 6,
  /** The conductor's only, from here. */
  frameMsLast: 7,
  frameMsMax: 8,
  latenessMsLast: 9,
  latenessMsMax: 10,
  overruns: 11,
  frames: 12,
  /** World time in a ms of wall time, in ms. */
  timeDilation: 13,
} as const;

export const deadLetterReasons = [
  "no-such-actor",
  "stopped",
  "mailbox-full",
  "not-handled",
  "no-sender",
  "already-active",
  "start-failed",
  "quarantined",
  "effect-settled",
] as const;

export type DeadLetterReason = (typeof deadLetterReasons)[number];

const reasonsStart = 16;
const typesStart = 32;
const rowLength = 4;

/** A worker's counters: totals, dead letters by reason, and rows by handler, event and actor. */
export class WorkerMetrics {
  readonly values: Float64Array;
  readonly #handlers: number;
  readonly #types: number;

  /** `handlers` counts the handlers of all kinds, `types` the messages of the catalogue. */
  constructor(shared: SharedArrayBuffer, handlers: number, types: number) {
    this.values = new Float64Array(shared);
    this.#handlers = handlers;
    this.#types = types;
  }

  static bytes(handlers: number, types: number): number {
    return (typesStart + rowLength * handlers + types) * Float64Array.BYTES_PER_ELEMENT;
  }

  add(index: number, amount: number): void {
    this.values[index] = (this.values[index] as number) + amount;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  get(index: number): number {
    return this.values[index] as number;
  }

  addDeadLetter(reason: DeadLetterReason): void {
    this.add(reasonsStart + deadLetterReasons.indexOf(reason), 1);
  }

  deadLetters(reason: DeadLetterReason): number {
    return this.get(reasonsStart + deadLetterReasons.indexOf(reason));
  }

  /** Notes a run of one handler over a mailbox: how many messages, for how long, of how many in the mailbox. */
  addRun(handler: number, messages: number, ms: number, depth: number): void {
    const row = typesStart + handler * rowLength;
    this.add(row, messages);
    this.add(row + 1, ms);
    if (depth > (this.values[row + 2] as number)) this.values[row + 2] = depth;
  }

  handlerRow(handler: number): { handled: number; timeMs: number; depthMax: number } {
    const row = typesStart + handler * rowLength;
    return { handled: this.get(row), timeMs: this.get(row + 1), depthMax: this.get(row + 2) };
  }

  addPublished(type: number): void {
    this.add(counter.published, 1);
    this.add(typesStart + this.#handlers * rowLength + type, 1);
  }

  published(type: number): number {
    if (type >= this.#types) throw new RangeError(`type=${type} is not below ${this.#types}`);
    return this.get(typesStart + this.#handlers * rowLength + type);
  }
}

/**
 * Counters by actor number, shared by all workers: a row is written by the worker on which the actor sits, which
 * changes only between frames.
 */
export class ActorMetrics {
  readonly #values: Float64Array;

  constructor(shared: SharedArrayBuffer) {
    this.#values = new Float64Array(shared);
  }

  static bytes(actorsMax: number): number {
    return actorsMax * 3 * Float64Array.BYTES_PER_ELEMENT;
  }

  addRun(actor: number, messages: number, ms: number): void {
    const row = actor * 3;
    const values = this.#values;
    values[row] = (values[row] as number) + messages;
    values[row + 1] = (values[row + 1] as number) + ms;
    if (messages > (values[row + 2] as number)) values[row + 2] = messages;
  }

  /** A number that another actor gets begins at 0 again. */
  clear(actor: number): void {
    this.#values.fill(0, actor * 3, actor * 3 + 3);
  }

  timeMs(actor: number): number {
    return this.#values[actor * 3 + 1] as number;
  }

  row(actor: number): { handled: number; timeMs: number; depthMax: number } {
    const row = actor * 3;
    const [handled = 0, timeMs = 0, depthMax = 0] = this.#values.subarray(row, row + 3);
    return { handled, timeMs, depthMax };
  }
}
