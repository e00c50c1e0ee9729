/** Of all messages of a while together: far fewer arrays for the engine to look after than one for each. */
const slabBytes = 65_536;
/** A larger message gets an array of its own. */
const sharedBytesMax = slabBytes / 8;
/** In front of each message, for the header of its frame. */
export const headerRoomBytes = 4;

const slabs = new WeakSet<ArrayBufferLike>();
let slab = newSlab(slabBytes);
let used = 0;

/** Memory for a message that goes once and at once, with room for its frame's header in front. Its content is anything. */
export function roomForMessage(length: number): Buffer {
  const bytes = headerRoomBytes + length;
  if (bytes > sharedBytesMax) return Buffer.from(newSlab(bytes), headerRoomBytes, length);
  const start = reserve(bytes);
  return Buffer.from(slab, start + headerRoomBytes, length);
}

/** Frames of messages behind one another, to be written at once. There is no room for a header in front of them. */
export function joined(before: Uint8Array, after: Uint8Array): Buffer {
  const bytes = before.length + after.length;
  const start = bytes > sharedBytesMax ? 0 : reserve(bytes);
  const both = Buffer.from(bytes > sharedBytesMax ? newSlab(bytes) : slab, start, bytes);
  both.set(before);
  both.set(after, before.length);
  return both;
}

/**
 * Gives a message's memory back, or its frame's, which nobody reads any more: what was given out last is given out again
 * next, but for some bytes of the header's. Without that it is as many bytes in a second as are sent in it, and V8 counts
 * them as a reason to collect garbage: with 17 MB a second of them, and a heap that has once shrunk, it marked the whole
 * heap twice a second.
 */
export function leaveRoom({ buffer, byteOffset, length }: Uint8Array): void {
  if (buffer === slab && byteOffset + length === used) used = byteOffset;
}

/** Whether a message is as `roomForMessage` gave it, not a part of one, so that what is in front of it may be written. */
export function hasHeaderRoom({ buffer }: Uint8Array): boolean {
  return slabs.has(buffer);
}

/** Where so many bytes of the slab begin that are nobody's yet. */
function reserve(bytes: number): number {
  if (used + bytes > slabBytes) {
    slab = newSlab(slabBytes);
    used = 0;
  }
  const start = used;
  used += bytes;
  return start;
}

function newSlab(bytes: number): ArrayBufferLike {
  const { buffer } = Buffer.allocUnsafeSlow(bytes);
  slabs.add(buffer);
  return buffer;
}
