import { expect, test } from "vitest";
import type { Supervision } from "../../../src/runtime/index.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import {
  ActSchema,
  GrantedSchema,
  TickSchema,
  WishSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { type Acts, act, note, scripted, seenBy, tell } from "../../support/scripted.ts";

const acts: Acts = {
  fail: () => {
    throw new Error("planned");
  },
  draw: (ctx, _act, state) => note(state, ctx, `drew ${ctx.random.integer(1_000_000)}`),
  schedule: (ctx, { number }) => void ctx.schedule(Number(number), TickSchema, { value: number }),
  repeat: (ctx, { number }) =>
    void ctx.schedule(Number(number), TickSchema, { value: number }, { everyMs: 20 }),
  cancel: (ctx, { number }) => void ctx.cancel(Number(number)),
  wish: (ctx) => void ctx.effect(WishSchema, {}),
  spawn: (ctx, { target }) => ctx.spawn(target, ActSchema, { what: "born" }),
};

function create(supervision: Partial<Supervision> = {}, workers = 1): TestWorld {
  const options: Parameters<typeof scripted>[2] = {
    init: (ctx) => ({ seen: [`${ctx.frame} init`] }),
    supervision: { directive: "restart", restartFrom: "checkpoint", ...supervision },
    also: ({ handle }) => [
      handle(GrantedSchema, (state, _granted, ctx) => note(state, ctx, `of ${ctx.outcomeOf}`)),
    ],
  };
  return createTestWorld({ actors: [scripted("a", acts, options)], workers, tickHz: 100 });
}

test("a restart goes back to the state before the frame of the last checkpoint", () => {
  const world = create();
  act(world, ["a/1", "one"]);
  world.checkpoint();
  act(world, ["a/1", "two"]);
  act(world, ["a/1", "three"], ["a/1", "fail"], ["a/1", "four"]);
  expect(seenBy(world, "a/1")).toEqual(["1 init", "1 one:0", "3 four:0"]);
  act(world, ["a/1", "fail"]);
  expect(seenBy(world, "a/1")).toEqual(["1 init", "1 one:0"]);
  world.checkpoint();
  act(world, ["a/1", "five"]);
  world.checkpoint();
  world.step();
  act(world, ["a/1", "six"], ["a/1", "fail"]);
  expect(seenBy(world, "a/1")).toEqual(["1 init", "1 one:0", "5 five:0"]);
});

test("before the first checkpoint a restart goes back to init, as it does for an actor that is younger", () => {
  const world = create();
  act(world, ["a/1", "one"]);
  act(world, ["a/1", "fail"]);
  expect(seenBy(world, "a/1")).toEqual(["2 init"]);
  world.checkpoint();
  act(world, ["a/2", "one"]);
  act(world, ["a/2", "fail"], ["a/1", "fail"]);
  expect(seenBy(world, "a/2")).toEqual(["4 init"]);
  expect(seenBy(world, "a/1")).toEqual(["2 init"]);
});

test("an actor that restarts from init remembers no checkpoint", () => {
  const world = create({ restartFrom: "init" });
  act(world, ["a/1", "one"]);
  world.checkpoint();
  world.step();
  expect(world.cellAt("a/1")?.checkpoint).toBeUndefined();
  act(world, ["a/1", "fail"]);
  expect(seenBy(world, "a/1")).toEqual(["3 init"]);
});

test("timers are those of the checkpoint: later ones are gone, cancelled ones are back", () => {
  const world = create();
  tell(world, "a/1", "schedule", { number: 100 });
  world.step();
  world.checkpoint();
  world.step();
  tell(world, "a/1", "cancel", { number: 1 });
  tell(world, "a/1", "schedule", { number: 50 });
  world.step();
  act(world, ["a/1", "fail"]);
  world.step(20);
  expect(seenBy(world, "a/1")).toEqual(["1 init", "11 tick:100"]);
});

test("a timer that has fallen due since the checkpoint fires again in the next frame", () => {
  const world = create();
  tell(world, "a/1", "schedule", { number: 30 });
  tell(world, "a/1", "repeat", { number: 40 });
  world.step();
  world.checkpoint();
  world.step(5);
  expect(seenBy(world, "a/1")).toEqual(["1 init", "4 tick:30", "5 tick:40"]);
  act(world, ["a/1", "fail"]);
  expect(seenBy(world, "a/1")).toEqual(["1 init"]);
  world.step(5);
  const ticks = ["8 tick:30", "8 tick:40", "10 tick:40", "12 tick:40"];
  expect(seenBy(world, "a/1")).toEqual(["1 init", ...ticks]);
});

test("timers that are scheduled after the restart get numbers that no timer of before had", () => {
  const world = create();
  tell(world, "a/1", "schedule", { number: 500 });
  world.step();
  world.checkpoint();
  tell(world, "a/1", "schedule", { number: 600 });
  world.step();
  act(world, ["a/1", "fail"], ["a/1", "schedule"]);
  expect([...(world.cellAt("a/1")?.timers.keys() ?? [])]).toEqual([1, 3]);
});

test("chance does not go back: what follows is not what has been", () => {
  const draws = (failing: boolean): string[] => {
    const world = create();
    act(world, ["a/1", "draw"]);
    world.checkpoint();
    act(world, ["a/1", "draw"], ["a/1", "draw"]);
    act(world, ["a/1", failing ? "fail" : "hello"]);
    act(world, ["a/1", "draw"]);
    return seenBy(world, "a/1") ?? [];
  };
  const drawn = draws(true);
  expect(drawn).toHaveLength(3);
  expect(drawn.at(-1)).toBe(draws(false).at(-1));
});

test("effects and what their numbers count do not go back", () => {
  const world = create();
  act(world, ["a/1", "wish"]);
  world.checkpoint();
  world.settle({ address: "a/1", id: 1 }, GrantedSchema, {});
  act(world, ["a/1", "wish"]);
  act(world, ["a/1", "fail"], ["a/1", "wish"]);
  expect([...(world.cellAt("a/1")?.effects.keys() ?? [])]).toEqual([2, 3]);
  world.settle({ address: "a/1", id: 2 }, GrantedSchema, {});
  world.step();
  expect(seenBy(world, "a/1")).toEqual(["1 init", "4 of 2"]);
});

test("a checkpoint moves with its actor", () => {
  const world = create({}, 2);
  act(world, ["a/1", "one"]);
  tell(world, "a/1", "schedule", { number: 100 });
  world.step();
  world.checkpoint();
  act(world, ["a/1", "two"]);
  for (let i = 0; i < 3; i += 1) {
    world.move("a/1", 1 - (world.workerOf("a/1") as number));
    world.step();
  }
  act(world, ["a/1", "fail"]);
  world.step(10);
  expect(seenBy(world, "a/1")).toEqual(["1 init", "1 one:0", "12 tick:100"]);
});

test("a checkpoint is part of the world's hash, and taking one changes nothing else", () => {
  const play = (checkpointAt: number): { hash: string; seen: string[] | undefined } => {
    const world = create();
    for (let frame = 1; frame <= 4; frame += 1) {
      if (frame === checkpointAt) world.checkpoint();
      act(world, ["a/1", "draw"]);
    }
    return { hash: world.hash(), seen: seenBy(world, "a/1") };
  };
  const all = [0, 2, 3].map(play);
  expect(new Set(all.map(({ hash }) => hash)).size).toBe(3);
  expect(new Set(all.map(({ seen }) => String(seen))).size).toBe(1);
});

test("siblings that share a restart go back to their checkpoints too", () => {
  const world = create({ scope: "all-for-one" });
  act(world, ["a/1", "spawn", "a/2"], ["a/1", "spawn", "a/3"]);
  world.step();
  world.checkpoint();
  act(world, ["a/2", "late"], ["a/3", "late"]);
  act(world, ["a/2", "fail"]);
  world.step();
  expect(seenBy(world, "a/2")).toEqual(["2 init", "2 born:0"]);
  expect(seenBy(world, "a/3")).toEqual(["2 init", "2 born:0"]);
});
