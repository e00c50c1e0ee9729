import fc from "fast-check";
import { expect, test } from "vitest";
import type { History } from "../../../src/runtime/journal/history.ts";
import { PackedReader, packHistory } from "../../../src/runtime/journal/packed-history.ts";
import { identity } from "./fixtures.ts";

function historyOf(given: Partial<History>): History {
  const none = { frames: [], marks: [], quarantine: [], replies: [], reached: 0 };
  return { ...none, identity, snapshot: undefined, ...given };
}

/** Rows of ascending frames, some of them with several rows. */
const rows = fc
  .array(
    fc.record({ frame: fc.integer({ min: 1, max: 30 }), inputs: fc.uint8Array({ maxLength: 20 }) }),
    { maxLength: 40 },
  )
  .map((list) => list.sort((a, b) => a.frame - b.frame).map((row) => ({ ...row, keyed: false })));

test("every frame has its byte strings, in their order, whichever frames are asked for", () => {
  const asked = fc.uniqueArray(fc.integer({ min: 0, max: 35 })).map((l) => l.sort((a, b) => a - b));
  fc.assert(
    fc.property(rows, asked, (frames, wanted) => {
      const reader = new PackedReader(packHistory(historyOf({ frames })).inputs);
      for (const frame of wanted) {
        const expected = frames
          .filter((row) => row.frame === frame)
          .map(({ inputs }) => [...inputs]);
        expect(reader.take(frame).map((bytes) => [...bytes])).toEqual(expected);
      }
    }),
  );
});

test("a frame is given once", () => {
  const frames = [{ frame: 3, inputs: Uint8Array.of(1), keyed: false }];
  const reader = new PackedReader(packHistory(historyOf({ frames })).inputs);
  expect(reader.take(3)).toHaveLength(1);
  expect(reader.take(3)).toEqual([]);
});

test("frames beyond 32 bits are kept whole", () => {
  const frame = 2 ** 40 + 1;
  const { inputs } = packHistory(
    historyOf({ frames: [{ frame, inputs: Uint8Array.of(7), keyed: false }] }),
  );
  expect(new PackedReader(inputs).take(1)).toEqual([]);
  expect(new PackedReader(inputs).take(frame)).toEqual([Uint8Array.of(7)]);
});

test("marks are the bytes of their 32-bit integers, also when they are a part of a larger array", () => {
  const hashes = Int32Array.of(9, 1, -2, 9).subarray(1, 3);
  const { marks } = packHistory(historyOf({ marks: [{ frame: 2, hashes }] }));
  const [bytes] = new PackedReader(marks).take(2);
  expect(new Int32Array((bytes as Uint8Array).slice().buffer)).toEqual(Int32Array.of(1, -2));
});

test("all of it lies in memory that threads share, and is a copy", () => {
  const body = Uint8Array.of(1, 2, 3);
  const inputs = Uint8Array.of(4);
  const quarantine = [{ frame: 1, round: 2, actor: 3, place: 4 }];
  const packed = packHistory(
    historyOf({
      snapshot: { frame: 8, body },
      frames: [{ frame: 9, inputs, keyed: true }],
      quarantine,
      reached: 12,
    }),
  );
  body.fill(0);
  inputs.fill(0);
  expect(packed).toMatchObject({ snapshotFrame: 8, reached: 12, quarantine });
  expect([...(packed.snapshot ?? [])]).toEqual([1, 2, 3]);
  expect(new PackedReader(packed.inputs).take(9)).toEqual([Uint8Array.of(4)]);
  const { frames, ends, bytes } = packed.inputs;
  for (const { buffer } of [frames, ends, bytes, packed.snapshot as Uint8Array]) {
    expect(buffer).toBeInstanceOf(SharedArrayBuffer);
  }
});

test("a world that has just begun has an empty history", () => {
  const packed = packHistory(historyOf({}));
  expect(packed.snapshot).toBeUndefined();
  expect(packed.snapshotFrame).toBe(0);
  expect(new PackedReader(packed.inputs).take(1)).toEqual([]);
  expect(new PackedReader(packed.marks).take(1)).toEqual([]);
});
