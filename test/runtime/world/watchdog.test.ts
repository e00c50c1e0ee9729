import { expect, test } from "vitest";
import type { NowReading } from "../../../src/runtime/world/flight-recorder.ts";
import { Watchdog } from "../../../src/runtime/world/watchdog.ts";

const handlerMsMax = 1_000;
const everyMs = 100;

const turn = { frame: 9, round: 1, actor: 5, handler: 2, place: 3 };
const message: NowReading = { worker: 0, inHandler: true, ...turn };
const idle: NowReading = { ...message, inHandler: false };

/** Looks every 100 ms, the first time at 100 ms, and returns when something was found first, and what. */
function firstStuck(
  looks: number,
  readingsAt: (look: number) => readonly NowReading[],
): { atMs: number; stuck: object } | undefined {
  const watchdog = new Watchdog(handlerMsMax);
  for (let look = 1; look <= looks; look += 1) {
    const stuck = watchdog.look(look * everyMs, readingsAt(look));
    if (stuck) return { atMs: look * everyMs, stuck };
  }
  return undefined;
}

test("a handler that never returns is found once it takes longer than it may", () => {
  const found = firstStuck(100, () => [message]);
  expect(found).toEqual({ atMs: 1_200, stuck: { ...message, ms: 1_100 } });
});

test("a worker between frames is not stuck, however long", () => {
  expect(firstStuck(1_000, () => [idle])).toBeUndefined();
});

test.each(["frame", "round", "actor", "handler", "place"] as const)(
  "a worker that goes on to another %s is not stuck",
  (name) => {
    const stages = (look: number): NowReading => ({ ...message, [name]: Math.floor(look / 10) });
    expect(firstStuck(1_000, (look) => [stages(look)])).toBeUndefined();
  },
);

test("a handler that was left meanwhile begins anew", () => {
  expect(firstStuck(1_000, (look) => [look % 8 === 0 ? idle : message])).toBeUndefined();
});

test("workers are told apart, and the one that is stuck for longest is named first", () => {
  const watchdog = new Watchdog(handlerMsMax);
  const other = { ...message, worker: 1, actor: 6 };
  const busy = { ...message, worker: 2 };
  const found = Array.from({ length: 30 }, (_, look) =>
    watchdog.look(look * everyMs, [other, look < 5 ? idle : message, { ...busy, frame: look }]),
  );
  expect(found.find((stuck) => stuck)).toEqual({ ...other, ms: 1_100 });
  expect(found.at(-1)).toEqual({ ...other, ms: 2_900 });
  // The other one is told of when its turn has come.
  expect(watchdog.look(3_000, [message, busy])).toEqual({ ...message, ms: 2_500 });
});

test("a worker that has been replaced begins anew", () => {
  expect(firstStuck(100, (look) => (look % 9 === 0 ? [] : [message]))).toBeUndefined();
});

test("a process that was halted finds no handler stuck for that", () => {
  const watchdog = new Watchdog(handlerMsMax);
  expect(watchdog.look(0, [message])).toBeUndefined();
  expect(watchdog.look(100, [message])).toBeUndefined();
  expect(watchdog.look(3_600_000, [message])).toBeUndefined();
  expect(watchdog.look(3_600_100, [{ ...message, place: 4 }])).toBeUndefined();
});

test("it tells of a stuck worker at each look until it is replaced", () => {
  const watchdog = new Watchdog(handlerMsMax);
  for (let ms = 0; ms <= 1_000; ms += everyMs) watchdog.look(ms, [message]);
  expect(watchdog.look(1_100, [message])?.ms).toBe(1_100);
  expect(watchdog.look(1_200, [message])?.ms).toBe(1_200);
  expect(watchdog.look(1_300, [idle])).toBeUndefined();
});

test("without a limit nothing is stuck, and a limit of nothing is refused", () => {
  const watchdog = new Watchdog(Number.POSITIVE_INFINITY);
  expect(watchdog.look(0, [message])).toBeUndefined();
  expect(watchdog.look(1e12, [message])).toBeUndefined();
  for (const ms of [0, -1, Number.NaN])
    expect(() => new Watchdog(ms)).toThrow(`handlerMsMax=${ms}`);
});

test.each([-1, -2])("what has place %i, since it is in no mailbox, can be stuck too", (place) => {
  expect(firstStuck(100, () => [{ ...message, place }])?.stuck).toMatchObject({ place });
});
