/**
 * Reading the wire format. A reader that finds malformed bytes throws BROKEN, which says nothing:
 * whoever catches it has the validator find out what is wrong and where, so that the quick path
 * carries no descriptions.
 *
 * Readers leave the position after what they read in `cursor`, as JavaScript functions return one
 * value only.
 */

export const wireType = { varint: 0, i64: 1, len: 2, startGroup: 3, endGroup: 4, i32: 5 } as const;

/**
 * How deep messages (and unknown groups) may nest, the outermost counting one. As in
 * @bufbuild/protobuf.
 */
export const nestingMax = 100;

/**
 * What the last reader left behind. `low` and `high` are the halves of the last varint, as signed
 * 32-bit integers.
 */
export const cursor = { position: 0, low: 0, high: 0 };

/** Thrown, always this one instance, by readers that find malformed bytes. */
export const BROKEN = new Error("malformed bytes");

export function broken(): never {
  throw BROKEN;
}

// The same eight bytes as 64 and as 32 bits. Little-endian, like every machine that Node 26 runs on
// here.
const scratch = new ArrayBuffer(8);
export const scratchInts = new Int32Array(scratch);
export const scratchBigInts = new BigInt64Array(scratch);
export const scratchBigUints = new BigUint64Array(scratch);

/** Reads a varint of up to ten bytes into `cursor`. */
export function readVarint(bytes: Uint8Array, start: number, end: number): void {
  let low = 0;
  let high = 0;
  const stop = end - start > 10 ? start + 10 : end;
  for (let position = start, shift = 0; position < stop; position++, shift += 7) {
    const byte = bytes[position] as number;
    const bits = byte & 127;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >> 4;
    } else high |= bits << (shift - 32);
    if (byte < 128) {
      cursor.low = low;
      cursor.high = high;
      cursor.position = position + 1;
      return;
    }
  }
  broken();
}

/** Reads a tag of more than one byte. */
export function readTag(bytes: Uint8Array, start: number, end: number): number {
  let tag = 0;
  for (let shift = 0, position = start; shift < 28; shift += 7) {
    if (position >= end) broken();
    const byte = bytes[position++] as number;
    tag |= (byte & 127) << shift;
    if (byte < 128) {
      cursor.position = position;
      return tag;
    }
  }
  if (start + 4 >= end) broken();
  const last = bytes[start + 4] as number;
  if (last > 15) broken();
  cursor.position = start + 5;
  return (tag | (last << 28)) >>> 0;
}

/** Reads the length of what follows. It is not yet known to fit. */
export function readLength(bytes: Uint8Array, start: number, end: number): number {
  readVarint(bytes, start, end);
  if (cursor.high !== 0 || cursor.low < 0) broken();
  return cursor.low;
}

export function skipVarint(bytes: Uint8Array, start: number, end: number): number {
  const stop = end - start > 10 ? start + 10 : end;
  for (let position = start; position < stop; position++) {
    if ((bytes[position] as number) < 128) return position + 1;
  }
  return broken();
}

/**
 * Skips the value of a field that nobody knows and returns the offset after it. `groupsMax` is how
 * deep groups may still nest.
 */
export function skipValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  tag: number,
  groupsMax: number,
): number {
  if (tag >>> 3 === 0) broken();
  let after = 0;
  switch (tag & 7) {
    case wireType.varint:
      after = skipVarint(bytes, start, end);
      break;
    case wireType.i64:
      after = start + 8;
      break;
    case wireType.len: {
      const length = readLength(bytes, start, end);
      after = cursor.position + length;
      break;
    }
    case wireType.startGroup:
      after = skipGroup(bytes, start, end, tag >>> 3, groupsMax);
      break;
    case wireType.i32:
      after = start + 4;
      break;
    default:
      broken();
  }
  if (after > end) broken();
  return after;
}

function skipGroup(
  bytes: Uint8Array,
  start: number,
  end: number,
  number: number,
  groupsMax: number,
): number {
  if (groupsMax <= 0) broken();
  let position = start;
  for (;;) {
    const tag = readTag(bytes, position, end);
    position = cursor.position;
    if ((tag & 7) === wireType.endGroup) {
      if (tag >>> 3 !== number) broken();
      return position;
    }
    position = skipValue(bytes, position, end, tag, groupsMax - 1);
  }
}

/** Below this many bytes a loop copies quicker than a call of `set` does. */
const loopCopyMax = 32;

/** A copy in memory of its own. Never a Buffer, whose slices share memory. */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(end - start);
  if (end - start > loopCopyMax) copy.set(bytes.subarray(start, end));
  else for (let i = start; i < end; i++) copy[i - start] = bytes[i] as number;
  return copy;
}

/** The low and high half in `cursor` as a bigint. */
export function cursorToInt64(): bigint {
  scratchInts[0] = cursor.low;
  scratchInts[1] = cursor.high;
  return scratchBigInts[0] as bigint;
}

export function cursorToUint64(): bigint {
  scratchInts[0] = cursor.low;
  scratchInts[1] = cursor.high;
  return scratchBigUints[0] as bigint;
}

export function cursorToSint64(): bigint {
  const { low, high } = cursor;
  const sign = -(low & 1);
  scratchInts[0] = ((low >>> 1) | (high << 31)) ^ sign;
  scratchInts[1] = (high >>> 1) ^ sign;
  return scratchBigInts[0] as bigint;
}
