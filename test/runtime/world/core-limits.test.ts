import { expect, test } from "vitest";
import { TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { payloadBytesMax } from "../../../src/runtime/memory/record.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { ChaosSchema, TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import {
  type Acts,
  act,
  failuresOf,
  note,
  scripted,
  seenBy,
  tell,
} from "../../support/scripted.ts";

/** Bytes of a Chaos message around a padding of 1 MiB: tag and length. */
const overhead = 1 + 3;

const acts: Acts = {
  send: (ctx, { target, number }) =>
    ctx.send(target, ChaosSchema, { padding: new Uint8Array(Number(number)) }),
  "send four": (ctx, { target, number }) => {
    for (let i = 0; i < 4; i += 1) {
      ctx.send(target, ChaosSchema, { padding: new Uint8Array(Number(number)) });
    }
  },
  unknown: (ctx) => ctx.send("a/1", TimeEventSchema, {}),
  "bad address": (ctx, { target }) => ctx.send(target, TickSchema, {}),
  "bad spawn": (ctx, { target }) => ctx.spawn(target, TickSchema, {}),
  "bad watch": (ctx, { target }) => ctx.watch(target),
  "bad value": (ctx) => ctx.send("a/1", TickSchema, { value: -1n }),
};

const actor = scripted("a", acts, {
  supervision: { directive: "resume" },
  also: ({ handle }) => [
    handle(ChaosSchema, (state, { padding }, ctx) => note(state, ctx, `bytes:${padding.length}`)),
  ],
});

function create(limits = {}): TestWorld {
  const world = createTestWorld({ actors: [actor], limits });
  act(world, ["a/1", "hello"], ["a/2", "hello"]);
  return world;
}

function received(world: TestWorld, address: string): string[] | undefined {
  return seenBy(world, address)?.slice(1);
}

test("a message of as many bytes as a record takes arrives whole; one byte more is refused", () => {
  const world = create();
  const most = payloadBytesMax - overhead;
  tell(world, "a/1", "send", { target: "a/2", number: most });
  world.step();
  expect(failuresOf(world)).toEqual([]);
  expect(received(world, "a/2")).toEqual([`2 bytes:${most}`]);
  tell(world, "a/1", "send", { target: "a/2", number: most + 1 });
  world.step();
  expect(failuresOf(world)).toEqual([
    expect.stringMatching(/tellurion.test.v1.Chaos of 1048577 bytes is too large/),
  ]);
  expect(received(world, "a/2")).toHaveLength(1);
});

test("a handler sends handlerBytesMax bytes at most; when it tries more, it has sent nothing", () => {
  const world = create({ handlerBytesMax: 10_000 });
  tell(world, "a/1", "send four", { target: "a/2", number: 2_400 });
  tell(world, "a/1", "send four", { target: "a/2", number: 2_400 });
  world.step();
  // Two handlers of 9,600 bytes and a little: the bound is each handler's own.
  expect(received(world, "a/2")).toHaveLength(8);
  tell(world, "a/1", "send four", { target: "a/2", number: 2_600 });
  world.step();
  expect(failuresOf(world)).toEqual([
    expect.stringContaining("a handler sent more than handlerBytesMax=10000 bytes"),
  ]);
  expect(received(world, "a/2")).toHaveLength(8);
});

test("a message that no actor of the world handles, or is declared beside, cannot be sent", () => {
  const world = create();
  act(world, ["a/1", "unknown"]);
  expect(failuresOf(world)).toEqual([
    expect.stringContaining("tellurion.v1.TimeEvent is in no file that an actor of this world"),
  ]);
});

test.each(["bad address", "bad spawn", "bad watch"])(
  "%s: what is no address is refused",
  (what) => {
    const world = create();
    for (const target of ["", "a", "a/", "/1", "A/1", "a/b/c", "a/B"]) {
      act(world, ["a/1", what, target]);
      expect(failuresOf(world).at(-1), target).toContain("is not valid; valid is kind/key");
    }
    expect(failuresOf(world)).toHaveLength(7);
  },
);

test("a message whose value does not fit its field is refused", () => {
  const world = create();
  act(world, ["a/1", "bad value"]);
  expect(failuresOf(world)).toEqual([expect.stringMatching(/TellurionError: .*value/)]);
});

test("traffic of many megabytes in one round grows the lanes and loses nothing", () => {
  for (const workers of [1, 2]) {
    const world = createTestWorld({ actors: [actor], workers });
    act(world, ["a/1", "hello"], ["a/2", "hello"], ["a/3", "hello"]);
    for (let i = 0; i < 12; i += 1)
      tell(world, "a/1", "send four", { target: "a/2", number: 500_000 });
    tell(world, "a/3", "send four", { target: "a/2", number: 7 });
    world.step();
    expect(received(world, "a/2")).toEqual([
      ...new Array(48).fill("2 bytes:500000"),
      ...new Array(4).fill("2 bytes:7"),
    ]);
  }
});
