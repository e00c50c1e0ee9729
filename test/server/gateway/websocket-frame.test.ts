import { once } from "node:events";
import type { Writable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as ws from "ws";
import { roomForMessage } from "../../../src/server/gateway/message-room.ts";
import { framedBytesMax, websocketFrame } from "../../../src/server/gateway/websocket-frame.ts";

/** It is no part of the types of ws. */
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: { readonly isServer: boolean }) => Writable;
};

/** What a WebSocket makes of frames. */
async function received(frame: Uint8Array): Promise<[data: Buffer, isBinary: boolean]> {
  const receiver = new Receiver({ isServer: false });
  const message = once(receiver, "message");
  receiver.write(frame);
  return (await message) as [Buffer, boolean];
}

test("a message arrives as it is, whatever its length", async () => {
  const edges = [0, 1, 125, 126, 127, 255, 256, 65_535].filter((n) => n <= framedBytesMax);
  const length = fc.oneof(
    fc.constantFrom(...edges, framedBytesMax),
    fc.integer({ min: 0, max: framedBytesMax }),
  );
  await fc.assert(
    fc.asyncProperty(length, fc.boolean(), async (bytes, isBinary) => {
      // Text has to be valid text.
      const payload = Uint8Array.from({ length: bytes }, (_none, i) => i % 128);
      const [data, isOfBytes] = await received(websocketFrame(payload, isBinary));
      expect(isOfBytes).toBe(isBinary);
      expect(Buffer.compare(data, payload)).toBe(0);
    }),
    { numRuns: 100 },
  );
});

test("a message that goes to many is put into a frame once, for each of the two forms", () => {
  const payload = Uint8Array.of(1, 2, 3);
  const frame = websocketFrame(payload, true);
  expect(websocketFrame(payload, true)).toBe(frame);
  expect([...websocketFrame(payload, false)]).toEqual([0x81, 3, 1, 2, 3]);
  expect([...websocketFrame(Uint8Array.of(4), true)]).toEqual([0x82, 1, 4]);
  expect([...frame]).toEqual([0x82, 3, 1, 2, 3]);
});

test("messages with room for their headers are not copied, and stay what they are beside each other", async () => {
  const length = fc.oneof(fc.constantFrom(0, 125, 126), fc.integer({ min: 0, max: 9_000 }));
  await fc.assert(
    fc.asyncProperty(fc.array(length, { minLength: 1, maxLength: 20 }), async (lengths) => {
      const messages = lengths.map((bytes, i) => roomForMessage(bytes).fill(i + 1));
      const frames = messages.map((message) => websocketFrame(message, true));
      for (const [i, frame] of frames.entries()) {
        expect(frame.buffer).toBe(messages[i]?.buffer);
        const [data] = await received(frame);
        expect(data).toEqual(Buffer.alloc(lengths[i] ?? 0, i + 1));
      }
    }),
    { numRuns: 100 },
  );
});
