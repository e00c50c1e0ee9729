/**
 * A piece of shared memory that holds records.
 *
 *   word 0      bytes in use, counted from the segment's start   written by the lane's writer, before a barrier
 *   word 1      in a half's first segment: segments in use       written by the lane's writer, before a barrier
 *   byte 64 …   records
 */
export interface Segment {
  readonly shared: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

export const usedWord = 0;
export const segmentsWord = 1;
/** Where records begin: a cache line after the words above. */
export const segmentStart = 64;

export const segmentBytesFirst = 65_536;
/** Segments double in size up to this one; a record that is larger gets a segment of its own size. */
export const segmentBytesMax = 16_777_216;

export function openSegment(shared: SharedArrayBuffer): Segment {
  return { shared, bytes: new Uint8Array(shared), words: new Int32Array(shared) };
}

export function createSegment(bytes: number): Segment {
  const segment = openSegment(new SharedArrayBuffer(bytes));
  segment.words[usedWord] = segmentStart;
  return segment;
}
