import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import {
  createFlightMemory,
  describeFlight,
  FlightReader,
  type FlightRecord,
  FlightWriter,
  initHandler,
  turnsKept,
  turnsUnsure,
} from "../../../src/runtime/world/flight-recorder.ts";
import { type FlightJob, turnOf } from "../../support/flight-worker.ts";

function create(): { shared: SharedArrayBuffer; writer: FlightWriter; reader: FlightReader } {
  const shared = createFlightMemory();
  return { shared, writer: new FlightWriter(shared), reader: new FlightReader(shared, 3) };
}

test("a worker that has done nothing yet is in no handler and has no turns", () => {
  const { reader } = create();
  expect(reader.now()).toMatchObject({ worker: 3, frame: 0, inHandler: false });
  expect(reader.lastFrames(1_000)).toEqual([]);
});

test("a worker is seen in its handler, and out of it", () => {
  const { writer, reader } = create();
  writer.beginRound(2 ** 40 + 2 ** 31 + 5, 2);
  writer.enter(17, initHandler, -1);
  const where = { worker: 3, frame: 2 ** 31 + 5, round: 2, inHandler: true, actor: 17 };
  expect(reader.now()).toEqual({ ...where, handler: initHandler, place: -1 });
  writer.enter(17, 4, 12);
  expect(reader.now()).toEqual({ ...where, handler: 4, place: 12 });
  writer.leave();
  expect(reader.now()).toMatchObject({ actor: 17, inHandler: false });
});

test("turns are told oldest first, with all their numbers", () => {
  const { writer, reader } = create();
  writer.beginRound(8, 0);
  writer.turn(5, 2, 10, 0.25);
  writer.beginRound(8, 1);
  writer.turn(6, initHandler, 1, 1e9);
  expect(reader.lastFrames(1)).toEqual([
    { worker: 3, frame: 8, round: 0, actor: 5, handler: 2, messages: 10, ms: 0.25 },
    // More than half an hour is told as that.
    { worker: 3, frame: 8, round: 1, actor: 6, handler: initHandler, messages: 1, ms: 2147483.647 },
  ]);
});

test.each([100, 2 ** 31 - 2, 2 ** 32 - 2, 2 ** 33])(
  "the last three frames after frame %i are three",
  (first) => {
    const { writer, reader } = create();
    for (let frame = first; frame < first + 5; frame += 1) {
      writer.beginRound(frame, 0);
      writer.turn(1, 0, frame - first + 1, 1);
    }
    const last = [2, 3, 4].map((n) => [(first + n) % 2 ** 32, n + 1]);
    expect(reader.lastFrames(3).map(({ frame, messages }) => [frame, messages])).toEqual(last);
    // The present frame counts, also before its first turn.
    writer.beginRound(first + 5, 0);
    expect(reader.lastFrames(3).map((record) => record.messages)).toEqual([4, 5]);
  },
);

test("the newest turns are kept, but for those that may be overwritten already", () => {
  const { writer, reader } = create();
  const written = 3 * turnsKept + 11;
  for (let n = 1; n <= written; n += 1) {
    writer.beginRound(n, 0);
    writer.turn(1, 0, n, 0);
  }
  const messages = reader.lastFrames(written).map((record) => record.messages);
  const kept = turnsKept - turnsUnsure;
  expect(messages).toEqual(Array.from({ length: kept }, (_, i) => written - kept + 1 + i));
});

test("a recorder goes on where another writer has ended", () => {
  const { shared, writer, reader } = create();
  writer.turn(1, 0, 1, 0);
  new FlightWriter(shared).turn(1, 0, 2, 0);
  expect(reader.lastFrames(1).map((record) => record.messages)).toEqual([1, 2]);
});

test("the count of turns may wrap", () => {
  const { shared, reader } = create();
  new Int32Array(shared)[32] = -2;
  const writer = new FlightWriter(shared);
  for (let n = 1; n <= 5; n += 1) writer.turn(1, 0, n, 0);
  expect(reader.lastFrames(1).map((record) => record.messages)).toEqual([1, 2, 3, 4, 5]);
});

/** Undefined for a record that is one of a flight worker's. */
function mixture(record: FlightRecord): FlightRecord | undefined {
  const { frame, messages, ms } = record;
  const { round, actor, handler } = turnOf(frame);
  const expected = { worker: 0, frame, round, actor, handler, messages: frame, ms: frame / 1_000 };
  const right = Object.entries(expected).every(
    ([name, value]) => record[name as keyof FlightRecord] === value,
  );
  return right && messages === frame && ms > 0 ? undefined : record;
}

test("a reader sees no mixture of turns while the worker writes, and finds the one that never ends", async () => {
  const job: FlightJob = { recorder: createFlightMemory(), enough: new SharedArrayBuffer(4) };
  const url = new URL("../../support/flight-worker.ts", import.meta.url);
  const thread = new Worker(url, { workerData: job });
  const reader = new FlightReader(job.recorder, 0);
  const deadline = performance.now() + 30_000;
  let [looks, gaps] = [0, 0];
  const mixtures: FlightRecord[] = [];
  try {
    while (reader.now().place !== 9 && performance.now() < deadline) {
      const records = reader.lastFrames(turnsKept);
      if (records.length > 0) looks += 1;
      if (looks === 100) Atomics.store(new Int32Array(job.enough), 0, 1);
      mixtures.push(...records.filter(mixture));
      gaps += records.filter((r, i) => r.frame !== (records[0]?.frame ?? 0) + i).length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(reader.now()).toMatchObject({ inHandler: true, actor: 7, handler: 8, place: 9 });
  } finally {
    await thread.terminate();
  }
  expect(mixtures.slice(0, 3)).toEqual([]);
  expect(gaps).toBe(0);
  expect(reader.lastFrames(1)).toMatchObject([{ frame: reader.now().frame }]);
});

test("a description is in order of time, with names where there are any", () => {
  const turn = { messages: 2, ms: 0.5, actor: 1, handler: 0, frame: 7, round: 0 };
  const lines = describeFlight(
    [
      { ...turn, worker: 0, frame: 8 },
      { ...turn, worker: 0, frame: 8, round: 2, actor: 9, handler: 5 },
      { ...turn, worker: 1, frame: 7, handler: initHandler },
      { ...turn, worker: 1, frame: 8, round: 1, messages: 3 },
      { ...turn, worker: 1, frame: 8, round: 1, messages: 4 },
    ],
    {
      actor: (actor) => (actor === 1 ? "weather/moor" : undefined),
      handler: (handler) => (handler === 0 ? "tellurion.v1.TimeChanged" : undefined),
    },
  );
  expect(lines).toEqual([
    "frame 7 round 0 worker 1: weather/moor: init: 2 in 0.500 ms",
    "frame 8 round 0 worker 0: weather/moor: tellurion.v1.TimeChanged: 2 in 0.500 ms",
    "frame 8 round 1 worker 1: weather/moor: tellurion.v1.TimeChanged: 3 in 0.500 ms",
    "frame 8 round 1 worker 1: weather/moor: tellurion.v1.TimeChanged: 4 in 0.500 ms",
    "frame 8 round 2 worker 0: actor 9: handler 5: 2 in 0.500 ms",
  ]);
});

test("a description is in order of time across the wrap of the frame's low bits", () => {
  const turn = { worker: 0, round: 0, actor: 1, handler: 0, messages: 1, ms: 0 };
  const names = { actor: () => "a/b", handler: () => "T" };
  const lines = describeFlight(
    [
      { ...turn, frame: 1 },
      { ...turn, frame: 2 ** 32 - 1 },
    ],
    names,
  );
  expect(lines.map((line) => line.split(" ")[1])).toEqual(["4294967295", "1"]);
});
