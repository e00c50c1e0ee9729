/** Of all messages of a while together: far fewer arrays for the engine to look after than one for each. */
const slabBytes = 65_536;
/** A larger message gets an array of its own. */
const sharedBytesMax = slabBytes / 8;
/** In front of each message, for the header of its frame. */
export const headerRoomBytes = 4;

const slabs = new WeakSet<ArrayBufferLike>();
let slab = newSlab(slabBytes);
let used = 0;

/** Memory for bytes that go once and at once. Its content is anything. */
export function room(length: number): Buffer {
  if (length > sharedBytesMax) return Buffer.from(newSlab(length));
  const start = reserve(length);
  return Buffer.from(slab, start, length);
}

/** As `room`, with room for the header of the message's frame in front. */
export function roomForMessage(length: number): Buffer {
  const bytes = headerRoomBytes + length;
  if (bytes > sharedBytesMax) return Buffer.from(newSlab(bytes), headerRoomBytes, length);
  const start = reserve(bytes);
  return Buffer.from(slab, start + headerRoomBytes, length);
}

/**
 * Gives bytes of `room` back that nobody reads any more: what was given out last is given out again next. Without that it
 * is as many bytes in a second as are sent in it, and V8 counts them as a reason to collect garbage: with 17 MB a second
 * of them, and a heap that has once shrunk, it marked the whole heap twice a second.
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
