import type { Position } from "./track.ts";

/**
 * 8 bytes for each entity, two little-endian words. From the lowest bit on: its number (18 bits), x and y (19 bits each,
 * centimetres, of which the area's origin tells what is above), heading (8 bits, 256ths of a turn).
 */
const recordBytes = 8;
const numberBits = 18;
const coordinateBits = 19;
const lowerBits = 32 - numberBits;
const upperXBits = coordinateBits - lowerBits;
const headingShift = upperXBits + coordinateBits;
const window = 2 ** coordinateBits;
const degreesPerStep = 360 / 256;

/** Reads what moved. Bytes that make no whole record are left out. */
export function eachMoved(
  bytes: Uint8Array,
  origin: { readonly x: number; readonly y: number },
  take: (number: number, position: Position) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes) {
    const lower = view.getUint32(at, true);
    const upper = view.getUint32(at + 4, true);
    const x = (lower >>> numberBits) | ((upper & (2 ** upperXBits - 1)) << lowerBits);
    const y = (upper >>> upperXBits) & (window - 1);
    take(lower & (2 ** numberBits - 1), {
      x: unwrapped(x, origin.x),
      y: unwrapped(y, origin.y),
      heading: (upper >>> headingShift) * degreesPerStep,
    });
  }
}

/** The coordinate, in metres, that is in the window from the origin on and whose lower bits are these. */
function unwrapped(low: number, originMetres: number): number {
  const origin = Math.round(originMetres * 100);
  const beyond = (((low - origin) % window) + window) % window;
  return (origin + beyond) / 100;
}
