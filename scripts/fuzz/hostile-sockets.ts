import { connect, type Socket } from "node:net";
import type { Mutator } from "../../test/support/fuzz/mutator.ts";
import { within } from "../../test/support/within.ts";

const text = 0x1;
const binary = 0x2;
const ping = 0x9;
const endMsMax = 5_000;
/** Lengths that fit into the head itself. */
const shortMax = 125;

interface FrameOptions {
  readonly isLast?: boolean;
  readonly isMasked?: boolean;
  /** What the frame says of its length, when that is not the truth. */
  readonly length?: number;
}

/** A frame of the WebSocket protocol. */
function frameOf(opcode: number, payload: Uint8Array, options: FrameOptions = {}): Buffer {
  const { isLast = true, isMasked = true, length = payload.length } = options;
  const isShort = length <= shortMax;
  const lengthCode = isShort ? length : 0x7f;
  const head = Buffer.from([(isLast ? 0x80 : 0) | opcode, (isMasked ? 0x80 : 0) | lengthCode]);
  const size = Buffer.alloc(isShort ? 0 : 8);
  if (!isShort) size.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([head, size, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

/** What is wrong below the messages, and the close code that it has to be answered with. */
const acts: readonly ((mutator: Mutator) => { readonly bytes: Buffer; readonly code: number })[] = [
  // Oversized: said to be, and being so.
  () => ({ bytes: frameOf(binary, Buffer.alloc(0), { length: 2 ** 40 }), code: 4413 }),
  () => ({ bytes: frameOf(binary, Buffer.alloc(70_000)), code: 4413 }),
  // Oversized by its fragments.
  () => ({
    bytes: Buffer.concat([
      frameOf(binary, Buffer.alloc(40_000), { isLast: false }),
      frameOf(0, Buffer.alloc(40_000)),
    ]),
    code: 4413,
  }),
  // Another message in the midst of a fragmented one.
  () => ({
    bytes: Buffer.concat([
      frameOf(binary, Buffer.from([10]), { isLast: false }),
      frameOf(binary, Buffer.from([10, 0])),
    ]),
    code: 4400,
  }),
  // The end of a fragmented message that never began.
  () => ({ bytes: frameOf(0, Buffer.from([10, 0])), code: 4400 }),
  // A control message in fragments, and one that is too long.
  () => ({ bytes: frameOf(ping, Buffer.alloc(3), { isLast: false }), code: 4400 }),
  () => ({ bytes: frameOf(ping, Buffer.alloc(126)), code: 4400 }),
  // Not masked; an opcode that is none; text that is not UTF-8.
  () => ({ bytes: frameOf(binary, Buffer.from([10, 0]), { isMasked: false }), code: 4400 }),
  (mutator) => ({
    bytes: frameOf(3 + ((mutator.bytes(1)[0] ?? 0) % 5), Buffer.alloc(1)),
    code: 4400,
  }),
  () => ({ bytes: frameOf(text, Buffer.from([0xff, 0xfe])), code: 4400 }),
  // A message in fragments, a ping between them, and what they come to is a message before the hello.
  () => ({
    bytes: Buffer.concat([
      frameOf(binary, Buffer.from([42]), { isLast: false }),
      frameOf(ping, Buffer.alloc(5)),
      frameOf(0, Buffer.from([0])),
    ]),
    code: 4401,
  }),
];

/** Does one act on a WebSocket of its own. Returns what is wrong with the close that it is answered with. */
export async function actOnSocket(url: string, mutator: Mutator): Promise<string | undefined> {
  const { bytes, code } = mutator.pick(acts)(mutator);
  const socket = await upgraded(url);
  const ended = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk as Buffer));
  socket.on("error", () => {});
  socket.on("close", () => ended.resolve());
  // In pieces of any size, as a network may deliver them.
  for (let at = 0; at < bytes.length; ) {
    const size = Math.min(1 + (mutator.bytes(1)[0] ?? 0) * 300, bytes.length - at);
    socket.write(bytes.subarray(at, at + size));
    at += size;
  }
  await within("the close", Promise.race([ended.promise, sawClose(socket, chunks)]), endMsMax);
  socket.destroy();
  const answered = closeCodeOf(Buffer.concat(chunks));
  return answered === code ? undefined : `${answered} instead of ${code}`;
}

function sawClose(socket: Socket, chunks: Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    socket.on("data", () => {
      if (closeCodeOf(Buffer.concat(chunks)) !== undefined) resolve();
    });
  });
}

async function upgraded(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
      "Sec-WebSocket-Protocol: tellurion.v1.proto\r\n\r\n",
  );
  await within("the upgrade", new Promise((resolve) => socket.once("data", resolve)));
  return socket;
}

/** The code of the close among the server's frames, which are not masked. */
function closeCodeOf(bytes: Buffer): number | undefined {
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = (bytes[at] ?? 0) & 0xf;
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const isLong = short === 126;
    if (isLong && at + 4 > bytes.length) return undefined;
    const start = at + (isLong ? 4 : 2);
    const length = isLong ? bytes.readUInt16BE(at + 2) : short;
    if (opcode === 8) return start + 2 <= bytes.length ? bytes.readUInt16BE(start) : undefined;
    at = start + length;
  }
  return undefined;
}
