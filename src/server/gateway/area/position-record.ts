/**
 * Where a moved entity is, in 64 bits that are the same for all clients: they are made once and
 * copied to each. From the lowest bit on: the entity's number (18 bits), x and y (19 bits each, in
 * centimetres, without what is above), heading (8 bits). The area's origin tells the rest of x and
 * y. As words, little-endian, the lower one first.
 */
export const recordBytes = 8;
export const recordWords = 2;

/** Entities have numbers below it. */
export const numbersMax = 2 ** 18;

const coordinateBits = 19;
const coordinateMask = 2 ** coordinateBits - 1;
/** Bits of x that are in the lower word. */
const lowerBits = 32 - 18;

/** Centimetres from side to side of the square in which positions are unambiguous. */
export const windowCentimetres = 2 ** coordinateBits;

/** Positions are within ±21,000 km. */
export const centimetresMax = 2 ** 31 - 1;

export function lowerWord(number: number, x: number): number {
  return number | (x << 18);
}

export function upperWord(x: number, y: number, heading: number): number {
  return ((x & coordinateMask) >>> lowerBits) | ((y & coordinateMask) << 5) | (heading << 24);
}
