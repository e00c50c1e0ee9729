import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Announcement,
  createLaneMemory,
  LaneReader,
  LaneWriter,
} from "../../../src/runtime/memory/lane.ts";
import {
  align8,
  lengthWord,
  recordHeaderBytes,
  sequenceWord,
} from "../../../src/runtime/memory/record.ts";
import { segmentStart, usedWord } from "../../../src/runtime/memory/segment.ts";

const firstBytes = 256;

interface Rec {
  readonly id: number;
  readonly length: number;
}

/** Writes a record whose every payload byte depends on its id. `claimed` may be more than is used, as with a bound. */
function write(lane: LaneWriter, { id, length }: Rec, spare = 0): void {
  const at = lane.claim(recordHeaderBytes + length + spare);
  expect(at % 8).toBe(0);
  lane.words[(at >> 2) + lengthWord] = length;
  lane.words[(at >> 2) + sequenceWord] = id;
  const start = at + recordHeaderBytes;
  for (let i = 0; i < length; i += 1) lane.bytes[start + i] = (id * 31 + i) & 0xff;
  lane.commit(start + length);
}

/** Reads what a half holds and checks every byte of it. */
function read(lane: LaneReader, half: number): Rec[] {
  lane.begin(half);
  const found: Rec[] = [];
  for (const { bytes, words } of lane.segments.slice(0, lane.count)) {
    const used = words[usedWord] as number;
    for (let at = segmentStart; at < used; ) {
      const length = words[(at >> 2) + lengthWord] as number;
      const id = words[(at >> 2) + sequenceWord] as number;
      for (let i = 0; i < length; i += 1) {
        if (bytes[at + recordHeaderBytes + i] !== ((id * 31 + i) & 0xff)) {
          throw new Error(`byte ${i} of record ${id} is not what was written`);
        }
      }
      found.push({ id, length });
      at += align8(recordHeaderBytes + length);
    }
  }
  return found;
}

function createLane(): { writer: LaneWriter; reader: LaneReader; announced: Announcement[] } {
  const memory = createLaneMemory(firstBytes);
  const { port1, port2 } = new MessageChannel();
  const announced: Announcement[] = [];
  const writer = new LaneWriter(memory, (announcement) => {
    announced.push(announcement);
    port1.postMessage(announcement);
  });
  const receive = (): Announcement | undefined =>
    receiveMessageOnPort(port2)?.message as Announcement | undefined;
  return { writer, reader: new LaneReader(memory, receive), announced };
}

const lengths = fc.oneof(
  { weight: 8, arbitrary: fc.nat(60) },
  { weight: 3, arbitrary: fc.nat(400) },
  { weight: 1, arbitrary: fc.nat(20_000) },
);
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant("write"), length: lengths, spare: fc.nat(40) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("mark") }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("rollback") }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("publish") }) },
  ),
  { minLength: 20, maxLength: 150, size: "max" },
);

test("a reader finds exactly the records that were written and not taken back, round by round", () => {
  let grown = 0;
  const property = fc.property(steps, (script) => {
    const { writer, reader, announced } = createLane();
    let half = 0;
    let model: Rec[] = [];
    let marked = 0;
    let ids = 0;
    const turn = (): void => {
      writer.publish();
      expect(writer.records).toBe(model.length);
      expect(read(reader, half)).toEqual(model);
      half = 1 - half;
      writer.begin(half);
      model = [];
      writer.mark();
      marked = 0;
    };
    writer.begin(half);
    writer.mark();
    for (const step of script) {
      if ("length" in step) {
        ids += 1;
        write(writer, { id: ids, length: step.length }, step.spare);
        model.push({ id: ids, length: step.length });
      } else if (step.do === "mark") {
        writer.mark();
        marked = model.length;
      } else if (step.do === "rollback") {
        writer.rollback();
        model.length = marked;
      } else {
        turn();
      }
    }
    turn();
    grown += announced.length;
  });
  fc.assert(property, { numRuns: 200 });
  expect(grown).toBeGreaterThan(200);
});

test("a record that is larger than any segment gets one of its own size", () => {
  const { writer, reader } = createLane();
  const length = 3_000_001;
  write(writer, { id: 1, length: 10 });
  write(writer, { id: 2, length });
  write(writer, { id: 3, length: 10 });
  writer.publish();
  expect(read(reader, 0)).toEqual([
    { id: 1, length: 10 },
    { id: 2, length },
    { id: 3, length: 10 },
  ]);
});

test("a half keeps its segments: the same traffic again announces nothing and allocates nothing", () => {
  const { writer, reader, announced } = createLane();
  const round = (half: number): number => {
    writer.begin(half);
    for (let id = 0; id < 100; id += 1) write(writer, { id, length: 50 });
    writer.publish();
    return read(reader, half).length;
  };
  expect([round(0), round(1)]).toEqual([100, 100]);
  const { length } = announced;
  const { capacity } = writer;
  expect(length).toBeGreaterThan(1);
  for (let i = 0; i < 10; i += 1) expect(round(i & 1)).toBe(100);
  expect(announced).toHaveLength(length);
  expect(writer.capacity).toBe(capacity);
});

test("a half that is shorter than it was shows nothing of its former records", () => {
  const { writer, reader } = createLane();
  for (let id = 0; id < 50; id += 1) write(writer, { id, length: 50 });
  writer.publish();
  expect(read(reader, 0)).toHaveLength(50);
  writer.begin(0);
  write(writer, { id: 99, length: 1 });
  writer.publish();
  expect(read(reader, 0)).toEqual([{ id: 99, length: 1 }]);
  writer.begin(0);
  writer.publish();
  expect(read(reader, 0)).toEqual([]);
});

test("growth of one half that is announced late is put to that half, not to the one being read", () => {
  const { writer, reader } = createLane();
  // Both halves grow before the reader looks at either.
  for (let id = 0; id < 30; id += 1) write(writer, { id, length: 40 });
  writer.publish();
  writer.begin(1);
  for (let id = 100; id < 140; id += 1) write(writer, { id, length: 40 });
  writer.publish();
  expect(read(reader, 1).map(({ id }) => id)).toEqual(
    Array.from({ length: 40 }, (_, i) => 100 + i),
  );
  expect(read(reader, 0).map(({ id }) => id)).toEqual(Array.from({ length: 30 }, (_, i) => i));
});

test("a segment that was never announced is an error, not garbage", () => {
  const memory = createLaneMemory(firstBytes);
  const writer = new LaneWriter(memory, () => {});
  const reader = new LaneReader(memory, () => undefined);
  for (let id = 0; id < 30; id += 1) write(writer, { id, length: 40 });
  writer.publish();
  expect(() => reader.begin(0)).toThrow("was not announced");
});
