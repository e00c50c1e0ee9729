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

/** The last payload that was copied, and its frame: what happens goes to many, one after another. */
const last = { payload: new Uint8Array(), isBinary: false, frame: Buffer.alloc(0) };

/**
 * A message of up to `framedBytesMax` bytes as a whole WebSocket frame of a server, which is not masked, and to be read
 * only. It is copied, unless it has room for the header in front.
 */
export function websocketFrame(payload: Uint8Array, isBinary: boolean): Buffer {
  const headerBytes = payload.length > shortBytesMax ? 4 : 2;
  if (hasHeaderRoom(payload)) {
    const start = payload.byteOffset - headerBytes;
    const frame = Buffer.from(payload.buffer, start, headerBytes + payload.length);
    return withHeader(frame, payload.length, isBinary);
  }
  if (payload !== last.payload || isBinary !== last.isBinary) {
    // The pool of small buffers makes this several times cheaper than an array of its own.
    const frame = Buffer.allocUnsafe(headerBytes + payload.length);
    frame.set(payload, headerBytes);
    Object.assign(last, { payload, isBinary, frame: withHeader(frame, payload.length, isBinary) });
  }
  return last.frame;
}

function withHeader(frame: Buffer, length: number, isBinary: boolean): Buffer {
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
