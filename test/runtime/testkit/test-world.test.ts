import { expect, test } from "vitest";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import {
  ActSchema,
  CounterService,
  CounterStateSchema,
  TickSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { counter } from "../../support/counter.ts";
import { act, lettersOf, scripted, seenBy, tell } from "../../support/scripted.ts";

test("frames are counted from 1, and world time with them", () => {
  const world = createTestWorld({ actors: [scripted("a")], tickHz: 50 });
  expect([world.frame, world.now]).toEqual([0, 0]);
  world.step();
  expect([world.frame, world.now]).toEqual([1, 20]);
  world.step(9);
  expect([world.frame, world.now]).toEqual([10, 200]);
  world.step(0);
  expect(world.frame).toBe(10);
});

test("what is sent from outside waits for the next frame, and is handled in the order of sending", () => {
  const world = createTestWorld({ actors: [scripted("a")] });
  for (let i = 0; i < 5; i += 1) tell(world, "a/1", "say", { number: i });
  expect(world.actors).toEqual([]);
  world.step();
  expect(seenBy(world, "a/1")).toEqual([0, 1, 2, 3, 4].map((i) => `1 say:${i}`));
});

test("the first actors are those of the bootstrap, with their messages", () => {
  const world = createTestWorld({
    actors: [scripted("a", {}, { activation: "spawned" })],
    bootstrap: [
      { address: "a/2", type: TickSchema, message: { value: 1n } as never },
      { address: "a/1", type: ActSchema, message: { what: "hello" } as never },
      { address: "a/2", type: TickSchema, message: {} },
    ],
  });
  world.step();
  expect(world.actors).toEqual(["a/2", "a/1"]);
  expect(seenBy(world, "a/2")).toEqual(["1 tick:1"]);
  expect(seenBy(world, "a/1")).toEqual(["1 hello:0"]);
  expect(lettersOf(world)).toEqual(["a/2 Tick already-active"]);
});

test("an actor that is spawned from outside starts in the next frame, if it is not active", () => {
  const world = createTestWorld({ actors: [scripted("a", {}, { activation: "spawned" })] });
  world.spawn("a/1", ActSchema, { what: "hello" });
  world.step();
  world.spawn("a/1", ActSchema, { what: "hello" });
  world.step();
  expect(seenBy(world, "a/1")).toEqual(["1 hello:0"]);
  expect(lettersOf(world)).toEqual(["a/1 Act already-active"]);
});

test("a state that was looked at is a copy: changing it changes nothing", () => {
  const world = createTestWorld({ actors: [scripted("a")] });
  act(world, ["a/1", "hello"]);
  const hash = world.hash();
  world.stateOf("a/1", CounterStateSchema)?.seen.push("from a test");
  world.step();
  expect(seenBy(world, "a/1")).toEqual(["1 hello:0"]);
  expect(world.hash()).toBe(hash);
});

test("the state of an actor that is not active is undefined", () => {
  const world = createTestWorld({ actors: [scripted("a")] });
  expect(world.stateOf("a/1", CounterStateSchema)).toBeUndefined();
  expect(world.workerOf("a/1")).toBeUndefined();
});

test("what actors log is there, with frame and level", () => {
  const world = createTestWorld({
    actors: [scripted("a", { log: (ctx) => ctx.log("warn", `in ${ctx.key}`) })],
  });
  world.step();
  act(world, ["a/1", "log"]);
  expect(world.log).toEqual([{ frame: 2, level: "warn", address: "a/1", text: "in 1" }]);
});

test("a call runs the frame that answers it, and nothing else is lost over it", () => {
  const world = createTestWorld({ actors: [counter(), scripted("a")] });
  tell(world, "a/1", "hello");
  const { increase } = CounterService.method;
  expect(world.call(increase, { name: "x", amount: 2n })).toMatchObject({ value: { total: 2n } });
  expect(world.frame).toBe(1);
  expect(seenBy(world, "a/1")).toEqual(["1 hello:0"]);
});

test("the hash is 16 digits, tells any change of any state, and nothing else", () => {
  const world = createTestWorld({ actors: [scripted("a", { nothing: () => {} })] });
  act(world, ["a/1", "hello"], ["a/2", "hello"]);
  const hash = world.hash();
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(world.hash()).toBe(hash);
  act(world, ["a/1", "nothing"]);
  expect(world.hash()).toBe(hash);
  act(world, ["a/2", "something"]);
  expect(world.hash()).not.toBe(hash);
});

test("two states that change places are another world", () => {
  const hash = (first: string, second: string): string => {
    const world = createTestWorld({ actors: [scripted("a")] });
    act(world, ["a/1", first], ["a/2", second]);
    return world.hash();
  };
  expect(hash("x", "y")).not.toBe(hash("y", "x"));
});
