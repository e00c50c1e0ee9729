import { expect, test } from "vitest";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { act, failuresOf, note, scripted, seenBy, tell } from "../../support/scripted.ts";

/** `after:DELAY` and `every:DELAY:PERIOD`, in ms; the message carries the act's number. */
const timers = scripted("t", {
  schedule: (ctx, { target, number }, state) => {
    const [delay, everyMs] = target.split(":").map(Number);
    const options = everyMs === undefined ? {} : { everyMs };
    const id = ctx.schedule(delay as number, TickSchema, { value: number }, options);
    note(state, ctx, `timer ${id}`);
  },
  cancel: (ctx, { number }, state) => note(state, ctx, `cancel ${ctx.cancel(Number(number))}`),
  "cancel all": (ctx, { number }) => {
    for (let id = 1; id <= Number(number); id += 1) ctx.cancel(id);
  },
  stop: (ctx) => ctx.stop(),
});

function create(options: Partial<Parameters<typeof createTestWorld>[0]> = {}): TestWorld {
  return createTestWorld({ actors: [timers], tickHz: 100, ...options });
}

function schedule(world: TestWorld, target: string, number = 0): void {
  tell(world, "t/1", "schedule", { target, number });
}

function ticks(world: TestWorld): string[] {
  return (seenBy(world, "t/1") ?? []).filter((text) => text.includes("tick"));
}

test.each([
  { delay: 0, frame: 2 },
  { delay: 1, frame: 2 },
  { delay: 10, frame: 2 },
  { delay: 10.5, frame: 3 },
  { delay: 20, frame: 3 },
  { delay: 1_000, frame: 101 },
  { delay: 50_000, frame: 5_001 },
])(
  "a timer of $delay ms at 100 Hz, scheduled in frame 1, fires in frame $frame",
  ({ delay, frame }) => {
    const world = create();
    schedule(world, `${delay}`, 9);
    world.step(frame - 1);
    expect(ticks(world)).toEqual([]);
    world.step();
    expect(ticks(world)).toEqual([`${frame} tick:9`]);
    world.step(200);
    expect(ticks(world)).toHaveLength(1);
  },
);

test("a delay that is a whole number of frames is not one frame longer for rounding", () => {
  for (const tickHz of [30, 60, 144, 240]) {
    for (const frames of [1, 7, 60, 1_000]) {
      const world = create({ tickHz });
      schedule(world, `${(frames * 1_000) / tickHz}`);
      world.step(frames);
      expect(ticks(world)).toEqual([]);
      world.step();
      expect(ticks(world), `${frames} frames at ${tickHz} Hz`).toHaveLength(1);
    }
  }
});

test("a timer with a period fires again and again until it is cancelled", () => {
  const world = create();
  schedule(world, "20:30", 5);
  world.step(10);
  expect(ticks(world)).toEqual(["3 tick:5", "6 tick:5", "9 tick:5"]);
  tell(world, "t/1", "cancel", { number: 1 });
  world.step();
  expect(seenBy(world, "t/1")?.at(-1)).toBe("11 cancel true");
  world.step(20);
  expect(ticks(world)).toHaveLength(3);
});

test("a timer that is cancelled does not fire; a second cancel, or one of none, is false", () => {
  const world = create();
  schedule(world, "50");
  tell(world, "t/1", "cancel", { number: 1 });
  tell(world, "t/1", "cancel", { number: 1 });
  tell(world, "t/1", "cancel", { number: 77 });
  tell(world, "t/1", "cancel", { number: 0 });
  world.step(20);
  expect(seenBy(world, "t/1")).toEqual([
    "1 timer 1",
    "1 cancel true",
    "1 cancel false",
    "1 cancel false",
    "1 cancel false",
  ]);
});

test("a timer that has fired cannot be cancelled, nor in the frame in which it fires", () => {
  const world = create();
  schedule(world, "10");
  world.step();
  tell(world, "t/1", "cancel", { number: 1 });
  world.step();
  expect(seenBy(world, "t/1")).toEqual(["1 timer 1", "2 tick:0", "2 cancel false"]);
});

test("timers of one frame fire in the order of their numbers, before other messages", () => {
  const world = create();
  // Scheduled with different delays in different frames, all due in frame 6.
  schedule(world, "50", 1);
  schedule(world, "50", 2);
  world.step(2);
  schedule(world, "30", 3);
  world.step();
  schedule(world, "20", 4);
  world.step(2);
  tell(world, "t/1", "hello");
  world.step();
  expect(seenBy(world, "t/1")?.slice(-5)).toEqual([
    "6 tick:1",
    "6 tick:2",
    "6 tick:3",
    "6 tick:4",
    "6 hello:0",
  ]);
});

test("timers end with their actor", () => {
  const world = create();
  schedule(world, "30:10");
  schedule(world, "30");
  tell(world, "t/1", "stop");
  world.step(3);
  act(world, ["t/1", "hello"]);
  world.step(10);
  expect(seenBy(world, "t/1")).toEqual(["4 hello:0"]);
  expect(world.deadLetters).toEqual([]);
});

test.each(["-1", "NaN", "Infinity", `${2 ** 60}`, "10:0", "10:-5", "10:NaN"])(
  "a timer of %s ms is refused",
  (target) => {
    const world = create();
    schedule(world, target);
    world.step(3);
    expect(failuresOf(world)).toEqual([expect.stringMatching(/(delayMs|everyMs)=.* is not valid/)]);
    expect(seenBy(world, "t/1")).toEqual([]);
  },
);

test("a period shorter than a frame is a frame", () => {
  const world = create();
  schedule(world, "0:0.001");
  world.step(5);
  expect(ticks(world)).toEqual(["2 tick:0", "3 tick:0", "4 tick:0", "5 tick:0"]);
});

test("an actor has timersMax timers at most, and room again when one is cancelled or has fired", () => {
  const world = create({ limits: { timersMax: 2 } });
  schedule(world, "10");
  schedule(world, "1000");
  schedule(world, "1000");
  world.step();
  expect(failuresOf(world)).toEqual([expect.stringContaining("t/1 has timersMax=2 timers")]);
  const fresh = create({ limits: { timersMax: 2 } });
  schedule(fresh, "10");
  schedule(fresh, "1000");
  fresh.step(2);
  schedule(fresh, "1000");
  tell(fresh, "t/1", "cancel", { number: 3 });
  schedule(fresh, "1000");
  fresh.step();
  expect(failuresOf(fresh)).toEqual([]);
});

test("world time is frames times the step, whatever the wall clock says", () => {
  const seen: [number, number, number][] = [];
  const world = createTestWorld({
    actors: [scripted("a", { look: (ctx) => void seen.push([ctx.now, ctx.stepMs, ctx.tickHz]) })],
    tickHz: 50,
  });
  act(world, ["a/1", "look"]);
  world.step(98);
  act(world, ["a/1", "look"]);
  expect(seen).toEqual([
    [20, 20, 50],
    [2_000, 20, 50],
  ]);
  expect(world.now).toBe(2_000);
});
