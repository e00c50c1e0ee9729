import { TellurionError } from "../errors.ts";
import type { Random } from "./context.ts";

/** Position of a random source: the state of xoshiro128** (Blackman and Vigna, 2018). Never all zero. */
export type RandomState = Int32Array & { readonly length: 4 };

/** Two 32-bit hashes of a text: MurmurHash3's mixing over its UTF-16 units, with two seeds. */
export function hashText(text: string, seed = 0): [number, number] {
  let a = seed ^ 0x9e3779b9;
  let b = seed ^ 0x7f4a7c15;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    a = ((a << 15) | (a >>> 17)) + i;
    b = Math.imul(b ^ unit, 0x1b873593);
    b = ((b << 13) | (b >>> 19)) - i;
  }
  return [mix(a ^ text.length), mix(b ^ a)];
}

/** MurmurHash3's finaliser: every input bit changes every output bit with a chance near one half. */
export function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The position an actor's random source begins at: a function of the world's seed and the actor's address. */
export function seedRandom(seed: number, address: string): RandomState {
  const state = new Int32Array(4) as RandomState;
  const [a, b] = hashText(address, seed | 0);
  const [c, d] = hashText(address, Math.floor(seed / 0x1_0000_0000) ^ 0x5bd1e995);
  state.set([a, b, c, d]);
  if ((a | b | c | d) === 0) state[0] = 1;
  return state;
}

/** Draws from a state that it is pointed at: one source serves all actors of a worker, none of which allocates. */
export class SeededRandom implements Random {
  #state: RandomState | undefined = undefined;

  /** Points it at a state, or at none: then a draw throws STALE_VIEW. */
  point(state: RandomState | undefined): void {
    this.#state = state;
  }

  next(): number {
    const high = this.#draw() >>> 5;
    const low = this.#draw() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x1_0000_0000) {
      throw new RangeError(`bound=${bound} is not valid; valid are integers from 1 to 2^32`);
    }
    return Math.floor(this.next() * bound);
  }

  normal(): number {
    // Box and Muller (1958). 1 - next() is never 0, so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  #draw(): number {
    const s = this.#state;
    if (s === undefined) {
      throw new TellurionError(
        "STALE_VIEW",
        "ctx.random was used after its handler returned; use it in the handler only",
      );
    }
    const s0 = s[0] as number;
    const s1 = s[1] as number;
    const s2 = (s[2] as number) ^ s0;
    const s3 = (s[3] as number) ^ s1;
    let result = Math.imul(s1, 5);
    result = Math.imul((result << 7) | (result >>> 25), 9);
    s[1] = s1 ^ s2;
    s[0] = s0 ^ s3;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return result;
  }
}
