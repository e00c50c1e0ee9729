import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameInputsSchema } from "../../../src/gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../../../src/runtime/codec/index.ts";
import {
  createFrameRing,
  FrameRingReader,
  FrameRingWriter,
} from "../../../src/runtime/journal/frame-ring.ts";
import { JournalSender, type SentEntry } from "../../../src/runtime/journal/journal-sender.ts";
import {
  createJournalStatusMemory,
  JournalStatus,
} from "../../../src/runtime/journal/journal-status.ts";

const frameCodec = codecOf(FrameInputsSchema);
const inputRingBytes = 1_024;

function create() {
  const shared = createFrameRing(inputRingBytes);
  const status = new JournalStatus(createJournalStatusMemory());
  const posted: (SentEntry | undefined)[] = [];
  const port = { postMessage: (sent: SentEntry | undefined) => void posted.push(sent) };
  const sender = () => new JournalSender(port, status, 10_000, new FrameRingWriter(shared));
  return { shared, status, posted, sender, reader: new FrameRingReader(shared) };
}

const frames = fc.array(
  fc.record({
    frame: fc.integer({ min: 1, max: 2 ** 45 }),
    inputs: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }),
    checkpoint: fc.boolean(),
    keyed: fc.boolean(),
    through: fc.nat(2 ** 31 - 1),
    /** The journal looks after this frame, and the conductor is another one from then on. */
    taken: fc.boolean(),
  }),
  { maxLength: 60 },
);

test("frames arrive whole and in their order, however often conductor and journal take turns", () => {
  fc.assert(
    fc.property(frames, (list) => {
      const { reader, sender, status } = create();
      let conductor = sender();
      const got: unknown[] = [];
      const take = () => {
        for (const { entry, through } of reader.take()) {
          const { inputs, checkpoint } = frameCodec.decode(entry.inputs);
          got.push({ frame: entry.frame, inputs, checkpoint, keyed: entry.keyed, through });
        }
        conductor = sender();
      };
      for (const { frame, inputs, checkpoint, keyed, through, taken } of list) {
        conductor.recordFrame(frame, { inputs, checkpoint }, keyed, through);
        if (taken) take();
      }
      take();
      const lost = status.takeLost();
      const sent = list.map(({ taken: _, ...frame }) => frame);
      if (lost) expect(got.length).toBeLessThan(list.length);
      else expect(got).toEqual(sent);
    }),
  );
});

test("a frame that finds no room is lost, and that is said", () => {
  const { sender, status } = create();
  const conductor = sender();
  const inputs = [new Uint8Array(900)];
  for (let frame = 1; frame <= 4; frame += 1) conductor.recordFrame(frame, { inputs }, false, 0);
  expect(status.takeLost()).toBe(false);
  conductor.recordFrame(5, { inputs }, false, 0);
  expect(status.takeLost()).toBe(true);
});

test("a frame that is too large for the ring takes the way of other entries", () => {
  const { sender, posted, reader } = create();
  const inputs = [new Uint8Array(3_000)];
  sender().recordFrame(7, { inputs }, true, 5);
  expect(posted).toMatchObject([{ entry: { kind: "frame", frame: 7, keyed: true }, through: 5 }]);
  expect(reader.take()).toEqual([]);
});

test("the journal is woken once for frames that wait, and again when it has looked", () => {
  const { sender, posted, status, reader } = create();
  const conductor = sender();
  conductor.tellFrames();
  expect(posted).toEqual([]);
  for (const frame of [1, 2]) {
    conductor.recordFrame(frame, { inputs: [] }, false, 0);
    conductor.tellFrames();
  }
  expect(posted).toEqual([undefined]);
  status.answerFrames();
  reader.take();
  conductor.tellFrames();
  conductor.recordFrame(3, { inputs: [] }, false, 0);
  conductor.tellFrames();
  expect(posted).toEqual([undefined, undefined]);
});
