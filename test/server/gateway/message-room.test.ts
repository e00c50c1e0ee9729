import fc from "fast-check";
import { expect, test } from "vitest";
import {
  hasHeaderRoom,
  leaveRoom,
  roomForMessage,
} from "../../../src/server/gateway/message-room.ts";

const length = fc.oneof(
  fc.integer({ min: 0, max: 2_000 }),
  fc.constantFrom(0, 8_191, 8_192, 70_000),
);
const step = fc.record({
  length,
  /** How many of those that were given out last are given back afterwards. */
  back: fc.nat(3),
});

test("nobody's bytes are given out again before they are given back", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const held: { readonly bytes: Buffer; readonly mark: number }[] = [];
      for (const [mark, { length, back }] of steps.entries()) {
        const bytes = roomForMessage(length).fill(mark);
        expect([bytes.length, hasHeaderRoom(bytes)]).toEqual([length, true]);
        held.push({ bytes, mark });
        for (let i = 0; i < back; i += 1) {
          const last = held.pop();
          if (last) leaveRoom(last.bytes);
        }
      }
      for (const { bytes, mark } of held) expect(bytes.every((byte) => byte === mark)).toBe(true);
    }),
  );
});

test("what is given back is given out again, so that messages which go at once take hardly more memory", () => {
  const { buffer: before } = roomForMessage(1_000);
  let { buffer } = roomForMessage(1_000);
  // From the beginning of an array on: the tests before have used up some of theirs.
  while (buffer === before) ({ buffer } = roomForMessage(1_000));
  for (let i = 0; i < 1_000; i += 1) {
    const next = roomForMessage(1_000);
    expect(next.buffer === buffer).toBe(true);
    leaveRoom(next);
  }
});

test("what was not given out last is not taken back, nor what was never given out", () => {
  const first = roomForMessage(10).fill(1);
  const second = roomForMessage(10).fill(2);
  leaveRoom(first);
  leaveRoom(new Uint8Array(10));
  roomForMessage(10).fill(3);
  expect([first[0], second[0]]).toEqual([1, 2]);
});
