import { mix } from "../actor/random.ts";

/** Two 32-bit sums over a set of byte strings. The order of the set does not matter, that of the bytes does. */
export interface StateHash {
  a: number;
  b: number;
}

/** Hashes bytes with MurmurHash3's block mixing, under two seeds. */
export function hashBytes(bytes: Uint8Array): StateHash {
  let a = bytes.length;
  let b = ~bytes.length;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] as number;
    a = Math.imul(a ^ byte, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ byte, 0x1b873593) + i;
    b = (b << 13) | (b >>> 19);
  }
  return { a: mix(a), b: mix(b ^ Math.imul(a, 0x85ebca6b)) };
}

export function addHash(sum: StateHash, hash: StateHash): void {
  sum.a = (sum.a + hash.a) >>> 0;
  sum.b = (sum.b + hash.b) >>> 0;
}

/** The hash in 32 bits. */
export function foldHash({ a, b }: StateHash): number {
  return (a ^ b) | 0;
}

/** 16 hexadecimal digits. */
export function showHash(hash: StateHash): string {
  return [hash.a, hash.b].map((word) => word.toString(16).padStart(8, "0")).join("");
}
