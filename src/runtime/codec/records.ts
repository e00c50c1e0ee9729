import type { UnknownField } from "@bufbuild/protobuf";
import type { FieldPlan } from "./plan.ts";
import { copyBytes, cursor, readTag, skipValue, wireType } from "./wire.ts";
import { writeRaw, writeVarint32 } from "./write.ts";

/** The less frequent jobs of the generated code: unknown fields, merging, keys of maps. */

/**
 * The field `bytes[start, end)`, tag included, as @bufbuild/protobuf keeps one that it does not
 * know.
 */
function unknownField(bytes: Uint8Array, start: number, end: number, tag: number): UnknownField {
  readTag(bytes, start, end);
  return { no: tag >>> 3, wireType: tag & 7, data: copyBytes(bytes, cursor.position, end) };
}

/** Whether messages that are decoded now keep the fields that they do not know. Set for one decoding, and set back. */
const keeping = { unknown: true };

/** Runs a decoding that keeps no unknown fields. */
export function withoutUnknown<Result>(decode: () => Result): Result {
  keeping.unknown = false;
  try {
    return decode();
  } finally {
    keeping.unknown = true;
  }
}

/** Adds the field `bytes[start, end)` to those that a message does not know, if they are kept. */
export function keepUnknown(
  message: { $unknown?: UnknownField[] },
  bytes: Uint8Array,
  start: number,
  end: number,
  tag: number,
): void {
  if (!keeping.unknown) return;
  message.$unknown ??= [];
  message.$unknown.push(unknownField(bytes, start, end, tag));
}

/**
 * The fields of a record whose numbers are not in `known`. The record's structure has been checked.
 */
export function collectUnknown(
  known: ReadonlyMap<number, FieldPlan>,
  bytes: Uint8Array,
  start: number,
  end: number,
  groupsMax: number,
): UnknownField[] {
  const unknown: UnknownField[] = [];
  for (let position = start; position < end; ) {
    const first = position;
    const tag = readTag(bytes, position, end);
    position = skipValue(bytes, cursor.position, end, tag, groupsMax);
    if (!known.has(tag >>> 3)) unknown.push(unknownField(bytes, first, position, tag));
  }
  return unknown;
}

/** Writes unknown fields; -1 if they are not what `decode` makes of them. */
export function writeUnknown(bytes: Uint8Array, position: number, unknown: unknown): number {
  if (!Array.isArray(unknown)) return -1;
  let p = position;
  for (const field of unknown as (Partial<UnknownField> | null | undefined)[]) {
    const { no, wireType: wire, data } = field ?? {};
    if (!Number.isInteger(no) || !Number.isInteger(wire) || !(data instanceof Uint8Array))
      return -1;
    p = writeVarint32(bytes, p, (((no as number) << 3) | (wire as number)) >>> 0);
    p = writeRaw(bytes, p, data);
  }
  return p;
}

/**
 * The pieces in which nested message `number` came, put together: by the rules of protobuf that
 * encodes the merged message. A member of the same oneof in between, one of `others`, makes the
 * earlier pieces void.
 */
export function mergePieces(
  bytes: Uint8Array,
  start: number,
  end: number,
  number: number,
  others: readonly number[],
): Uint8Array {
  let pieces: Uint8Array[] = [];
  for (let position = start; position < end; ) {
    const tag = readTag(bytes, position, end);
    const valueAt = cursor.position;
    position = skipValue(bytes, valueAt, end, tag, end);
    if (tag === number * 8 + wireType.len) {
      readVarintSize(bytes, valueAt, end);
      pieces.push(bytes.subarray(cursor.position, position));
    } else if (others.includes(tag >>> 3)) pieces = [];
  }
  const merged = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let length = 0;
  for (const piece of pieces) {
    merged.set(piece, length);
    length += piece.length;
  }
  return merged;
}

/** Moves the cursor behind a varint. */
function readVarintSize(bytes: Uint8Array, start: number, end: number): void {
  let position = start;
  while (position < end && (bytes[position] as number) > 127) position++;
  cursor.position = position + 1;
}

/** Makes an entry of a map, also of one whose key is "__proto__". */
export function setEntry(map: Record<string, unknown>, key: unknown, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(map, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else map[key as string] = value;
}

/** What the name of a property is as a map's key; undefined if it is no such key. */
export function keyToNumber(key: string): number | undefined {
  return key.trim() === "" ? undefined : Number(key);
}

export function keyToBigInt(key: string): bigint | undefined {
  try {
    return key.trim() === "" ? undefined : BigInt(key);
  } catch {
    return undefined;
  }
}

export function keyToBool(key: string): boolean | undefined {
  return key === "true" ? true : key === "false" ? false : undefined;
}

/** What stands for bytes in an init object: an array of bytes will do. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (!Array.isArray(value) || !value.every(isByte)) return undefined;
  return Uint8Array.from(value);
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 256;
}
