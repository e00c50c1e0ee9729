import { closeLength, varintSize } from "./write.ts";

/**
 * Strings that were written before, with their UTF-8: storing that, a word at a time, takes less than half of the time of
 * going through the string again. A text has one place, by some of its characters, and gets it when it has come twice since
 * another one that is not there: so texts that never come again cost little, keep nothing alive and drive nobody out.
 */
const keptUnitsMax = 32;
const keptBytesMax = 32;
const placesBits = 11;
const places = 1 << placesBits;
const wordsPerPlace = keptBytesMax / 4;

const keptTexts: string[] = new Array(places).fill("");
const keptBytes = new Uint8Array(places * keptBytesMax);
const keptWords = new Int32Array(keptBytes.buffer);
const keptSizes = new Uint8Array(places);
/** Of each place the last text that was not there: its UTF-8, summed up. */
const lastSums = new Int32Array(places);

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
  const length = text.length;
  if (length > keptUnitsMax) return writeLong(bytes, position, text);
  if (length < 2) return writeShort(bytes, position, text);
  const place = placeOf(text, length);
  if (keptTexts[place] !== text) return writeNew(bytes, position, text, place);
  const size = keptSizes[place] as number;
  bytes[position] = size;
  const start = position + 1;
  const first = place * wordsPerPlace;
  for (let i = 0; i < size; i += 4) {
    view.setInt32(start + i, keptWords[first + (i >> 2)] as number, true);
  }
  return start + size;
}

/** By its first and last two characters and its length: that tells most names apart, and numbered ones too. */
function placeOf(text: string, length: number): number {
  const last = text.charCodeAt(length - 1) + 37 * text.charCodeAt(length - 2);
  const sum = last + 1_021 * text.charCodeAt(0);
  return (Math.imul(sum, 0x9e3779b1) >>> (32 - placesBits)) ^ length;
}

/** Writes a short text that is not kept, and keeps it if it comes again. */
function writeNew(bytes: Uint8Array, position: number, text: string, place: number): number {
  const end = writeShort(bytes, position, text);
  const start = position + 1;
  const size = end - start;
  if (size > keptBytesMax) return end;
  let sum = size;
  for (let i = start; i < end; i++) sum = Math.imul(sum, 31) + (bytes[i] as number);
  if (lastSums[place] === (sum | 0)) {
    keptTexts[place] = text;
    keptSizes[place] = size;
    for (let i = 0; i < size; i++) keptBytes[place * keptBytesMax + i] = bytes[start + i] as number;
  }
  lastSums[place] = sum;
  return end;
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
