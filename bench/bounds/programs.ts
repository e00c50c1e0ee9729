import { check, type Effort } from "../table.ts";

/** Words that two threads turn by: 128 bytes apart, since each has a writer of its own; and what they carry. */
export interface Shared {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

const mine = 0;
const theirs = 32;
const over = -1;

/** More than processors keep in their caches, in pieces as large as a busy lane. */
const memoryBytes = 268_435_456;
const laneBytes = 1_048_576;
const tripsPerSample = 100;

export function createShared(): Shared {
  return {
    words: new Int32Array(new SharedArrayBuffer(512)),
    bytes: new Uint8Array(new SharedArrayBuffer(memoryBytes)),
  };
}

/** GB in a second that one thread copies from one half of the memory to the other. */
export function copyAlone({ bytes }: Shared, { warmMs, measureMs }: Effort): number {
  const half = memoryBytes / 2;
  bytes.fill(7, 0, half);
  const copyFor = (ms: number): number => {
    let copied = 0;
    const startedMs = performance.now();
    while (copied < half || performance.now() < startedMs + ms) {
      const at = copied % half;
      bytes.copyWithin(half + at, at, at + laneBytes);
      copied += laneBytes;
    }
    return copied / (performance.now() - startedMs) / 1e6;
  };
  copyFor(warmMs);
  const rate = copyFor(measureMs);
  check(bytes[memoryBytes - 1] === 7, "the memory was not copied");
  return rate;
}

/** GB in a second that one thread writes to a lane, and another one reads, in turns. */
export function copyAcross({ words, bytes }: Shared, { warmMs, measureMs }: Effort): number {
  const from = new Uint8Array(laneBytes);
  let number = 0;
  const writeFor = (ms: number): number => {
    const before = number;
    const startedMs = performance.now();
    while (number === before || performance.now() < startedMs + ms) {
      number += 1;
      from[0] = number;
      bytes.set(from);
      turn(words, mine, theirs, number);
    }
    return ((number - before) * laneBytes) / (performance.now() - startedMs) / 1e6;
  };
  writeFor(warmMs);
  const rate = writeFor(measureMs);
  Atomics.store(words, mine, over);
  return rate;
}

export function takeAcross({ words, bytes }: Shared): number {
  const to = new Uint8Array(laneBytes);
  const lane = bytes.subarray(0, laneBytes);
  return answer(words, (number) => {
    to.set(lane);
    check(to[0] === (number & 0xff), `the lane holds ${to[0]} and not ${number & 0xff}`);
  });
}

/** Nanoseconds that a word takes to another thread's eyes, and its answer back, both threads looking all the time. */
export function nsOfTrips({ words }: Shared, { warmMs, measureMs }: Effort): number {
  const samples: number[] = [];
  const startedMs = performance.now();
  let number = 0;
  while (samples.length < 10 || performance.now() < startedMs + warmMs + measureMs) {
    const sinceMs = performance.now();
    for (let i = 0; i < tripsPerSample; i += 1) {
      number += 1;
      turn(words, mine, theirs, number);
    }
    samples.push(((performance.now() - sinceMs) / tripsPerSample) * 1e6);
  }
  Atomics.store(words, mine, over);
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] as number;
}

export function tripsBack({ words }: Shared): number {
  return answer(words, () => {});
}

function turn(words: Int32Array, own: number, other: number, number: number): void {
  Atomics.store(words, own, number);
  while (Atomics.load(words, other) !== number);
}

/** Answers each number with the same, until it is over. Returns how many there were. */
function answer(words: Int32Array, act: (number: number) => void): number {
  for (let seen = 0; ; seen += 1) {
    let number = seen;
    while (number === seen) number = Atomics.load(words, mine);
    if (number === over) return seen;
    check(number === seen + 1, `${number} came after ${seen}`);
    act(number);
    Atomics.store(words, theirs, number);
  }
}
