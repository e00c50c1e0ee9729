import { beforeEach, expect, test, vi } from "vitest";
import type { FlightDeck } from "../../../src/runtime/world/flight-deck.ts";
import { FlightLog } from "../../../src/runtime/world/flight-log.ts";
import type { FlightDump } from "../../../src/runtime/world/world.ts";

const clock = vi.hoisted(() => ({ ms: 0 }));
vi.mock("../../../src/runtime/wall-clock.ts", () => ({ wallMs: () => clock.ms }));

beforeEach(() => {
  clock.ms = 0;
});

const dump = { lines: ["what workers did"], slowest: ["what took long"] };
const deck = { dump: () => dump } as unknown as FlightDeck;
const overran = "a frame took longer than its step";
const threw = "a handler threw";

function create() {
  const dumps: FlightDump[] = [];
  const log = new FlightLog((made) => dumps.push(made));
  const note = (frame: number, overruns: number, failures: number): void =>
    log.note(deck, frame, { overruns, failures });
  return {
    log,
    dumps,
    note,
    reasons: () => dumps.map(({ frame, reason }) => `${frame} ${reason}`),
  };
}

test("nothing is dumped as long as nothing goes wrong", () => {
  const { dumps, note } = create();
  for (let frame = 1; frame < 100; frame += 1) note(frame, 0, 0);
  expect(dumps).toEqual([]);
});

test("an overrun and a failure are dumped with the frame, the reason and what workers did", () => {
  const first = create();
  first.note(7, 1, 0);
  expect(first.dumps).toEqual([{ frame: 7, reason: overran, ...dump }]);
  const second = create();
  second.note(8, 1, 1);
  expect(second.reasons()).toEqual([`8 ${threw}`]);
});

test("what happens again and again is dumped every ten seconds", () => {
  const { note, reasons } = create();
  for (let frame = 0; frame <= 25; frame += 1) {
    clock.ms = frame * 1_000;
    note(frame, frame + 1, 0);
  }
  expect(reasons()).toEqual([`0 ${overran}`, `10 ${overran}`, `20 ${overran}`]);
});

test("what went wrong during the rest is not dumped later, when it is no longer to be seen", () => {
  const { note, reasons } = create();
  note(1, 1, 0);
  clock.ms = 5_000;
  note(2, 2, 0);
  clock.ms = 20_000;
  note(3, 2, 0);
  expect(reasons()).toEqual([`1 ${overran}`]);
});

test("a failure is dumped also while overruns rest, and the loss of a worker at any time", () => {
  const { log, note, reasons } = create();
  note(1, 1, 0);
  clock.ms = 9_000;
  log.dump(deck, 2, "a worker was lost");
  log.dump(deck, 2, "a worker was lost");
  note(3, 2, 1);
  note(4, 3, 2);
  expect(reasons()).toEqual([
    `1 ${overran}`,
    "2 a worker was lost",
    "2 a worker was lost",
    `3 ${threw}`,
  ]);
});
