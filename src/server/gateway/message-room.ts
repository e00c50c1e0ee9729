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
  if (length > sharedBytesMax) return Buffer.from(newSlab(bytes), headerRoomBytes, length);
  if (used + bytes > slabBytes) {
    slab = newSlab(slabBytes);
    used = 0;
  }
  const start = used + headerRoomBytes;
  used += bytes;
  return Buffer.from(slab, start, length);
}

/** Whether a message is as `roomForMessage` gave it, not a part of one, so that what is in front of it may be written. */
export function hasHeaderRoom({ buffer }: Uint8Array): boolean {
  return slabs.has(buffer);
}

function newSlab(bytes: number): ArrayBufferLike {
  const { buffer } = Buffer.allocUnsafeSlow(bytes);
  slabs.add(buffer);
  return buffer;
}
