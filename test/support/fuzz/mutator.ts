import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";

const mutationsMax = 4;
const insertedBytesMax = 64;
/** Bytes that mean something to protobuf, WebSocket or JSON. */
const tellingBytes = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x5b, 0x5c, 0x7b, 0x7d, 0xc0, 0xed];

/** Damages inputs, by a seed: the same seed damages them in the same way. */
export class Mutator {
  readonly #random = new SeededRandom();
  readonly #corpus: readonly Uint8Array[];

  constructor(seed: number, corpus: readonly Uint8Array[]) {
    this.#random.point(seedRandom(seed, "mutator"));
    this.#corpus = corpus;
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.#random.integer(values.length)] as Value;
  }

  /** An input of the corpus, damaged; one in 20 is whole. */
  next(): Uint8Array {
    let input = this.pick(this.#corpus);
    if (this.chance(0.05)) return input;
    for (let left = 1 + this.#random.integer(mutationsMax); left > 0; left -= 1) {
      input = this.#mutate(input);
    }
    return input;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#random.integer(256));
  }

  #mutate(input: Uint8Array): Uint8Array {
    const at = this.#random.integer(input.length + 1);
    const copy = Uint8Array.from(input);
    switch (this.#random.integer(7)) {
      case 0:
        if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << this.#random.integer(8));
        return copy;
      case 1:
        if (at < copy.length) copy[at] = this.pick(tellingBytes);
        return copy;
      case 2:
        return copy.subarray(0, at);
      case 3:
        return joined(
          copy.subarray(0, at),
          this.bytes(this.#random.integer(insertedBytesMax)),
          copy.subarray(at),
        );
      case 4: {
        const other = this.pick(this.#corpus);
        return joined(copy.subarray(0, at), other.subarray(this.#random.integer(other.length)));
      }
      case 5:
        return joined(copy.subarray(0, at), copy);
      default: {
        const repeated = new Uint8Array(this.#random.integer(2_000)).fill(this.pick(tellingBytes));
        return joined(copy.subarray(0, at), repeated, copy.subarray(at));
      }
    }
  }
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
