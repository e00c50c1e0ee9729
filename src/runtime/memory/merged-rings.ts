import {
  extraWord,
  lengthWord,
  recordHeaderBytes,
  recordKind,
  senderWord,
  targetWord,
  typeWord,
} from "./record.ts";
import { RingReader } from "./ring.ts";

/** One ring and the event it is at. */
export interface RingHead {
  readonly ring: RingReader;
  /** Where the event's record begins. -1: there is nothing to read. */
  at: number;
  /** Low 32 bits. */
  frame: number;
  round: number;
  sender: number;
}

/** A record that is no event, where it stands in its ring. */
export interface PassedRecord {
  readonly head: RingHead;
  readonly kind: number;
  readonly type: number;
  /** Low 32 bits. */
  readonly frame: number;
  /** The first word of its header. */
  readonly word: number;
  /** Its payload is `bytes[start] … bytes[end - 1]`. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the rings of all workers and merges their events into the order of the world: frame, round, sender's number,
 * order of sending. Each ring is in that order already. Other records are passed on as the reading comes to them.
 */
export class MergedRings {
  readonly #heads: readonly RingHead[];
  readonly #pass: (record: PassedRecord) => void;

  constructor(rings: readonly SharedArrayBuffer[], pass: (record: PassedRecord) => void) {
    this.#pass = pass;
    this.#heads = rings.map((shared) => {
      return { ring: new RingReader(shared), at: -1, frame: 0, round: 0, sender: 0 };
    });
  }

  /** Records that found no room, as far as the writers count them. */
  get lost(): number {
    return this.#heads.reduce((sum, { ring }) => sum + ring.lost, 0);
  }

  /** The low 32 bits of the frame of the last of them. Undefined: there is none. */
  get lostFrame(): number | undefined {
    let last: number | undefined;
    for (const { ring } of this.#heads) {
      if (ring.lost === 0) continue;
      const { lostFrame } = ring;
      if (last === undefined || ((lostFrame - last) | 0) > 0) last = lostFrame;
    }
    return last;
  }

  /** Hands on each event of frames up to `endedLow`, the low 32 bits of the last frame that may be read. */
  read(endedLow: number, take: (head: RingHead) => void): void {
    for (const head of this.#heads) this.#settle(head, endedLow);
    for (let head = this.#lowest(); head; head = this.#lowest()) {
      take(head);
      head.ring.advance(head.at);
      this.#settle(head, endedLow);
    }
  }

  /** Gives the room of all that has been read back to the writers. */
  release(): void {
    for (const { ring } of this.#heads) ring.release();
  }

  /** Passes on what stands at the head of a ring, up to its next event. */
  #settle(head: RingHead, endedLow: number): void {
    for (;;) {
      head.at = head.ring.peek();
      if (head.at === -1) return;
      const { words } = head.ring;
      const word = head.at >> 2;
      head.frame = words[word + extraWord] as number;
      if (((head.frame - endedLow) | 0) > 0) {
        head.at = -1;
        return;
      }
      const packed = words[word + typeWord] as number;
      const kind = (packed >>> 16) & 0xff;
      if (kind === recordKind.event) {
        head.round = words[word + targetWord] as number;
        head.sender = words[word + senderWord] as number;
        return;
      }
      const start = head.at + recordHeaderBytes;
      const end = start + (words[word + lengthWord] as number);
      this.#pass({ head, kind, type: packed & 0xffff, frame: head.frame, word, start, end });
      head.ring.advance(head.at);
    }
  }

  #lowest(): RingHead | undefined {
    let lowest: RingHead | undefined;
    for (const head of this.#heads) {
      if (head.at === -1) continue;
      if (lowest === undefined || before(head, lowest)) lowest = head;
    }
    return lowest;
  }
}

function before(x: RingHead, y: RingHead): boolean {
  if (x.frame !== y.frame) return ((x.frame - y.frame) | 0) < 0;
  if (x.round !== y.round) return x.round < y.round;
  return x.sender < y.sender;
}
