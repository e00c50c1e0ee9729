import { expect, test } from "vitest";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { ActSchema, TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { type Acts, act, lettersOf, scripted, seenBy } from "../../support/scripted.ts";

/** Acts whose target is an address. */
const acts: Acts = {
  send: (ctx, { target }) => ctx.send(target, ActSchema, { what: `from ${ctx.address}` }),
  "send twice": (ctx, { target }) => {
    ctx.send(target, ActSchema, { what: "one" });
    ctx.send(target, ActSchema, { what: "two" });
  },
  "send, and again in the next round": (ctx, { target }) => {
    ctx.send(target, ActSchema, { what: "first" });
    ctx.send(ctx.address, ActSchema, { what: "send", target });
  },
  spawn: (ctx, { target }) => ctx.spawn(target, ActSchema, { what: "born" }),
  "spawn in the next round": (ctx, { target }) =>
    ctx.send(ctx.address, ActSchema, { what: "spawn", target }),
  "spawn twice": (ctx, { target }) => {
    ctx.spawn(target, ActSchema, { what: "born" });
    ctx.spawn(target, ActSchema, { what: "born again" });
  },
  stop: (ctx) => ctx.stop(),
  "stop child": (ctx, { target }) => ctx.stop(target),
  "stop, then send": (ctx, { target }) => {
    ctx.stop();
    ctx.send(target, ActSchema, { what: "farewell" });
  },
  "tell, then stop": (ctx, { target }) => {
    ctx.send(target, ActSchema, { what: "watch", target: "a/0" });
    ctx.stop();
  },
  watch: (ctx, { target }) => ctx.watch(target),
  "watch twice": (ctx, { target }) => {
    ctx.watch(target);
    ctx.watch(target);
  },
  fail: () => {
    throw new Error("planned");
  },
};

function create(workers = 1, limits = {}): TestWorld {
  const options = { supervision: { directive: "stop" } } as const;
  return createTestWorld({
    actors: [
      scripted("a", acts, options),
      scripted("b", acts, { ...options, activation: "spawned" }),
    ],
    workers,
    limits,
  });
}

test("a message to an address that is not active activates it at the next frame", () => {
  const world = create();
  act(world, ["a/1", "hello"]);
  act(world, ["a/1", "send", "a/2"]);
  expect(world.actors).toEqual(["a/1"]);
  world.step();
  expect(world.actors).toEqual(["a/1", "a/2"]);
  expect(seenBy(world, "a/2")).toEqual(["3 from a/1:0"]);
});

test("messages to an address that is not active arrive in the order in which they were sent", () => {
  const world = create();
  act(world, ["a/1", "hello"]);
  act(world, ["a/1", "send, and again in the next round", "a/2"], ["a/1", "send twice", "a/2"]);
  // One more, that is sent when the address has become active.
  act(world, ["a/1", "send", "a/2"]);
  expect(seenBy(world, "a/2")).toEqual([
    "3 first:0",
    "3 one:0",
    "3 two:0",
    "3 from a/1:0",
    "3 from a/1:0",
  ]);
});

test("of several who activate an address, the one with the lowest number is heard first", () => {
  for (const workers of [1, 2, 3]) {
    const world = create(workers);
    act(world, ["a/3", "hello"], ["a/2", "hello"], ["a/1", "hello"]);
    act(world, ["a/1", "send", "a/9"], ["a/2", "send", "a/9"], ["a/3", "send", "a/9"]);
    world.step();
    expect(seenBy(world, "a/9")).toEqual(["3 from a/3:0", "3 from a/2:0", "3 from a/1:0"]);
  }
});

test("a message from outside activates its actor in the frame that takes it", () => {
  const world = create();
  act(world, ["a/1", "hello"]);
  expect(seenBy(world, "a/1")).toEqual(["1 hello:0"]);
});

test("a kind that must be spawned is not activated by a message", () => {
  const world = create();
  act(world, ["b/1", "hello"], ["a/1", "send", "b/1"]);
  world.step();
  expect(world.actors).toEqual(["a/1"]);
  expect(lettersOf(world)).toEqual(["b/1 Act no-such-actor", "b/1 Act no-such-actor"]);
  expect(world.deadLetters.map(({ sender, frame }) => [sender, frame])).toEqual([
    [undefined, 1],
    ["a/1", 2],
  ]);
});

test("a child starts at the next frame with its first message, and takes others from then on", () => {
  const world = create();
  act(world, ["a/1", "spawn", "b/1"]);
  expect(world.actors).toEqual(["a/1"]);
  act(world, ["a/1", "send", "b/1"]);
  expect(seenBy(world, "b/1")).toEqual(["2 born:0", "2 from a/1:0"]);
});

test("an address that is active cannot be spawned: the first message is a dead letter", () => {
  const world = create();
  act(world, ["a/1", "spawn twice", "b/1"]);
  world.step();
  act(world, ["a/2", "spawn", "b/1"]);
  world.step();
  expect(seenBy(world, "b/1")).toEqual(["2 born:0"]);
  expect(lettersOf(world)).toEqual(["b/1 Act already-active", "b/1 Act already-active"]);
});

test("of two who spawn an address in one frame, the one in the earlier round is its parent", () => {
  for (const workers of [1, 2]) {
    const world = create(workers);
    act(world, ["a/1", "hello"], ["a/2", "hello"]);
    // a/1 has the lower number, but spawns a round later.
    act(world, ["a/1", "spawn in the next round", "b/1"], ["a/2", "spawn", "b/1"]);
    world.step();
    act(world, ["a/1", "stop"]);
    world.step();
    expect(world.actors).toEqual(["a/2", "b/1"]);
    expect(world.deadLetters).toMatchObject([{ sender: "a/1", reason: "already-active" }]);
  }
});

test("an actor whose kind is in no definition is no actor", () => {
  const world = create();
  act(world, ["a/1", "spawn", "nobody/1"], ["a/1", "send", "nobody/1"], ["nobody/2", "hello"]);
  world.step();
  expect(lettersOf(world).sort()).toEqual([
    "nobody/1 Act no-such-actor",
    "nobody/1 Act no-such-actor",
    "nobody/2 Act no-such-actor",
  ]);
});

test("an actor that stops still does what its handler did, and takes nothing more", () => {
  const world = create();
  act(world, ["a/1", "hello"], ["a/2", "hello"]);
  act(world, ["a/1", "stop, then send", "a/2"], ["a/1", "after"], ["a/1", "after"]);
  expect(seenBy(world, "a/2")).toEqual(["1 hello:0", "2 farewell:0"]);
  expect(lettersOf(world)).toEqual(["a/1 Act stopped", "a/1 Act stopped"]);
  world.step();
  expect(world.actors).toEqual(["a/2"]);
});

test("what reaches an actor after it stopped, in the same frame, is a dead letter", () => {
  const world = create();
  act(world, ["a/2", "hello"], ["a/1", "hello"]);
  // a/2 has the lower number: it is gone when what a/1 sends in this round arrives.
  act(world, ["a/2", "stop"], ["a/1", "send", "a/2"]);
  expect(lettersOf(world)).toEqual(["a/2 Act stopped"]);
  expect(world.deadLetters[0]).toMatchObject({ sender: "a/1", frame: 2 });
});

test("an address whose actor stopped can be activated again, with a new state", () => {
  const world = create();
  act(world, ["a/1", "hello"]);
  act(world, ["a/1", "stop"]);
  expect(world.stateOf("a/1", TickSchema)).toBeUndefined();
  act(world, ["a/1", "hello"]);
  expect(seenBy(world, "a/1")).toEqual(["3 hello:0"]);
});

test("a parent stops a child, at the next frame, and nobody but its own", () => {
  const world = create();
  act(world, ["a/1", "spawn", "b/1"], ["a/2", "spawn", "b/2"]);
  world.step();
  act(
    world,
    ["a/1", "stop child", "b/1"],
    ["a/1", "stop child", "b/2"],
    ["a/1", "stop child", "a/2"],
  );
  expect(world.actors).toEqual(["a/1", "a/2", "b/1", "b/2"]);
  world.step();
  expect(world.actors).toEqual(["a/1", "a/2", "b/2"]);
});

test("children stop with their parent, and theirs with them", () => {
  const world = create(2);
  act(world, ["a/0", "watch", "b/2"], ["a/0", "watch", "a/9"], ["a/1", "spawn", "b/1"]);
  act(world, ["b/1", "spawn", "b/2"]);
  world.step();
  act(world, ["a/0", "watch", "b/1"], ["a/0", "watch", "b/2"]);
  world.step();
  act(world, ["a/1", "stop"]);
  world.step();
  expect(world.actors).toEqual(["a/0"]);
  expect(seenBy(world, "a/0")).toEqual([
    "2 stopped:b/2:NOT_FOUND",
    "2 stopped:a/9:NOT_FOUND",
    "7 stopped:b/1:PARENT_STOPPED",
    "7 stopped:b/2:PARENT_STOPPED",
  ]);
});

test.each([
  { name: "it stopped itself", how: ["b/1", "stop"], reason: "STOPPED" },
  { name: "its parent stopped it", how: ["a/1", "stop child", "b/1"], reason: "STOPPED" },
  { name: "its handler threw", how: ["b/1", "fail"], reason: "FAILED" },
  { name: "its parent stopped", how: ["a/1", "stop"], reason: "PARENT_STOPPED" },
] as const)("a watcher hears why an actor is no more: $name", ({ how, reason }) => {
  const world = create();
  act(world, ["a/1", "spawn", "b/1"]);
  world.step();
  act(world, ["a/2", "watch twice", "b/1"]);
  world.step();
  act(world, how);
  world.step(3);
  expect(seenBy(world, "a/2")).toEqual([`6 stopped:b/1:${reason}`]);
});

test("who watches nobody hears so", () => {
  const world = create();
  act(world, ["a/1", "watch", "a/7"]);
  world.step();
  expect(seenBy(world, "a/1")).toEqual(["2 stopped:a/7:NOT_FOUND"]);
  expect(world.actors).toEqual(["a/1"]);
});

test("a watch ends with the watcher: whoever gets its number hears nothing", () => {
  const world = create();
  act(world, ["a/0", "hello"], ["a/1", "watch", "a/0"]);
  world.step();
  act(world, ["a/1", "stop"]);
  world.step(3);
  // a/9 gets the number that a/1 had.
  act(world, ["a/9", "hello"]);
  act(world, ["a/0", "stop"]);
  world.step(2);
  expect(seenBy(world, "a/9")).toEqual(["7 hello:0"]);
  expect(lettersOf(world)).toEqual([]);
});

test("a watch by an actor whose parent has just stopped leaves nothing behind", () => {
  const world = create();
  act(world, ["a/0", "hello"], ["a/1", "spawn", "b/1"]);
  world.step();
  // In one frame: a/1 stops in the first round, and b/1, which stops with it, watches in the second.
  act(world, ["a/1", "tell, then stop", "b/1"]);
  world.step(3);
  expect(world.actors).toEqual(["a/0"]);
  // Two newcomers get the numbers of a/1 and b/1.
  act(world, ["a/8", "hello"], ["a/9", "hello"]);
  act(world, ["a/0", "stop"]);
  world.step(2);
  expect([seenBy(world, "a/8"), seenBy(world, "a/9")]).toEqual([["7 hello:0"], ["7 hello:0"]]);
});

test("an actor that is spawned by one that has stopped meanwhile does not start", () => {
  const world = create();
  act(world, ["a/1", "spawn", "b/1"]);
  world.step();
  act(world, ["b/1", "spawn", "b/2"], ["a/1", "stop"]);
  world.step();
  expect(world.actors).toEqual([]);
  expect(lettersOf(world)).toEqual(["b/2 Act stopped"]);
});

test("what is sent to an actor that is removed before it begins is a dead letter", () => {
  const world = create();
  act(world, ["a/1", "spawn", "b/1"], ["a/1", "stop child", "b/1"]);
  world.step();
  expect(world.actors).toEqual(["a/1"]);
  expect(lettersOf(world)).toEqual(["b/1 Act stopped"]);
});

test("a number that becomes free rests while messages to its last owner may be on their way", () => {
  const world = create(1, { roundsMax: 1 });
  act(world, ["a/2", "hello"], ["a/1", "hello"]);
  // In one round a/2 stops and a/1 sends to it: the message is carried over into the next frame.
  act(world, ["a/2", "stop"], ["a/1", "send", "a/2"]);
  act(world, ["a/3", "hello"]);
  expect(seenBy(world, "a/3")).toEqual(["3 hello:0"]);
  expect(world.deadLetters.map(({ reason, frame }) => [reason, frame])).toEqual([["stopped", 3]]);
});

test("when all actorsMax numbers are taken, nobody starts, and room that becomes free is used", () => {
  const world = create(1, { actorsMax: 3 });
  act(world, ["a/1", "hello"], ["a/2", "hello"], ["a/3", "hello"], ["a/4", "hello"]);
  expect(world.actors.length).toBeLessThanOrEqual(3);
  expect(world.actors.length).toBeGreaterThanOrEqual(2);
  const started = world.actors.length;
  expect(lettersOf(world)).toHaveLength(4 - started);
  expect(lettersOf(world).every((text) => text.endsWith("start-failed"))).toBe(true);
  act(world, ["a/1", "stop"]);
  world.step(2);
  act(world, ["a/4", "hello"]);
  expect(world.actors).toContain("a/4");
  expect(world.actors).toHaveLength(started);
});
