import { expect, test } from "vitest";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import {
  ActSchema,
  FloodLatestSchema,
  FloodOldestSchema,
  FloodSchema,
  TickSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { act, lettersOf, note, scripted, seenBy } from "../../support/scripted.ts";

const messages = { r: FloodSchema, l: FloodLatestSchema, o: FloodOldestSchema } as const;

const sink = scripted(
  "sink",
  {},
  {
    mailboxMax: 4,
    also: ({ handle }) => [
      handle(FloodSchema, (state, { value }, ctx) => note(state, ctx, `r${value}`)),
      handle(FloodLatestSchema, (state, { value }, ctx) => note(state, ctx, `l${value}`), {
        overflow: "latest",
      }),
      handle(FloodOldestSchema, (state, { value }, ctx) => note(state, ctx, `o${value}`), {
        overflow: "oldest",
      }),
    ],
  },
);

/** Floods one mailbox with messages whose kinds are the letters of a text, numbered from 1. */
const source = scripted("source", {
  flood: (ctx, { target }) => {
    for (const [i, letter] of [...target].entries()) {
      ctx.send("sink/1", messages[letter as keyof typeof messages], { value: BigInt(i + 1) });
    }
  },
  query: (ctx) => ctx.send("sink/1", ActSchema, { what: "unhandled" }),
});

function flood(workers: number, ...texts: string[]): TestWorld {
  const world = createTestWorld({ actors: [sink, source], workers });
  const sources = texts.map((_, i) => `source/${i}`);
  act(world, ["sink/1", "hello"], ...sources.map((address) => [address, "hello"] as const));
  act(world, ...texts.map((text, i) => [`source/${i}`, "flood", text] as const));
  return world;
}

test.each([
  { text: "rrrr", seen: ["r1", "r2", "r3", "r4"] },
  { text: "rrrrrr", seen: ["r1", "r2", "r3", "r4"] },
  { text: "llllll", seen: ["l3", "l4", "l5", "l6"] },
  { text: "oooooo", seen: ["o3", "o4", "o5", "o6"] },
  { text: "rlrlrlrl", seen: ["r1", "r3", "r5", "r7"] },
  { text: "ororor", seen: ["r2", "r4", "o5", "r6"] },
])(
  "of $text a mailbox of 4 keeps $seen; each of the others is one dead letter",
  ({ text, seen }) => {
    for (const workers of [1, 2]) {
      const world = flood(workers, text);
      expect(seenBy(world, "sink/1")).toEqual(["1 hello:0", ...seen.map((one) => `2 ${one}`)]);
      expect(world.deadLetters).toHaveLength(text.length - 4);
      for (const letter of world.deadLetters) {
        expect(letter).toMatchObject({
          frame: 2,
          sender: "source/0",
          target: "sink/1",
          reason: "mailbox-full",
        });
      }
    }
  },
);

test("the bound is of one actor and one round, whoever the senders are", () => {
  for (const workers of [1, 2, 4]) {
    const world = flood(workers, "rr", "rr", "rr");
    expect(seenBy(world, "sink/1")).toEqual(["1 hello:0", "2 r1", "2 r2", "2 r1", "2 r2"]);
    expect(world.deadLetters.map(({ sender }) => sender)).toEqual(["source/2", "source/2"]);
  }
});

test("what did not fit into one round does not take room in the next", () => {
  const world = flood(1, "rrrrrrr");
  act(world, ["source/0", "flood", "rrr"]);
  expect(seenBy(world, "sink/1")?.slice(5)).toEqual(["3 r1", "3 r2", "3 r3"]);
  expect(world.deadLetters).toHaveLength(3);
});

test("what gave way was not handled", () => {
  const world = flood(1, "rrrrrrr");
  // Two hellos and the order to flood, and the four that stayed.
  expect(world.handled).toBe(2 + 1 + 4);
});

test("a message that its receiver does not handle is a dead letter, and no failure", () => {
  const world = createTestWorld({
    actors: [scripted("a", { send: (ctx) => ctx.send("b/1", FloodSchema, {}) }), scripted("b")],
  });
  act(world, ["b/1", "hello"], ["a/1", "send"]);
  expect(lettersOf(world)).toEqual(["b/1 Flood not-handled"]);
  expect(world.deadLetters[0]?.sender).toBe("a/1");
  expect(world.log).toEqual([]);
  expect(world.handled).toBe(2);
});

test("a reply without a sender is a dead letter of the one who replied", () => {
  const world = createTestWorld({
    actors: [
      scripted("a", {
        reply: (ctx) => ctx.reply(TickSchema, { value: 1n }),
        ask: (ctx, { target }) => ctx.send(target, ActSchema, { what: "reply" }),
      }),
    ],
  });
  act(world, ["a/1", "reply"]);
  expect(lettersOf(world)).toEqual(["a/1 Tick no-sender"]);
  act(world, ["a/2", "hello"]);
  act(world, ["a/2", "ask", "a/1"]);
  expect(seenBy(world, "a/2")).toEqual(["2 hello:0", "3 tick:1"]);
  expect(world.deadLetters).toHaveLength(1);
});
