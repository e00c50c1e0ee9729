import fc from "fast-check";
import { expect, test } from "vitest";
import {
  align8,
  lengthWord,
  recordHeaderBytes,
  sequenceWord,
  typeWord,
} from "../../../src/runtime/memory/record.ts";
import { createRingMemory, RingReader, RingWriter } from "../../../src/runtime/memory/ring.ts";

const capacity = 1_024;

interface Rec {
  readonly id: number;
  readonly length: number;
}

function tryWrite(ring: RingWriter, { id, length }: Rec): boolean {
  const at = ring.claim(recordHeaderBytes + length);
  if (at === -1) return false;
  expect(at % 8).toBe(0);
  ring.words[(at >> 2) + lengthWord] = length;
  ring.words[(at >> 2) + typeWord] = 1 << 16;
  ring.words[(at >> 2) + sequenceWord] = id;
  const start = at + recordHeaderBytes;
  for (let i = 0; i < length; i += 1) ring.bytes[start + i] = (id * 7 + i) & 0xff;
  ring.commit(start + length);
  return true;
}

function next(ring: RingReader): Rec | undefined {
  const at = ring.peek();
  if (at === -1) return undefined;
  const length = ring.words[(at >> 2) + lengthWord] as number;
  const id = ring.words[(at >> 2) + sequenceWord] as number;
  for (let i = 0; i < length; i += 1) {
    if (ring.bytes[at + recordHeaderBytes + i] !== ((id * 7 + i) & 0xff)) {
      throw new Error(`byte ${i} of record ${id} is not what was written`);
    }
  }
  expect(ring.peek()).toBe(at);
  ring.advance(at);
  return { id, length };
}

const steps = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: fc.record({ do: fc.constant("write"), length: fc.nat(300) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("mark") }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("rollback") }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("publish") }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("read") }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("release") }) },
  ),
  { minLength: 20, maxLength: 400, size: "max" },
);

/** Starts head and tail at any position: they wrap at 2^32. */
function openRing(position: number): { writer: RingWriter; reader: RingReader } {
  const shared = createRingMemory(capacity);
  const words = new Int32Array(shared);
  words[0] = position;
  words[32] = position;
  return { writer: new RingWriter(shared), reader: new RingReader(shared) };
}

test("a ring is a queue: what is published is read once, in order, whatever wraps or is taken back", () => {
  const seen = { full: 0, read: 0 };
  const start = fc.constantFrom(0, 8, 1_016, 0x7fff_fff8, 0x7fff_fff8 - 512, -8, -1_024);
  const property = fc.property(start, steps, (position, script) => {
    const { writer, reader } = openRing(position);
    const published: Rec[] = [];
    let pending: Rec[] = [];
    let marked = 0;
    let ids = 0;
    writer.mark();
    for (const step of script) {
      if ("length" in step) {
        ids += 1;
        const record = { id: ids, length: step.length };
        if (tryWrite(writer, record)) pending.push(record);
        else seen.full += 1;
      } else if (step.do === "mark") {
        writer.mark();
        marked = pending.length;
      } else if (step.do === "rollback") {
        writer.rollback();
        pending.length = marked;
      } else if (step.do === "publish") {
        writer.publish();
        writer.mark();
        published.push(...pending);
        pending = [];
        marked = 0;
      } else if (step.do === "read") {
        expect(next(reader)).toEqual(published.shift());
        seen.read += 1;
      } else {
        reader.release();
      }
      expect(writer.used).toBeLessThanOrEqual(capacity);
    }
    writer.publish();
    published.push(...pending);
    for (const record of published) expect(next(reader)).toEqual(record);
    expect(reader.peek()).toBe(-1);
    reader.release();
    expect(writer.used).toBe(0);
  });
  fc.assert(property, { numRuns: 200 });
  expect(seen.full).toBeGreaterThan(100);
  expect(seen.read).toBeGreaterThan(1_000);
});

test("a reader sees nothing before it is published, and the writer no room before it is released", () => {
  const { writer, reader } = openRing(0);
  const half = { id: 1, length: capacity / 2 - recordHeaderBytes };
  expect(tryWrite(writer, half)).toBe(true);
  expect(reader.peek()).toBe(-1);
  expect(tryWrite(writer, { ...half, id: 2 })).toBe(true);
  expect(tryWrite(writer, { id: 3, length: 0 })).toBe(false);
  writer.publish();
  expect(next(reader)?.id).toBe(1);
  expect(tryWrite(writer, { id: 3, length: 0 })).toBe(false);
  reader.release();
  expect(tryWrite(writer, { id: 3, length: 0 })).toBe(true);
});

test("a record that fills the ring to its last byte fits, and one that is longer never does", () => {
  const { writer, reader } = openRing(0);
  expect(tryWrite(writer, { id: 1, length: capacity - recordHeaderBytes + 1 })).toBe(false);
  for (let id = 2; id < 6; id += 1) {
    const record = { id, length: capacity - recordHeaderBytes };
    expect(tryWrite(writer, record)).toBe(true);
    writer.publish();
    expect(next(reader)).toEqual(record);
    reader.release();
  }
});

test("a record does not wrap: padding fills the end, and counts as used", () => {
  const { writer, reader } = openRing(0);
  const first = { id: 1, length: 600 };
  expect(tryWrite(writer, first)).toBe(true);
  writer.publish();
  next(reader);
  reader.release();
  const second = { id: 2, length: 500 };
  expect(tryWrite(writer, second)).toBe(true);
  expect(writer.used).toBe(capacity - align8(624) + align8(524));
  expect(reader.peek()).toBe(-1);
  writer.publish();
  expect(next(reader)).toEqual(second);
});

test("a capacity that is no power of two from 1024 is refused", () => {
  for (const bad of [0, 512, 1_000, 1_025, 3_000]) {
    expect(() => createRingMemory(bad), String(bad)).toThrow(`capacity=${bad} is not valid`);
  }
});
