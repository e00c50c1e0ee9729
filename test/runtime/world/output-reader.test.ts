import fc from "fast-check";
import { expect, test } from "vitest";
import { CoreReportSchema } from "../../../src/gen/tellurion/v1/core_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { codecOf } from "../../../src/runtime/codec/index.ts";
import { recordHeaderBytes, recordKind } from "../../../src/runtime/memory/record.ts";
import { createRingMemory, RingWriter } from "../../../src/runtime/memory/ring.ts";
import { catalogueOf } from "../../../src/runtime/world/catalogue.ts";
import { writeRecord } from "../../../src/runtime/world/outgoing.ts";
import { OutputReader } from "../../../src/runtime/world/output-reader.ts";
import { actors } from "../../support/chaos.ts";

const catalogue = catalogueOf(actors);
const { id: weatherType } = catalogue.messageOf(WeatherEventSchema);
const ringBytes = 65_536;

interface Event {
  readonly frame: number;
  readonly round: number;
  readonly sender: number;
  readonly sequence: number;
}

function put(
  ring: RingWriter,
  kind: number,
  head: Partial<Event> & { type?: number },
  payload: Uint8Array,
): void {
  const at = ring.claim(recordHeaderBytes + payload.length);
  if (at === -1) throw new Error("the test's ring is full");
  const { frame = 0, round = 0, sender = 0, sequence = 0, type = 0 } = head;
  writeRecord(ring, at, { kind, type, sender, target: round, sequence, extra: frame | 0 }, payload);
  ring.commit(at + recordHeaderBytes + payload.length);
}

function putEvent(ring: RingWriter, event: Event): void {
  const payload = codecOf(WeatherEventSchema).toBytes({ region: `r${event.sender}` });
  put(ring, recordKind.event, { ...event, type: weatherType }, payload);
}

function open(workers: number): {
  rings: RingWriter[];
  reader: OutputReader;
  heard: string[];
  topics: Set<string>;
} {
  const memory = Array.from({ length: workers }, () => createRingMemory(ringBytes));
  const heard: string[] = [];
  const topics = new Set<string>();
  const reader = new OutputReader(memory, catalogue, {
    events: (frame, events) => {
      heard.push(`frame ${frame}`);
      for (const { actor, sequence, topic } of events) {
        heard.push(`${actor}:${sequence}`);
        topics.add(topic);
      }
    },
    effect: (frame, id, type) => heard.push(`effect ${frame} ${id} ${type}`),
    reply: (_, call, error, bytes) =>
      heard.push(`reply ${call} ${error ?? "ok"} ${Buffer.from(bytes).toString()}`),
    report: (frame, { body }) => heard.push(`${body.case} ${frame}`),
  });
  return { rings: memory.map((shared) => new RingWriter(shared)), reader, heard, topics };
}

const traffic = fc.array(
  fc.record({
    frame: fc.integer({ min: 1, max: 6 }),
    round: fc.nat(3),
    sender: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 150, size: "max" },
);

test("events come in the order frame, round, sender, sending, however the senders sit on workers", () => {
  const workers = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(traffic, workers, fc.nat(), (list, count, salt) => {
      const events = list
        .map((event, i) => ({ ...event, i }))
        .sort((a, b) => a.frame - b.frame || a.round - b.round || a.sender - b.sender || a.i - b.i)
        .map((event, sequence) => ({ ...event, sequence }));
      const { rings, reader, heard, topics } = open(count);
      for (const event of events) {
        const worker = (event.sender * 7 + salt) % count;
        putEvent(rings[worker] as RingWriter, event);
      }
      for (const ring of rings) ring.publish();
      reader.read(6);
      const expected: string[] = [];
      for (const [i, event] of events.entries()) {
        if (events[i - 1]?.frame !== event.frame) expected.push(`frame ${event.frame}`);
        expected.push(`${event.sender}:${event.sequence}`);
      }
      expect(heard).toEqual(expected);
      expect(topics).toEqual(new Set(events.map(({ sender }) => `weather/r${sender}`)));
    }),
  );
});

test("nothing of a frame is told before the frame has ended on all workers", () => {
  const { rings, reader, heard } = open(2);
  const [first, second] = rings as [RingWriter, RingWriter];
  putEvent(first, { frame: 1, round: 0, sender: 1, sequence: 1 });
  putEvent(first, { frame: 2, round: 0, sender: 1, sequence: 2 });
  first.publish();
  reader.read(1);
  expect(heard).toEqual(["frame 1", "1:1"]);
  putEvent(second, { frame: 2, round: 0, sender: 0, sequence: 7 });
  second.publish();
  reader.read(1);
  expect(heard).toHaveLength(2);
  reader.read(2);
  expect(heard.slice(2)).toEqual(["frame 2", "0:7", "1:2"]);
});

test("replies and reports stand between the events of their ring and are told too", () => {
  const { rings, reader, heard } = open(1);
  const ring = rings[0] as RingWriter;
  const log = codecOf(CoreReportSchema).toBytes({
    body: { case: "log", value: { level: "info", text: "hello" } },
  });
  put(ring, recordKind.reply, { frame: 3, sequence: 41 }, Buffer.from("answer"));
  putEvent(ring, { frame: 3, round: 1, sender: 5, sequence: 1 });
  put(ring, recordKind.report, { frame: 3 }, log);
  put(ring, recordKind.reply, { frame: 3, sequence: 42, type: 1 }, Buffer.from("no"));
  ring.publish();
  reader.read(3);
  expect(heard.filter((text) => !text.startsWith("frame"))).toEqual([
    "reply 41 ok answer",
    "log 3",
    "reply 42 INVALID_ARGUMENT no",
    "5:1",
  ]);
});

test("what has been read gives its room back", () => {
  const { rings, reader } = open(1);
  const ring = rings[0] as RingWriter;
  for (let frame = 1; frame < 5_000; frame += 1) {
    putEvent(ring, { frame, round: 0, sender: 1, sequence: frame });
    ring.publish();
    reader.read(frame);
    expect(ring.used).toBe(0);
  }
});

test("frames are compared as they wrap at 2^32", () => {
  const { rings, reader, heard } = open(2);
  const last = 0xffff_ffff;
  putEvent(rings[0] as RingWriter, { frame: last + 1, round: 0, sender: 1, sequence: 2 });
  putEvent(rings[1] as RingWriter, { frame: last, round: 0, sender: 2, sequence: 1 });
  for (const ring of rings) ring.publish();
  reader.read(last | 0);
  expect(heard).toEqual(["frame -1", "2:1"]);
  reader.read(0);
  expect(heard.slice(2)).toEqual(["frame 0", "1:2"]);
});
