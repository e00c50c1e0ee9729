import fc from "fast-check";
import { expect, test } from "vitest";
import { delayFramesMax, type Timer, TimerWheel } from "../../../src/runtime/actor/timer-wheel.ts";

interface Named extends Timer {
  readonly name: number;
}

function timer(name: number, due: number): Named {
  return { name, due, previous: undefined, next: undefined, slot: 0 };
}

function advance(wheel: TimerWheel<Named>): Named[] {
  const due: Named[] = [];
  wheel.advance(due);
  return due;
}

const levelSizes = [64, 4_096, 2 ** 18, 2 ** 24, 2 ** 30, 2 ** 36];

test("a timer fires at its frame, whichever levels of the wheel it comes down from", () => {
  const delays = [1, 2, 62, 63, 64, 65, 127, 128, 4_095, 4_096, 4_097, 8_192, 2 ** 18, 2 ** 18 + 1];
  for (const start of [0, 1, 63, 64, 4_095, 4_096, 100_000, 2 ** 18 - 1]) {
    const wheel = new TimerWheel<Named>(start);
    for (const delay of delays) wheel.insert(timer(delay, start + delay));
    const fired: [number, number][] = [];
    for (let frame = start + 1; wheel.count > 0; frame += 1) {
      for (const { name } of advance(wheel)) fired.push([name, frame - start]);
    }
    expect(fired, `start=${start}`).toEqual(delays.map((delay) => [delay, delay]));
  }
});

test.each(levelSizes)(
  "timers around frame %i, where a level turns over, fire in their frames",
  (size) => {
    // Far from 0, so that every digit above is in play too.
    for (const boundary of [size, 3 * size, 5 * 2 ** 36 + size]) {
      const start = boundary - 100;
      const wheel = new TimerWheel<Named>(start);
      const delays = [1, 36, 98, 99, 100, 101, 102, 163, 164, 165, 200];
      for (const delay of delays) wheel.insert(timer(delay, start + delay));
      const fired: number[] = [];
      for (let i = 1; i <= 200; i += 1) {
        for (const { name } of advance(wheel)) {
          expect(name, `boundary=${boundary}`).toBe(i);
          fired.push(name);
        }
      }
      expect(fired).toEqual(delays);
      expect(wheel.count).toBe(0);
    }
  },
);

test("the longest delay can be inserted, and taken out, at any position of the wheel", () => {
  for (const start of [0, 1, 63, 2 ** 36 - 1, 7 * 2 ** 36 + 5]) {
    const wheel = new TimerWheel<Named>(start);
    const longest = timer(1, start + delayFramesMax);
    wheel.insert(longest);
    for (let i = 0; i < 5_000; i += 1) expect(advance(wheel)).toEqual([]);
    wheel.remove(longest);
    expect(wheel.count).toBe(0);
  }
});

const delays = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 70 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 5_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(63, 64, 65, 4_095, 4_096, 4_097, 2 ** 18) },
);
const script = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ insert: delays }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.nat(1_000) }) },
    { weight: 2, arbitrary: fc.record({ advance: fc.integer({ min: 1, max: 300 }) }) },
  ),
  { minLength: 10, maxLength: 120, size: "max" },
);

test("a wheel does what a sorted list does, with inserts and removes between the frames", () => {
  const start = fc.constantFrom(
    0,
    5,
    4_000,
    2 ** 18 - 200,
    2 ** 24 - 100,
    2 ** 31 - 50,
    2 ** 40 - 7,
  );
  fc.assert(
    fc.property(start, script, (begin, steps) => {
      const wheel = new TimerWheel<Named>(begin);
      let model: Named[] = [];
      let frame = begin;
      let names = 0;
      for (const step of steps) {
        if ("insert" in step) {
          names += 1;
          const added = timer(names, frame + step.insert);
          wheel.insert(added);
          model.push(added);
        } else if ("remove" in step) {
          if (model.length === 0) continue;
          const [removed] = model.splice(step.remove % model.length, 1);
          wheel.remove(removed as Named);
        } else {
          for (let i = 0; i < step.advance; i += 1) {
            frame += 1;
            const expected = model.filter(({ due }) => due === frame).map(({ name }) => name);
            const fired = advance(wheel).map(({ name }) => name);
            expect(fired.sort((a, b) => a - b)).toEqual(expected);
            if (expected.length > 0) model = model.filter(({ due }) => due !== frame);
          }
        }
        expect(wheel.count).toBe(model.length);
      }
    }),
    { numRuns: 60 },
  );
});

test("a timer that fired can be inserted again while others of its slot wait", () => {
  const wheel = new TimerWheel<Named>(0);
  const every = timer(1, 64);
  wheel.insert(every);
  wheel.insert(timer(2, 128));
  const fired: string[] = [];
  for (let frame = 1; frame <= 320; frame += 1) {
    for (const due of advance(wheel)) {
      fired.push(`${due.name}@${frame}`);
      if (due !== every) continue;
      every.due += 64;
      wheel.insert(every);
    }
  }
  expect(fired.sort()).toEqual(["1@128", "1@192", "1@256", "1@320", "1@64", "2@128"]);
});
