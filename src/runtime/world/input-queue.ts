import { recordHeaderBytes, recordKind } from "../memory/record.ts";
import type { RingWriter } from "../memory/ring.ts";
import { writeRecord } from "./outgoing.ts";

/** An input on its way into the world. */
export interface QueuedInput {
  /** An Input message. */
  readonly bytes: Uint8Array;
  readonly isQuery: boolean;
  readonly isKeyed: boolean;
  /** Of a call: its number. */
  readonly call?: number;
}

/** Inputs that are kept to be handed over again. While the disk takes nothing, there may be more: the oldest go. */
const keptMax = 65_536;

interface NumberedInput extends QueuedInput {
  readonly number: number;
}

/**
 * The inputs that the main thread hands to the conductor, through a ring. Each has a number, so that those which were
 * lost with a worker, and are in no journal, can be handed over again. Queries are not: their callers ask again.
 */
export class InputQueue {
  #ring: RingWriter | undefined;
  readonly #keeps: boolean;
  #last = 0;
  /** What the ring had no room for. */
  #backlog: NumberedInput[] = [];
  /** What may not be in the journal yet, in the order of numbers. */
  #unsure: NumberedInput[] = [];

  /** `keeps`: there is a journal, and what is not in it is handed over again when a worker was lost. */
  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  /** Hands an input over. False when there is no room. */
  offer(input: QueuedInput): boolean {
    if (this.#backlog.length > 0) return false;
    const numbered = { ...input, number: this.#next() };
    if (!this.#write(numbered)) return false;
    this.#keep(numbered);
    return true;
  }

  /** Hands an input over, now or when there is room. */
  put(input: QueuedInput): void {
    if (this.offer(input)) return;
    const numbered = { ...input, number: this.#next() };
    this.#keep(numbered);
    this.#backlog.push(numbered);
  }

  /** Hands over what found no room. */
  flush(): void {
    while (this.#backlog.length > 0 && this.#write(this.#backlog[0] as NumberedInput)) {
      this.#backlog.shift();
    }
  }

  /** The journal has taken inputs up to this number. */
  trim(through: number): void {
    // Numbers have 32 bits and wrap.
    const next = this.#unsure.findIndex(({ number }) => ((number - through) | 0) > 0);
    this.#unsure = next === -1 ? [] : this.#unsure.slice(next);
  }

  /** Forgets a call that was not taken up: it is not handed over again. */
  drop(call: number): void {
    this.#unsure = this.#unsure.filter((input) => input.call !== call);
  }

  /** Goes on with the ring of new workers, and hands over again what is in the journal only up to `through`. */
  attach(ring: RingWriter, through: number): void {
    this.#ring = ring;
    this.trim(through);
    this.#backlog = [...this.#unsure];
    this.flush();
  }

  #next(): number {
    this.#last = (this.#last + 1) | 0;
    return this.#last;
  }

  #keep(input: NumberedInput): void {
    if (!this.#keeps || input.isQuery) return;
    this.#unsure.push(input);
    if (this.#unsure.length > keptMax) this.#unsure.shift();
  }

  #write({ bytes, isQuery, isKeyed, number }: NumberedInput): boolean {
    const ring = this.#ring;
    const at = ring?.claim(recordHeaderBytes + bytes.length) ?? -1;
    if (!ring || at === -1) return false;
    const kind = isQuery ? recordKind.query : recordKind.message;
    const head = { kind, type: 0, sender: 0, target: 0, sequence: number, extra: isKeyed ? 1 : 0 };
    writeRecord(ring, at, head, bytes);
    ring.commit(at + recordHeaderBytes + bytes.length);
    ring.publish();
    return true;
  }
}
