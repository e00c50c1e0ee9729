import fc from "fast-check";
import { expect, test } from "vitest";
import {
  extraWord,
  lengthWord,
  recordHeaderBytes,
  recordKind,
  sequenceWord,
  typeWord,
} from "../../../src/runtime/memory/record.ts";
import { createRingMemory, RingReader, RingWriter } from "../../../src/runtime/memory/ring.ts";
import { InputQueue } from "../../../src/runtime/world/input-queue.ts";

/** Fills a ring of 1,024 bytes by the eighth. */
const inputBytes = 104;

function bytesOf(id: number): Uint8Array {
  const bytes = new Uint8Array(inputBytes);
  new DataView(bytes.buffer).setUint32(0, id);
  return bytes;
}

interface Taken {
  readonly id: number;
  readonly number: number;
  readonly isQuery: boolean;
  readonly isKeyed: boolean;
}

/** The conductor's end of a ring. */
class Taker {
  readonly writer: RingWriter;
  readonly #reader: RingReader;

  constructor() {
    const memory = createRingMemory(1_024);
    this.writer = new RingWriter(memory);
    this.#reader = new RingReader(memory);
  }

  take(limit = 1_000): Taken[] {
    const taken: Taken[] = [];
    const reader = this.#reader;
    for (let at = reader.peek(); at !== -1 && taken.length < limit; at = reader.peek()) {
      const word = at >> 2;
      const start = at + recordHeaderBytes;
      const { words, bytes } = reader;
      expect(words[word + lengthWord]).toBe(inputBytes);
      taken.push({
        id: new DataView(bytes.buffer, start).getUint32(0),
        number: words[word + sequenceWord] as number,
        isQuery: (words[word + typeWord] as number) >>> 16 === recordKind.query,
        isKeyed: words[word + extraWord] === 1,
      });
      reader.advance(at);
    }
    reader.release();
    return taken;
  }
}

function idsOf(taken: readonly Taken[]): number[] {
  return taken.map(({ id }) => id);
}

function input(id: number, isQuery = false, isKeyed = false) {
  return { bytes: bytesOf(id), isQuery, isKeyed };
}

function create(keeps = true) {
  const queue = new InputQueue(keeps);
  const taker = new Taker();
  queue.attach(taker.writer, 0);
  return { queue, taker };
}

test("inputs arrive in their order, with numbers that ascend and with what they are", () => {
  const { queue, taker } = create();
  expect(queue.offer(input(1))).toBe(true);
  expect(queue.offer(input(2, true))).toBe(true);
  queue.put(input(3, false, true));
  expect(taker.take()).toEqual([
    { id: 1, number: 1, isQuery: false, isKeyed: false },
    { id: 2, number: 2, isQuery: true, isKeyed: false },
    { id: 3, number: 3, isQuery: false, isKeyed: true },
  ]);
});

test("what is offered finds no room in a full ring, what is put waits for it, and nothing overtakes it", () => {
  const { queue, taker } = create();
  let id = 1;
  while (queue.offer(input(id))) id += 1;
  expect(id).toBe(9);
  queue.put(input(100));
  queue.put(input(101));
  expect(taker.take(8)).toHaveLength(8);
  expect(queue.offer(input(9))).toBe(false);
  queue.flush();
  expect(queue.offer(input(10))).toBe(true);
  expect(idsOf(taker.take())).toEqual([100, 101, 10]);
});

test("what was offered and found no room is not handed over later", () => {
  const { queue, taker } = create();
  for (let id = 1; id <= 20; id += 1) queue.offer(input(id));
  queue.flush();
  expect(idsOf(taker.take())).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const other = new Taker();
  queue.attach(other.writer, 0);
  expect(idsOf(other.take())).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("new workers get what is not in the journal, but no queries", () => {
  const { queue, taker } = create();
  for (let id = 1; id <= 6; id += 1) queue.offer(input(id, id === 4));
  const taken = taker.take();
  const other = new Taker();
  queue.attach(other.writer, (taken[1] as Taken).number);
  queue.offer(input(7));
  expect(idsOf(other.take())).toEqual([3, 5, 6, 7]);
  queue.trim((taken[4] as Taken).number);
  const third = new Taker();
  queue.attach(third.writer, 0);
  expect(idsOf(third.take())).toEqual([6, 7]);
});

test("a world that is kept nowhere keeps no inputs", () => {
  const { queue } = create(false);
  queue.put(input(1));
  const other = new Taker();
  queue.attach(other.writer, 0);
  expect(other.take()).toEqual([]);
});

test("whenever workers are lost, each input that was taken in comes into the journal once, in order", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant("put" as const) },
    { weight: 5, arbitrary: fc.constant("offer" as const) },
    { weight: 2, arbitrary: fc.constant("query" as const) },
    { weight: 4, arbitrary: fc.constant("frame" as const) },
    { weight: 1, arbitrary: fc.constant("part of a frame" as const) },
    { weight: 2, arbitrary: fc.constant("write" as const) },
    { weight: 2, arbitrary: fc.constant("tell" as const) },
    { weight: 1, arbitrary: fc.constant("lose" as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const world = new KeptWorld();
      for (const what of steps) world.do(what);
      for (let i = 0; i < 40; i += 1)
        for (const what of ["frame", "write"] as const) world.do(what);
      expect(world.journalled).toEqual(world.accepted);
      expect(new Set(world.queries).size).toBe(world.queries.length);
    }),
    { numRuns: 300 },
  );
});

/** A queue with workers that can be lost and a journal that is behind them. */
class KeptWorld {
  readonly accepted: number[] = [];
  readonly journalled: number[] = [];
  readonly queries: number[] = [];
  readonly #queue = new InputQueue(true);
  #taker = new Taker();
  #last = 0;
  /** Taken by frames that are not on the disk. */
  #unwritten: { readonly ids: number[]; readonly through: number }[] = [];
  /** Of the last frame on the disk, since the workers began. */
  #through = 0;

  constructor() {
    this.#queue.attach(this.#taker.writer, 0);
  }

  do(what: "put" | "offer" | "query" | "frame" | "part of a frame" | "write" | "tell" | "lose") {
    this.#last += 1;
    const id = this.#last;
    if (what === "put") {
      this.#queue.put(input(id));
      this.accepted.push(id);
    } else if (what === "offer") {
      if (this.#queue.offer(input(id))) this.accepted.push(id);
    } else if (what === "query") {
      this.#queue.offer(input(id, true));
    } else if (what === "frame") this.#frame(1_000);
    else if (what === "part of a frame") this.#frame(2);
    else if (what === "write") this.#write();
    else if (what === "tell") this.#queue.trim(this.#through);
    else this.#lose();
  }

  #frame(limit: number): void {
    const taken = this.#taker.take(limit);
    const ids = idsOf(taken.filter(({ isQuery }) => !isQuery));
    this.queries.push(...idsOf(taken.filter(({ isQuery }) => isQuery)));
    if (ids.length > 0) this.#unwritten.push({ ids, through: taken.at(-1)?.number ?? 0 });
    this.#queue.flush();
  }

  /** The oldest frame comes to the disk. */
  #write(): void {
    const frame = this.#unwritten.shift();
    if (frame === undefined) return;
    this.journalled.push(...frame.ids);
    this.#through = frame.through;
  }

  #lose(): void {
    this.#unwritten = [];
    this.#taker = new Taker();
    this.#queue.attach(this.#taker.writer, this.#through);
    this.#through = 0;
  }
}
