import { expect, test } from "vitest";
import type { NowReading } from "../../../src/runtime/world/flight-recorder.ts";
import { initPlace, queryPlace } from "../../../src/runtime/world/quarantine.ts";
import { type Casualty, Recoveries } from "../../../src/runtime/world/recoveries.ts";

const reading: NowReading = {
  ...{ worker: 1, frame: 5, round: 2, inHandler: true, actor: 7, handler: 3, place: 4 },
};
const suspect = { frame: 5, round: 2, actor: 7, place: 4 };

function stuck(at?: Partial<NowReading>): Casualty {
  return { isStuck: true, at: { ...reading, ...at } };
}

function ended(at?: Partial<NowReading>): Casualty {
  return { isStuck: false, at: { ...reading, ...at } };
}

test("a message whose handler does not return is put in quarantine at once", () => {
  expect(new Recoveries().judge(stuck(), 5)).toEqual(suspect);
  expect(new Recoveries().judge(stuck({ place: initPlace }), 5)).toMatchObject({
    place: initPlace,
  });
});

test("a message in whose handler a thread ended is put in quarantine the second time", () => {
  const recoveries = new Recoveries();
  expect(recoveries.judge(ended(), 5)).toBeUndefined();
  expect(recoveries.judge(ended(), 5)).toEqual(suspect);
});

test.each([
  { name: "another frame", at: {}, frame: 6 },
  { name: "another round", at: { round: 3 }, frame: 5 },
  { name: "another actor", at: { actor: 8 }, frame: 5 },
  { name: "another place", at: { place: 5 }, frame: 5 },
])("a thread that ends in $name gives the first message no blame", ({ at, frame }) => {
  const recoveries = new Recoveries();
  expect(recoveries.judge(ended(), 5)).toBeUndefined();
  expect(recoveries.judge(ended(at), frame)).toBeUndefined();
  expect(recoveries.judge(ended(), 5)).toBeUndefined();
});

test("a frame is told by its whole number, which a reading has not", () => {
  const frame = 2 ** 32 + 5;
  expect(new Recoveries().judge(stuck({ frame: 5 }), frame)).toMatchObject({ frame });
});

test("a query, and a worker that was in no handler, put nothing in quarantine", () => {
  const recoveries = new Recoveries();
  for (let i = 0; i < 3; i += 1) {
    expect(recoveries.judge(stuck({ place: queryPlace }), 5)).toBeUndefined();
    expect(recoveries.judge({ isStuck: true, at: undefined }, 5)).toBeUndefined();
  }
});

test("eight losses in a minute are mended, and the ninth is one too many", () => {
  const recoveries = new Recoveries();
  for (let i = 0; i < 8; i += 1) expect(recoveries.allow(1_000 * i)).toBe(true);
  expect(recoveries.allow(60_000)).toBe(false);
});

test("losses that are more than a minute ago do not count", () => {
  const recoveries = new Recoveries();
  for (let i = 0; i < 100; i += 1) expect(recoveries.allow(8_000 * i)).toBe(true);
});
