import * as wire from "./wire.ts";

// The engine looks up what is imported at each use, and these are used for each field.
const { scratchBigInts, scratchBigUints, scratchInts } = wire;

/** Writing the wire format. Every writer returns the offset after what it wrote. */

/** Bytes of the varint of an unsigned 32-bit integer. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value < 0x10000000) return 4;
  return 5;
}

/** `value` is an unsigned 32-bit integer. */
export function writeVarint32(bytes: Uint8Array, position: number, value: number): number {
  let rest = value;
  let p = position;
  while (rest > 127) {
    bytes[p++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[p++] = rest;
  return p;
}

/** `low` and `high` are the halves, signed or not. */
function writeVarint64(bytes: Uint8Array, position: number, low: number, high: number): number {
  let p = position;
  let lowRest = low >>> 0;
  let highRest = high >>> 0;
  while (highRest !== 0) {
    bytes[p++] = (lowRest & 127) | 128;
    lowRest = ((lowRest >>> 7) | (highRest << 25)) >>> 0;
    highRest >>>= 7;
  }
  return writeVarint32(bytes, p, lowRest);
}

/** A negative int32 takes ten bytes, as if it were an int64. */
export function writeInt32(bytes: Uint8Array, position: number, value: number): number {
  return value < 0
    ? writeVarint64(bytes, position, value, -1)
    : writeVarint32(bytes, position, value);
}

/**
 * Puts a value of an int64 field into the scratch; false if it is none. Numbers and decimal strings
 * will do.
 */
export function loadInt64(value: unknown): boolean {
  const wide = typeof value === "bigint" ? value : toBigInt(value);
  if (wide === undefined) return false;
  scratchBigInts[0] = wide;
  return scratchBigInts[0] === wide;
}

export function loadUint64(value: unknown): boolean {
  const wide = typeof value === "bigint" ? value : toBigInt(value);
  if (wide === undefined) return false;
  scratchBigUints[0] = wide;
  return scratchBigUints[0] === wide;
}

function toBigInt(value: unknown): bigint | undefined {
  if (typeof value !== "number" && (typeof value !== "string" || value.trim() === "")) {
    return undefined;
  }
  try {
    return BigInt(value);
  } catch {
    return undefined;
  }
}

/** Writes the scratch as a varint. */
export function writeLoadedVarint(bytes: Uint8Array, position: number): number {
  return writeVarint64(bytes, position, scratchInts[0] as number, scratchInts[1] as number);
}

export function writeLoadedZigzag(bytes: Uint8Array, position: number): number {
  const low = scratchInts[0] as number;
  const high = scratchInts[1] as number;
  const sign = high >> 31;
  return writeVarint64(bytes, position, (low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
}

/** Below this many bytes a loop copies quicker than a call of `set` does. */
const loopCopyMax = 32;

export function writeRaw(bytes: Uint8Array, position: number, data: Uint8Array): number {
  const length = data.length;
  if (length > loopCopyMax) bytes.set(data, position);
  else for (let i = 0; i < length; i++) bytes[position + i] = data[i] as number;
  return position + length;
}

export function writeBytes(bytes: Uint8Array, position: number, data: Uint8Array): number {
  return writeRaw(bytes, writeVarint32(bytes, position, data.length), data);
}

/**
 * Writes the length of what was written from `start + room` to `end` at `start`. If the length
 * takes more or less than the `room` left for it, the bytes move.
 */
export function closeLength(bytes: Uint8Array, start: number, room: number, end: number): number {
  const length = end - start - room;
  const size = varintSize(length);
  if (size !== room) bytes.copyWithin(start + size, start + room, end);
  writeVarint32(bytes, start, length);
  return start + size + length;
}
