import type { MessageInitShape } from "@bufbuild/protobuf";
import { FrameInputsSchema } from "../../gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../codec/index.ts";
import {
  lengthWord,
  packType,
  recordHeaderBytes,
  recordKind,
  senderWord,
  sequenceWord,
  targetWord,
  typeWord,
} from "../memory/record.ts";
import { createRingMemory, RingReader, RingWriter } from "../memory/ring.ts";
import type { FrameEntry } from "./entries.ts";

const frameCodec = codecOf(FrameInputsSchema);
const wordSize = 0x1_0000_0000;

/** What a frame takes from outside, before it is encoded. */
export type TakenInputs = MessageInitShape<typeof FrameInputsSchema>;

/** A frame's entry, and the last of the main thread's inputs that the frame took. */
export interface RungFrame {
  readonly entry: FrameEntry;
  readonly through: number;
}

/** Bytes of the ring, for a world whose inputs wait in a ring of so many: a frame takes at most what waits. */
export function createFrameRing(inputRingBytes: number): SharedArrayBuffer {
  return createRingMemory(4 * inputRingBytes);
}

/**
 * The conductor's end of the way on which frames reach the journal: they are encoded where the journal reads them, and
 * outlive the conductor. Writing wakes nobody.
 */
export class FrameRingWriter {
  readonly #ring: RingWriter;

  constructor(shared: SharedArrayBuffer) {
    this.#ring = new RingWriter(shared);
  }

  /** Whether a frame could find room in an empty ring. */
  takes(taken: TakenInputs): boolean {
    return recordHeaderBytes + frameCodec.sizeBound(taken) <= this.#ring.capacity / 2;
  }

  /** False when there is no room. */
  write(frame: number, taken: TakenInputs, keyed: boolean, through: number): boolean {
    const ring = this.#ring;
    const at = ring.claim(recordHeaderBytes + frameCodec.sizeBound(taken));
    if (at === -1) return false;
    const start = at + recordHeaderBytes;
    const end = frameCodec.encode(taken, ring.bytes, start);
    const word = at >> 2;
    ring.words[word + lengthWord] = end - start;
    ring.words[word + typeWord] = packType(recordKind.frame, keyed ? 1 : 0);
    ring.words[word + senderWord] = frame | 0;
    ring.words[word + targetWord] = Math.floor(frame / wordSize);
    ring.words[word + sequenceWord] = through;
    ring.commit(end);
    ring.publish();
    return true;
  }

  get isEmpty(): boolean {
    return this.#ring.used === 0;
  }
}

/** The journal's end. */
export class FrameRingReader {
  readonly #ring: RingReader;

  constructor(shared: SharedArrayBuffer) {
    this.#ring = new RingReader(shared);
  }

  /** Takes all frames that are in the ring. */
  take(): RungFrame[] {
    const { words, bytes } = this.#ring;
    const frames: RungFrame[] = [];
    for (let at = this.#ring.peek(); at !== -1; at = this.#ring.peek()) {
      const word = at >> 2;
      const start = at + recordHeaderBytes;
      const low = (words[word + senderWord] as number) >>> 0;
      frames.push({
        entry: {
          kind: "frame",
          frame: (words[word + targetWord] as number) * wordSize + low,
          inputs: bytes.slice(start, start + (words[word + lengthWord] as number)),
          keyed: ((words[word + typeWord] as number) & 1) === 1,
        },
        through: words[word + sequenceWord] as number,
      });
      this.#ring.advance(at);
    }
    this.#ring.release();
    return frames;
  }
}
