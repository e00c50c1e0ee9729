import { expect, test } from "vitest";
import { EffectFailedSchema } from "../../../src/gen/tellurion/v1/actor_pb.ts";
import { Rejection } from "../../../src/runtime/index.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { GrantedSchema, WishSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import {
  type Acts,
  act,
  failuresOf,
  lettersOf,
  note,
  scripted,
  seenBy,
  tell,
} from "../../support/scripted.ts";

const acts: Acts = {
  wish: (ctx, { number }, state) =>
    note(state, ctx, `asked ${ctx.effect(WishSchema, { value: number })}`),
  "wish, then fail": (ctx) => {
    ctx.effect(WishSchema, { value: 98n });
    ctx.effect(WishSchema, { value: 99n });
    throw new Error("planned");
  },
  "wish, then refuse": (ctx) => {
    ctx.effect(WishSchema, { value: 97n });
    throw new Rejection("FAILED_PRECONDITION", "planned");
  },
  fail: () => {
    throw new Error("planned");
  },
  stop: (ctx) => ctx.stop(),
};

/** It hears what comes of its wishes, and of which one; a granted 13 makes it throw. */
const wisher = scripted("a", acts, {
  mailboxMax: 4,
  also: ({ handle }) => [
    handle(GrantedSchema, (state, { value }, ctx) => {
      if (value === 13n) throw new Error("planned");
      note(state, ctx, `granted ${value} of ${ctx.outcomeOf}`);
    }),
    handle(EffectFailedSchema, (state, { effect, code, text }, ctx) =>
      note(state, ctx, `${code} ${text} of ${effect}, ${ctx.outcomeOf}`),
    ),
  ],
});

/** It asks, and handles no outcome. */
const deaf = scripted("deaf", acts);

function create(options: Partial<TestWorldOptions> = {}): TestWorld {
  return createTestWorld({ actors: [wisher, deaf], ...options });
}

function pendingOf(world: TestWorld, address: string): number[] | undefined {
  const cell = world.cellAt(address);
  return cell && [...cell.effects.keys()];
}

function asked(world: TestWorld): string[] {
  return world.effects.map(({ frame, address, id, type, request }) => {
    const { value } = request as { value?: bigint };
    return `${frame} ${address} ${id} ${type.name} ${value}`;
  });
}

const first = { address: "a/1", id: 1 };

test("an effect is told of once, in the frame that asks for it, numbered from 1 for each actor", () => {
  const world = create({ workers: 2 });
  tell(world, "a/1", "wish", { number: 5 });
  tell(world, "a/1", "wish", { number: 6 });
  tell(world, "a/2", "wish", { number: 7 });
  world.step();
  tell(world, "a/1", "wish", { number: 8 });
  world.step(5);
  expect(asked(world).sort()).toEqual([
    "1 a/1 1 Wish 5",
    "1 a/1 2 Wish 6",
    "1 a/2 1 Wish 7",
    "2 a/1 3 Wish 8",
  ]);
  expect(seenBy(world, "a/1")).toEqual(["1 asked 1", "1 asked 2", "2 asked 3"]);
  expect(pendingOf(world, "a/1")).toEqual([1, 2, 3]);
});

test.each(["wish, then fail", "wish, then refuse"])(
  "a handler that ends with an error has asked for nothing, and its number is given again: %s",
  (what) => {
    const world = create();
    act(world, ["a/1", "wish"]);
    act(world, ["a/1", what]);
    expect(pendingOf(world, "a/1")).toEqual([1]);
    act(world, ["a/1", "wish"]);
    expect(asked(world)).toEqual(["1 a/1 1 Wish 0", "3 a/1 2 Wish 0"]);
    expect(pendingOf(world, "a/1")).toEqual([1, 2]);
  },
);

test("the outcome reaches the actor as a message that says what it is the outcome of", () => {
  const world = create();
  act(world, ["a/1", "wish"], ["a/1", "wish"]);
  world.settle({ address: "a/1", id: 2 }, GrantedSchema, { value: 20n });
  world.step();
  expect(pendingOf(world, "a/1")).toEqual([1]);
  world.settle(first, EffectFailedSchema, { effect: 1, code: "EFFECT_FAILED", text: "away" });
  world.step();
  expect(seenBy(world, "a/1")?.slice(2)).toEqual([
    "2 granted 20 of 2",
    "3 EFFECT_FAILED away of 1, 1",
  ]);
  expect(pendingOf(world, "a/1")).toEqual([]);
  expect(lettersOf(world)).toEqual([]);
});

test("a message that is no outcome says so, although an effect is pending", () => {
  const world = create();
  act(world, ["a/1", "wish"]);
  world.send("a/1", GrantedSchema, { value: 3n });
  world.step();
  expect(seenBy(world, "a/1")?.at(-1)).toBe("2 granted 3 of undefined");
  expect(pendingOf(world, "a/1")).toEqual([1]);
});

test("a second outcome of an effect, and one of an effect that was never asked for, are dead letters", () => {
  const world = create();
  act(world, ["a/1", "wish"]);
  world.settle(first, GrantedSchema, { value: 1n });
  world.settle(first, GrantedSchema, { value: 2n });
  world.step();
  world.settle(first, GrantedSchema, { value: 3n });
  world.settle({ address: "a/1", id: 7 }, GrantedSchema, { value: 4n });
  world.step();
  expect(seenBy(world, "a/1")).toEqual(["1 asked 1", "2 granted 1 of 1"]);
  expect(lettersOf(world)).toEqual(new Array(3).fill("a/1 Granted effect-settled"));
});

test("an outcome whose handler throws has come all the same: it does not come again", () => {
  const world = create();
  act(world, ["a/1", "wish"], ["a/1", "wish"]);
  world.settle(first, GrantedSchema, { value: 13n });
  world.step();
  expect(failuresOf(world)).toHaveLength(1);
  expect(pendingOf(world, "a/1")).toEqual([2]);
  expect(world.cellAt("a/1")?.effectLast).toBe(2);
});

test("an outcome starts no actor, and finds none that has stopped", () => {
  const world = create();
  world.settle(first, GrantedSchema, { value: 1n });
  world.step();
  expect(world.actors).toEqual([]);
  act(world, ["a/1", "wish"]);
  tell(world, "a/1", "stop");
  world.settle(first, GrantedSchema, { value: 2n });
  world.step();
  world.settle(first, GrantedSchema, { value: 3n });
  world.step(2);
  expect(world.actors).toEqual([]);
  expect(lettersOf(world)).toEqual([
    "a/1 Granted no-such-actor",
    "a/1 Granted stopped",
    "a/1 Granted no-such-actor",
  ]);
});

test("an outcome that its actor does not handle is a dead letter, and the effect is no longer pending", () => {
  const world = create();
  act(world, ["deaf/1", "wish"], ["deaf/1", "wish"]);
  world.settle({ address: "deaf/1", id: 1 }, GrantedSchema, { value: 1n });
  world.step();
  expect(lettersOf(world)).toEqual(["deaf/1 Granted not-handled"]);
  expect(pendingOf(world, "deaf/1")).toEqual([2]);
});

test("the outcome of an effect that a former actor of the address asked for does not reach its successor", () => {
  const world = create();
  act(world, ["a/1", "wish"]);
  act(world, ["a/1", "stop"]);
  world.step();
  act(world, ["a/1", "wish"]);
  const [former, present] = world.effects;
  expect(former?.id).toBe(present?.id);
  for (const [effect, value] of [
    [former, 1n],
    [present, 2n],
  ] as const) {
    if (effect) world.settle(effect, GrantedSchema, { value });
    world.step();
  }
  expect(seenBy(world, "a/1")).toEqual(["4 asked 1", "6 granted 2 of 1"]);
  expect(lettersOf(world)).toEqual(["a/1 Granted effect-settled"]);
});

test("nor does one that nobody handles take the successor's effect away", () => {
  const world = create();
  act(world, ["deaf/1", "wish"]);
  act(world, ["deaf/1", "stop"]);
  world.step();
  act(world, ["deaf/1", "wish"]);
  world.settle({ address: "deaf/1", id: 1, frame: 1 }, GrantedSchema, {});
  world.step();
  expect(pendingOf(world, "deaf/1")).toEqual([1]);
});

test("effects outlive a restart of their actor, which hears their outcomes", () => {
  const world = create();
  act(world, ["a/1", "wish"]);
  act(world, ["a/1", "fail"]);
  world.settle(first, GrantedSchema, { value: 1n });
  act(world, ["a/1", "wish"]);
  expect(seenBy(world, "a/1")).toEqual(["3 granted 1 of 1", "3 asked 2"]);
});

test("pending effects move with their actor, and their outcomes find it", () => {
  const world = create({ workers: 2 });
  act(world, ["a/1", "wish"], ["a/1", "wish"]);
  const before = world.cellAt("a/1");
  world.move("a/1", 1 - (world.workerOf("a/1") as number));
  world.step();
  const after = world.cellAt("a/1");
  expect(after).not.toBe(before);
  expect(after?.effects).toEqual(before?.effects);
  expect(after?.effectLast).toBe(2);
  world.settle({ address: "a/1", id: 2 }, GrantedSchema, { value: 9n });
  act(world, ["a/1", "wish"]);
  expect(seenBy(world, "a/1")?.slice(2)).toEqual(["3 granted 9 of 2", "3 asked 3"]);
  expect(asked(world).at(-1)).toBe("3 a/1 3 Wish 0");
  expect(asked(world)).toHaveLength(3);
});

test("what is pending is part of the world's hash", () => {
  const hashes = [0, 1, 2].map((settled) => {
    const world = create();
    act(world, ["deaf/1", "wish"], ["deaf/1", "wish"]);
    for (let id = 1; id <= settled; id += 1) {
      world.settle({ address: "deaf/1", id }, GrantedSchema, {});
    }
    world.step();
    return world.hash();
  });
  expect(new Set(hashes).size).toBe(3);
});

test("an actor that waits for effectsMax effects asks for another one when one is done", () => {
  const world = create({ limits: { effectsMax: 2 } });
  act(world, ["a/1", "wish"], ["a/1", "wish"]);
  act(world, ["deaf/1", "wish"], ["deaf/1", "wish"], ["deaf/1", "wish"]);
  expect(failuresOf(world)).toEqual([
    expect.stringContaining("deaf/1 waits for effectsMax=2 effects"),
  ]);
  world.settle(first, GrantedSchema, {});
  act(world, ["a/1", "wish"]);
  expect(seenBy(world, "a/1")?.at(-1)).toBe("3 asked 3");
  expect(asked(world)).toHaveLength(5);
});

test("a full mailbox drops no outcome, whatever else it drops", () => {
  const world = create();
  for (let i = 0; i < 3; i += 1) act(world, ["a/1", "wish"], ["a/1", "wish"]);
  for (let i = 0; i < 9; i += 1) {
    tell(world, "a/1", "hello", { number: i });
    if (i < 6) world.settle({ address: "a/1", id: i + 1 }, GrantedSchema, { value: BigInt(i) });
  }
  world.step();
  const granted = [0, 1, 2, 3, 4, 5].map((i) => `4 granted ${i} of ${i + 1}`);
  expect(seenBy(world, "a/1")?.slice(6)).toEqual(granted);
  expect(lettersOf(world)).toEqual(new Array(9).fill("a/1 Act mailbox-full"));
});

test("effects that find no room on their way out are told of in a later frame, in their order", () => {
  const world = create({ limits: { outputRingBytes: 1_024 } });
  // A short one that would still find room does not overtake a long one that does not.
  const keys = Array.from({ length: 40 }, (_, i) => `${i}${"x".repeat(i % 3 === 0 ? 50 : 0)}`);
  const addresses = keys.map((key) => `deaf/${key}`);
  act(world, ...addresses.map((address) => [address, "wish"] as const));
  expect(world.effects.length).toBeLessThan(40);
  world.step(10);
  expect(world.effects.map(({ address }) => address)).toEqual(addresses);
});
