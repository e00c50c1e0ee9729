import { hasHeaderRoom } from "./message-room.ts";

/** A payload of up to so many bytes is cheaper to copy behind its header than to hand over apart from it. */
export const framedBytesMax = 16_384;

const final = 0x80;
const textOpcode = 1;
const binaryOpcode = 2;
/** A greater length does not fit into the header's second byte. */
const shortBytesMax = 125;
/** Says that the length follows in two bytes. */
const lengthInTwoBytes = 126;

/**
 * A message of up to `framedBytesMax` bytes as a whole WebSocket frame of a server, which is not masked. It is copied,
 * unless it has room for the header in front.
 */
export function websocketFrame(payload: Uint8Array, isBinary: boolean): Buffer {
  const { length } = payload;
  const headerBytes = length > shortBytesMax ? 4 : 2;
  const frame = frameFor(payload, headerBytes);
  frame[0] = final | (isBinary ? binaryOpcode : textOpcode);
  if (length > shortBytesMax) {
    frame[1] = lengthInTwoBytes;
    frame[2] = length >> 8;
    frame[3] = length & 255;
  } else {
    frame[1] = length;
  }
  return frame;
}

function frameFor(payload: Uint8Array, headerBytes: number): Buffer {
  const bytes = headerBytes + payload.length;
  if (hasHeaderRoom(payload)) {
    return Buffer.from(payload.buffer, payload.byteOffset - headerBytes, bytes);
  }
  // The pool of small buffers makes this several times cheaper than an array of its own.
  const frame = Buffer.allocUnsafe(bytes);
  frame.set(payload, headerBytes);
  return frame;
}
