import { broken } from "./wire.ts";

// A leading U+FEFF is text, not a byte-order mark.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Strings that were read before, so that reading one again allocates nothing: most strings of a
 * world are names that come over and over. A text has one place, by the hash of its bytes, and
 * takes it from whoever was there.
 */
const keptBytesMax = 32;
const placesBits = 11;
const places = 1 << placesBits;
const wordsPerPlace = keptBytesMax / 4;

const keptTexts: string[] = new Array(places).fill("");
const keptSizes = new Uint8Array(places);
/**
 * The last four bytes, then the others four at a time: a text of any size is made of whole words
 * that overlap.
 */
const keptWords = new Int32Array(places * wordsPerPlace);

/**
 * The text of `bytes[start, end)`, which must lie inside `bytes`. Throws BROKEN unless it is UTF-8.
 */
export function readString(bytes: Uint8Array, view: DataView, start: number, end: number): string {
  const size = end - start;
  if (size < 4) return readTiny(bytes, start, end);
  if (size > keptBytesMax) return readLong(bytes, start, end);
  const lastAt = end - 4;
  const last = view.getInt32(lastAt, true);
  let hash = Math.imul(last ^ size, 0x9e3779b1);
  for (let i = start; i < lastAt; i += 4) {
    hash = Math.imul((hash ^ (hash >>> 15)) + view.getInt32(i, true), 0x85ebca6b);
  }
  const place = (hash ^ (hash >>> 13)) & (places - 1);
  if (keptSizes[place] === size) {
    let word = place * wordsPerPlace;
    if (keptWords[word] === last) {
      let i = start;
      while (i < lastAt && view.getInt32(i, true) === keptWords[++word]) i += 4;
      if (i >= lastAt) return keptTexts[place] as string;
    }
  }
  return readNew(bytes, view, start, end, place);
}

/** Reads a short text that was not kept, and keeps it. */
function readNew(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  place: number,
): string {
  const text = isAscii(bytes, start, end)
    ? fromAscii(bytes, start, end - start)
    : decodeShort(bytes, start, end);
  keptTexts[place] = text;
  keptSizes[place] = end - start;
  let word = place * wordsPerPlace;
  keptWords[word] = view.getInt32(end - 4, true);
  for (let i = start; i < end - 4; i += 4) keptWords[++word] = view.getInt32(i, true);
  return text;
}

/** Up to three bytes. The engine keeps strings of one character itself. */
function readTiny(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) return "";
  if (!isAscii(bytes, start, end)) return decodeShort(bytes, start, end);
  return fromAscii(bytes, start, end - start);
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  for (let i = start; i < end; i++) all |= bytes[i] as number;
  return all < 128;
}

/**
 * A string of up to `keptBytesMax` ASCII characters. With a fixed number of arguments
 * String.fromCharCode takes a third of the time of any function that takes an array: hence one call
 * per size, which only a loop can write.
 */
const fromAscii: (bytes: Uint8Array, start: number, size: number) => string = (() => {
  const cases = Array.from({ length: keptBytesMax + 1 }, (_, size) => {
    const units = Array.from({ length: size }, (_, i) => `bytes[start + ${i}]`);
    return `case ${size}: return String.fromCharCode(${units.join(", ")});`;
  });
  return new Function("bytes", "start", "size", `switch (size) { ${cases.join("\n")} }`) as never;
})();

type Slice = (this: Uint8Array, start: number, end: number) => string;
/** Reads UTF-8 in half of a TextDecoder's time, but lets invalid bytes pass as U+FFFD. */
const { utf8Slice } = Buffer.prototype as unknown as { utf8Slice: Slice };

function decodeShort(bytes: Uint8Array, start: number, end: number): string {
  if (findInvalidUtf8(bytes, start, end) !== -1) broken();
  return utf8Slice.call(bytes, start, end);
}

function readLong(bytes: Uint8Array, start: number, end: number): string {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return broken();
  }
}

/** Where `bytes[start, end)` stops being UTF-8, or -1 if it is. */
export function findInvalidUtf8(bytes: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end) {
    const lead = bytes[p] as number;
    if (lead < 0x80) {
      p++;
      continue;
    }
    const size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (size === 0 || p + size > end) return p;
    for (let i = 1; i < size; i++) {
      if (((bytes[p + i] as number) & 0xc0) !== 0x80) return p;
    }
    const second = bytes[p + 1] as number;
    if (lead === 0xe0 && second < 0xa0) return p; // Longer than it needs to be.
    if (lead === 0xed && second > 0x9f) return p; // A surrogate.
    if (lead === 0xf0 && second < 0x90) return p; // Longer than it needs to be.
    if (lead === 0xf4 && second > 0x8f) return p; // Beyond U+10FFFF.
    p += size;
  }
  return -1;
}
