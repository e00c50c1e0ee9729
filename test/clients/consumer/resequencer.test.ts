import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Resequencer,
  type Sequenced,
  type StreamPosition,
} from "../../../clients/consumer/src/index.ts";

const options = { gapTimeoutMs: 1_000, heldPacksMax: 1_000, heldBytesMax: 1_000_000, epochsMax: 4 };

function pack(sequence: number, stream = "all", epoch = "e1"): Sequenced {
  return { stream, epoch, sequence, count: 1, bytes: 10 };
}

/** Takes and acknowledges all that can be taken. */
function drain(resequencer: Resequencer<Sequenced>, nowMs = 0): number[] {
  const taken: number[] = [];
  for (;;) {
    const run = resequencer.take(10, () => true);
    if (run === undefined) return taken;
    taken.push(...run.items.map(({ sequence }) => sequence));
    resequencer.settle(run, true, nowMs);
  }
}

test("in whatever order and how often packs come, each stream is handed over in order, each pack once", () => {
  const arrivals = fc.integer({ min: 1, max: 40 }).chain((count) => {
    const all = Array.from({ length: count }, (_, i) => i + 1);
    const streams = fc.constantFrom("a", "b");
    const again = fc.array(fc.tuple(streams, fc.integer({ min: 1, max: count })), {
      maxLength: 60,
    });
    const once = ["a", "b"].flatMap((stream) => all.map((n) => [stream, n] as const));
    const shuffled = again.chain((repeated) => {
      const list = [...once, ...repeated];
      return fc.shuffledSubarray(list, { minLength: list.length });
    });
    return fc.tuple(fc.constant(all), shuffled);
  });
  const property = fc.property(arrivals, fc.array(fc.boolean()), ([all, order], pauses) => {
    const resequencer = new Resequencer(options);
    const taken: Record<string, number[]> = { a: [], b: [] };
    const take = () => {
      for (;;) {
        const run = resequencer.take(3, () => true);
        if (run === undefined) return;
        for (const { stream, sequence } of run.items) taken[stream]?.push(sequence);
        resequencer.settle(run, true, 0);
      }
    };
    order.forEach(([stream, sequence], i) => {
      resequencer.offer(pack(sequence, stream), 0, []);
      if (pauses[i % pauses.length] === true) take();
    });
    take();
    expect(taken).toEqual({ a: all, b: all });
    expect(resequencer.heldPacks).toBe(0);
    expect(resequencer.heldBytes).toBe(0);
  });
  fc.assert(property, { numRuns: 300 });
});

test("a pack that was acknowledged is known, and one that is here and not acknowledged is too", () => {
  const resequencer = new Resequencer(options);
  expect(resequencer.offer(pack(1), 0, [])).toBe("held");
  expect(resequencer.offer(pack(1), 0, [])).toBe("again");
  const run = resequencer.take(10, () => true);
  expect(resequencer.offer(pack(1), 0, [])).toBe("again");
  if (run) resequencer.settle(run, true, 0);
  expect(resequencer.offer(pack(1), 0, [])).toBe("taken");
});

test("what was not acknowledged comes again, and nothing of its stream goes ahead of it", () => {
  const resequencer = new Resequencer(options);
  resequencer.offer(pack(1), 0, []);
  const run = resequencer.take(10, () => true);
  resequencer.offer(pack(2), 0, []);
  expect(resequencer.take(10, () => true)).toBeUndefined();
  if (run) resequencer.settle(run, false, 0);
  expect(drain(resequencer)).toEqual([1, 2]);
});

test("a gap is given up after its time with an exact count, and what comes after all is handed over as late", () => {
  const resequencer = new Resequencer(options);
  resequencer.offer(pack(1), 0, []);
  drain(resequencer);
  resequencer.offer(pack(5), 100, []);
  resequencer.offer(pack(6), 900, []);
  expect(resequencer.expire(1_099)).toEqual([]);
  expect(drain(resequencer)).toEqual([]);
  const gap = { stream: "all", epoch: "e1", first: 2, last: 4, packs: 3, joined: false };
  expect(resequencer.expire(1_100)).toEqual([gap]);
  expect(drain(resequencer)).toEqual([5, 6]);
  expect(resequencer.offer(pack(3), 1_200, [])).toBe("held");
  const late = resequencer.take(10, () => true);
  expect(late).toMatchObject({ late: true, items: [{ sequence: 3 }] });
  expect(late?.position).toEqual({
    stream: "all",
    epoch: "e1",
    next: 7,
    missing: [
      [2, 2],
      [4, 4],
    ],
  });
  if (late) resequencer.settle(late, true, 1_200);
  expect(resequencer.offer(pack(3), 1_200, [])).toBe("taken");
  expect(resequencer.expire(99_999)).toEqual([]);
});

test("the wait for a pack begins anew with each pack that is missing", () => {
  const resequencer = new Resequencer(options);
  resequencer.offer(pack(2), 0, []);
  resequencer.offer(pack(4), 0, []);
  resequencer.offer(pack(1), 900, []);
  expect(drain(resequencer, 900)).toEqual([1, 2]);
  expect(resequencer.expire(1_500)).toEqual([]);
  expect(resequencer.expire(1_900)).toMatchObject([{ first: 3, last: 3, packs: 1 }]);
});

test("a consumer that joins later is told so, and begins with what there is", () => {
  const resequencer = new Resequencer(options);
  resequencer.offer(pack(500), 0, []);
  expect(resequencer.expire(1_000)).toMatchObject([
    { first: 1, last: 499, packs: 499, joined: true },
  ]);
  expect(drain(resequencer)).toEqual([500]);
});

test("it goes on from where the positions that it was given say", () => {
  const saved: StreamPosition = { stream: "all", epoch: "e1", next: 10, missing: [[4, 5]] };
  const resequencer = new Resequencer(options, [JSON.parse(JSON.stringify(saved))]);
  expect([3, 4, 9, 10, 11].map((n) => resequencer.offer(pack(n), 0, []))).toEqual([
    "taken",
    "held",
    "taken",
    "held",
    "held",
  ]);
  expect(drain(resequencer)).toEqual([10, 11, 4]);
  const epochs = new Resequencer(options, [saved]);
  expect(epochs.offer(pack(1, "all", "e2"), 0, [])).toBe("held");
});

test("what is out of order is held up to the bound, and what closes the gap always finds room", () => {
  const resequencer = new Resequencer({ ...options, heldPacksMax: 3 });
  expect([2, 3, 4, 5].map((n) => resequencer.offer(pack(n), 0, []))).toEqual([
    "held",
    "held",
    "held",
    "full",
  ]);
  expect(resequencer.offer(pack(1), 0, [])).toBe("held");
  expect(drain(resequencer)).toEqual([1, 2, 3, 4]);
  const bytes = new Resequencer({ ...options, heldBytesMax: 25 });
  expect([2, 3, 4].map((n) => bytes.offer(pack(n), 0, []))).toEqual(["held", "held", "full"]);
});

test("what is farther from its turn makes room for what is nearer, of its own stream and of others", () => {
  const resequencer = new Resequencer({ ...options, heldPacksMax: 3 });
  const displaced: Sequenced[] = [];
  const offer = (n: number, stream: string) => resequencer.offer(pack(n, stream), 0, displaced);
  for (const n of [9, 4, 6]) expect(offer(n, "a")).toBe("held");
  expect(offer(2, "a")).toBe("held");
  expect(offer(3, "b")).toBe("held");
  expect(displaced).toEqual([pack(9, "a"), pack(6, "a")]);
  expect(offer(9, "a")).toBe("full");
  expect(offer(4, "b")).toBe("full");
  expect(displaced).toHaveLength(2);
  expect([resequencer.heldPacks, resequencer.heldBytes]).toEqual([3, 30]);
});

test("where not enough room can be made nobody makes any", () => {
  const resequencer = new Resequencer({ ...options, heldBytesMax: 100 });
  const displaced: Sequenced[] = [];
  const offer = (sequence: number, bytes: number) =>
    resequencer.offer({ ...pack(sequence), bytes }, 0, displaced);
  expect([offer(2, 45), offer(3, 45), offer(9, 10)]).toEqual(["held", "held", "held"]);
  expect(offer(5, 50)).toBe("full");
  expect(offer(4, 200)).toBe("full");
  expect(displaced).toEqual([]);
  expect(resequencer.heldBytes).toBe(100);
});

test("what can be handed over next is near, however many are before it", () => {
  const resequencer = new Resequencer({ ...options, heldPacksMax: 6 });
  for (const n of [1, 2, 3, 4, 5, 6]) resequencer.offer(pack(n, "a"), 0, []);
  resequencer.take(4, () => true);
  expect(resequencer.offer(pack(4, "b"), 0, [])).toBe("full");
  expect(resequencer.heldPacks).toBe(6);
});

test("what is being handed over makes room for nothing", () => {
  const resequencer = new Resequencer({ ...options, heldPacksMax: 3 });
  for (const n of [1, 2, 3]) resequencer.offer(pack(n, "a"), 0, []);
  const run = resequencer.take(10, () => true);
  expect(resequencer.offer(pack(2, "b"), 0, [])).toBe("full");
  if (run) resequencer.settle(run, true, 0);
  expect(resequencer.offer(pack(2, "b"), 0, [])).toBe("held");
});

test("a stream that holds nothing any more keeps its wait, and gives nothing up before it has something", () => {
  const resequencer = new Resequencer({ ...options, heldPacksMax: 1 });
  resequencer.offer(pack(9, "a"), 0, []);
  resequencer.offer(pack(2, "b"), 500, []);
  expect(resequencer.expire(1_000)).toEqual([]);
  resequencer.offer(pack(1, "b"), 1_000, []);
  drain(resequencer, 1_000);
  resequencer.offer(pack(9, "a"), 1_000, []);
  expect(resequencer.expire(1_000)).toMatchObject([{ stream: "a", first: 1, last: 8 }]);
});

test("a backlog of many times what can be held, in any order, is through in as many passes and one more", () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 60 }).chain((count) => {
      const all = Array.from({ length: count }, (_, i) => i + 1);
      return fc.array(fc.shuffledSubarray(all, { minLength: count }), {
        minLength: 12,
        maxLength: 12,
      });
    }),
    (passes) => {
      const count = passes[0]?.length ?? 0;
      const heldPacksMax = Math.ceil(count / 10);
      const resequencer = new Resequencer({ ...options, heldPacksMax });
      const taken: number[] = [];
      for (const pass of passes.slice(0, Math.ceil(count / heldPacksMax) + 1)) {
        for (const n of pass) resequencer.offer(pack(n), 0, []);
        taken.push(...drain(resequencer));
      }
      expect(taken).toEqual(passes[0]?.toSorted((a, b) => a - b));
    },
  );
  fc.assert(property);
});

test("streams that are ready take turns, and one that is not ready keeps nobody waiting", () => {
  const resequencer = new Resequencer(options);
  for (const n of [1, 2, 3, 4]) for (const s of ["a", "b"]) resequencer.offer(pack(n, s), 0, []);
  const order: string[] = [];
  for (;;) {
    const run = resequencer.take(2, () => true);
    if (run === undefined) break;
    order.push(...run.items.map(({ stream, sequence }) => `${stream}${sequence}`));
    resequencer.settle(run, true, 0);
  }
  expect(order).toEqual(["a1", "a2", "b1", "b2", "a3", "a4", "b3", "b4"]);
  for (const s of ["a", "b"]) resequencer.offer(pack(5, s), 0, []);
  expect(resequencer.take(2, (stream) => stream !== "a")?.position.stream).toBe("b");
});

test("old epochs are forgotten beyond the bound, those that hold something last", () => {
  const resequencer = new Resequencer(options);
  for (const epoch of ["e1", "e2", "e3", "e4"]) {
    resequencer.offer(pack(1, "all", epoch), 0, []);
    if (epoch !== "e1") drain(resequencer);
    else resequencer.offer(pack(3, "all", epoch), 0, []);
  }
  resequencer.offer(pack(1, "all", "e5"), 0, []);
  expect(resequencer.positions.map(({ epoch }) => epoch).sort()).toEqual(["e1", "e3", "e4", "e5"]);
});
