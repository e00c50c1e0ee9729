import { closeLength, varintSize } from "./write.ts";

/**
 * Strings that were written before, with their UTF-8: storing that, a word at a time, takes a third
 * of the time of going through the string again. Filled with the first strings that come; emptied,
 * for others to come in, once so many were not found that it seems to hold the wrong ones.
 */
const keptUnitsMax = 32;
const keptBytesMax = 32;
const keptMax = 1024;
const missesMax = 65_536;
const wordsPerText = keptBytesMax / 4;

const keptTexts = new Map<string, number>();
const keptBytes = new Uint8Array(keptMax * keptBytesMax);
const keptWords = new Int32Array(keptBytes.buffer);
const keptSizes = new Uint8Array(keptMax);
let misses = 0;

/**
 * Writes length and UTF-8 of `text` and returns the offset after it. A lone surrogate becomes
 * U+FFFD. There must be room for five bytes and three per UTF-16 unit: up to three of them are
 * touched beyond the returned offset.
 */
export function writeString(
  bytes: Uint8Array,
  view: DataView,
  position: number,
  text: string,
): number {
  if (text.length > keptUnitsMax) return writeLong(bytes, position, text);
  const place = keptTexts.get(text);
  if (place === undefined) return writeNew(bytes, position, text);
  const size = keptSizes[place] as number;
  bytes[position] = size;
  const start = position + 1;
  const first = place * wordsPerText;
  for (let i = 0; i < size; i += 4) {
    view.setInt32(start + i, keptWords[first + (i >> 2)] as number, true);
  }
  return start + size;
}

/** Writes a short text that is not kept, and keeps it while there is a place. */
function writeNew(bytes: Uint8Array, position: number, text: string): number {
  const end = writeShort(bytes, position, text);
  if (keptTexts.size < keptMax) {
    keep(bytes, position + 1, end, text);
  } else if (++misses >= missesMax) {
    misses = 0;
    keptTexts.clear();
  }
  return end;
}

function keep(bytes: Uint8Array, start: number, end: number, text: string): void {
  const size = end - start;
  if (size > keptBytesMax) return;
  const place = keptTexts.size;
  keptTexts.set(text, place);
  keptSizes[place] = size;
  for (let i = 0; i < size; i++) keptBytes[place * keptBytesMax + i] = bytes[start + i] as number;
}

/**
 * Texts of fewer UTF-16 units are written by a loop: the call of a native function would cost more.
 */
const loopUnitsMax = 16;

function writeShort(bytes: Uint8Array, position: number, text: string): number {
  const length = text.length;
  if (length > loopUnitsMax) return writeLong(bytes, position, text);
  const start = position + 1;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return writeLong(bytes, position, text);
    bytes[start + i] = unit;
  }
  bytes[position] = length;
  return start + length;
}

type Write = (this: Uint8Array, text: string, start: number, sizeMax: number) => number;
/**
 * Writes UTF-8 in half of the time of TextEncoder.encodeInto, which needs an array of its own to
 * write into.
 */
const { utf8Write } = Buffer.prototype as unknown as { utf8Write: Write };

function writeLong(bytes: Uint8Array, position: number, text: string): number {
  const room = varintSize(text.length);
  const start = position + room;
  const size = utf8Write.call(bytes, text, start, text.length * 3);
  return closeLength(bytes, position, room, start + size);
}
