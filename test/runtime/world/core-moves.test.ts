import { expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { ActSchema, TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { act, note, scripted, seenBy, tell } from "../../support/scripted.ts";

const actor = scripted(
  "a",
  {
    draw: (ctx, _act, state) => note(state, ctx, `drew ${ctx.random.integer(1_000_000)}`),
    schedule: (ctx, { number }, state) => {
      const timer = ctx.schedule(Number(number), TickSchema, { value: number }, { everyMs: 50 });
      note(state, ctx, `timer ${timer}`);
    },
    cancel: (ctx, { number }, state) => note(state, ctx, `${ctx.cancel(Number(number))}`),
    "send all": (ctx) => {
      for (let i = 1; i <= 6; i += 1) ctx.send(`a/${i}`, ActSchema, { what: `from ${ctx.key}` });
    },
    publish: (ctx) => ctx.publish(WeatherEventSchema, { region: ctx.key }),
    fail: () => {
      throw new Error("planned");
    },
    ping: (ctx, { number }) => {
      if (number > 0n) ctx.send(ctx.address, ActSchema, { what: "ping", number: number - 1n });
    },
  },
  {
    supervision: { directive: "restart", restartsMax: 2, windowFrames: 1_000 },
    also: ({ handle }) => [
      handle(WeatherEventSchema, (state, { region }, ctx) => note(state, ctx, `event ${region}`)),
    ],
  },
);

const addresses = [1, 2, 3, 4, 5, 6].map((i) => `a/${i}`);

/** Plays one script in a world, moving actors before each frame as it is told. Returns what all have seen. */
function play(workers: number, moves: (world: TestWorld) => void): Record<string, string[]> {
  const world = createTestWorld({ actors: [actor], workers, tickHz: 100 });
  act(world, ...addresses.map((address) => [address, "hello"] as const));
  for (let frame = 0; frame < 40; frame += 1) {
    moves(world);
    const address = addresses[frame % 6] as string;
    tell(world, address, "draw");
    if (frame % 5 === 0) tell(world, address, "schedule", { number: 30 + frame });
    if (frame % 7 === 0) tell(world, address, "send all");
    if (frame % 11 === 0) tell(world, address, "publish");
    if (frame % 13 === 0) tell(world, address, "cancel", { number: 1 });
    world.step();
  }
  return {
    ...Object.fromEntries(addresses.map((address) => [address, seenBy(world, address) ?? []])),
    hash: [world.hash()],
  };
}

test("an actor that moves keeps its state, timers, chance and place in the order", () => {
  const still = play(1, () => {});
  let turn = 0;
  let moved = 0;
  const moving = play(3, (world) => {
    turn += 1;
    for (const address of addresses) {
      const before = world.workerOf(address);
      turn += 1;
      world.move(address, turn % 3);
      if (before !== turn % 3) moved += 1;
    }
  });
  expect(moved).toBeGreaterThan(100);
  expect(moving).toEqual(still);
  expect(still["a/1"]?.some((text) => text.includes("tick"))).toBe(true);
  expect(still["a/1"]?.some((text) => text.includes("event"))).toBe(true);
});

test("a move happens before the next frame, and shows in workerOf", () => {
  const world = createTestWorld({ actors: [actor], workers: 2 });
  act(world, ["a/1", "hello"]);
  const worker = world.workerOf("a/1") as number;
  world.move("a/1", 1 - worker);
  expect(world.workerOf("a/1")).toBe(worker);
  world.step();
  expect(world.workerOf("a/1")).toBe(1 - worker);
  act(world, ["a/1", "again"]);
  expect(seenBy(world, "a/1")).toEqual(["1 hello:0", "3 again:0"]);
});

test("an actor does not move while messages are on their way, but as soon as they have arrived", () => {
  const world = createTestWorld({ actors: [actor], workers: 2, limits: { roundsMax: 2 } });
  act(world, ["a/1", "hello"]);
  const worker = world.workerOf("a/1") as number;
  tell(world, "a/1", "ping", { number: 6 });
  world.step();
  world.move("a/1", 1 - worker);
  const places = Array.from({ length: 5 }, () => {
    world.step();
    return world.workerOf("a/1");
  });
  expect(places).toEqual([worker, worker, worker, 1 - worker, 1 - worker]);
});

test("a timer that is due in the frame of the move fires in it", () => {
  const world = createTestWorld({ actors: [actor], workers: 2, tickHz: 100 });
  tell(world, "a/1", "schedule", { number: 30 });
  world.step(3);
  world.move("a/1", 1 - (world.workerOf("a/1") as number));
  world.step();
  expect(seenBy(world, "a/1")).toEqual(["1 timer 1", "4 tick:30"]);
  world.step(5);
  expect(seenBy(world, "a/1")).toEqual(["1 timer 1", "4 tick:30", "9 tick:30"]);
});

test("restarts that were made before a move count after it", () => {
  const world = createTestWorld({ actors: [actor], workers: 2 });
  act(world, ["a/1", "fail"], ["a/1", "fail"]);
  world.move("a/1", 1 - (world.workerOf("a/1") as number));
  world.step();
  act(world, ["a/1", "fail"]);
  // Without a parent, one too many stops the world.
  expect(() => world.step()).toThrow("a/1 threw on");
});

test("moves to a worker that is none, or of an actor that is none, are passed over", () => {
  const world = createTestWorld({ actors: [actor], workers: 2 });
  act(world, ["a/1", "hello"]);
  const worker = world.workerOf("a/1");
  world.move("a/1", 9);
  world.move("a/77", 1);
  world.step();
  expect(world.workerOf("a/1")).toBe(worker);
  expect(world.actors).toEqual(["a/1"]);
});
