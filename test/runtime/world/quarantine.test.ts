import { expect, test } from "vitest";
import { codecOf } from "../../../src/runtime/index.ts";
import { encodeInput } from "../../../src/runtime/world/bootstrap.ts";
import { initPlace, Quarantine, queryPlace } from "../../../src/runtime/world/quarantine.ts";
import {
  ActSchema,
  CounterService,
  GrantedSchema,
  IncreaseRequestSchema,
  WishSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { counter } from "../../support/counter.ts";
import { InlineRun, input, order } from "../../support/inline.ts";
import { note, scripted } from "../../support/scripted.ts";

const actors = [
  scripted(
    "a",
    {
      send: (ctx, { target }) => ctx.send(target, ActSchema, { what: `from ${ctx.key}` }),
      wish: (ctx) => void ctx.effect(WishSchema, {}),
      fail: () => {
        throw new Error("planned");
      },
    },
    {
      also: ({ handle }) => [
        handle(GrantedSchema, (state, _granted, ctx) => note(state, ctx, "granted")),
      ],
    },
  ),
  counter(),
];

type Message = ConstructorParameters<typeof Quarantine>[0][number];

/** Plays frames with some messages in quarantine. */
function play(messages: readonly Message[], ...frames: readonly Uint8Array[][]): InlineRun {
  const run = new InlineRun(actors, { workers: 2, quarantine: new Quarantine(messages) });
  for (const inputs of frames) run.world.runFrame(inputs);
  return run;
}

function increase(call: number, amount: bigint): Uint8Array {
  const { method } = CounterService;
  const value = `${method.increase.parent.typeName}/${method.increase.name}`;
  const payload = codecOf(IncreaseRequestSchema).toBytes({ name: "x", amount });
  return encodeInput({ address: "counter/x", what: { case: "method", value }, payload, call });
}

const begin = [order("a/1", "hello"), order("a/2", "hello")];
const three = [order("a/1", "x"), order("a/1", "y"), order("a/2", "x"), order("a/1", "z")];

test("the message that is named by frame, round, actor and place is not handled, and all others are", () => {
  const run = play([{ frame: 2, round: 0, actor: 1, place: 1 }], begin, three, three);
  const again = ["3 x:0", "3 y:0", "3 z:0"];
  expect(run.seenBy("a/1")).toEqual(["1 hello:0", "2 x:0", "2 z:0", ...again]);
  expect(run.seenBy("a/2")).toEqual(["1 hello:0", "2 x:0", "3 x:0"]);
  expect(run.letters).toEqual(["a/1 Act quarantined"]);
});

test("several messages can be in quarantine, also of one frame", () => {
  const messages = [
    { frame: 2, round: 0, actor: 1, place: 2 },
    { frame: 2, round: 0, actor: 2, place: 0 },
    { frame: 3, round: 0, actor: 1, place: 0 },
  ];
  const run = play(messages, begin, three, three);
  expect(run.seenBy("a/1")).toEqual(["1 hello:0", "2 x:0", "2 y:0", "3 y:0", "3 z:0"]);
  expect(run.seenBy("a/2")).toEqual(["1 hello:0", "3 x:0"]);
});

test("a message of a later round is told apart from one of the first", () => {
  const orders = [order("a/1", "send", "a/2"), order("a/2", "x")];
  const inRound = (round: number): readonly string[] | undefined =>
    play([{ frame: 2, round, actor: 2, place: 0 }], begin, orders).seenBy("a/2");
  expect(inRound(0)).toEqual(["1 hello:0", "2 from 1:0"]);
  expect(inRound(1)).toEqual(["1 hello:0", "2 x:0"]);
  expect(inRound(2)).toEqual(["1 hello:0", "2 x:0", "2 from 1:0"]);
});

test("a command in quarantine is refused, and its neighbours are answered", () => {
  const calls = [increase(1, 1n), increase(2, 2n), increase(3, 3n)];
  const run = play([{ frame: 1, round: 0, actor: 1, place: 1 }], calls);
  expect(run.replies).toEqual([
    { frame: 1, call: 1, error: undefined },
    { frame: 1, call: 2, error: "MESSAGE_QUARANTINED" },
    { frame: 1, call: 3, error: undefined },
  ]);
  expect(run.stateOf<{ total: bigint }>("counter/x")?.total).toBe(4n);
});

test("an actor whose init is in quarantine does not begin, and can begin later", () => {
  const init = { round: 0, actor: 1, place: initPlace };
  const run = play([{ ...init, frame: 1 }], [order("a/1", "x"), order("a/1", "y")], [], begin);
  expect(run.letters).toEqual(["a/1 Act start-failed", "a/1 Act start-failed"]);
  expect(run.log[0]).toContain("init of a/1 is in quarantine");
  expect(run.seenBy("a/1")).toEqual(["3 hello:0"]);
});

test("an init in quarantine stops an actor that would restart", () => {
  const init = { round: 0, actor: 1, place: initPlace };
  const run = play([{ ...init, frame: 2 }], begin, [order("a/1", "fail"), order("a/1", "x")], []);
  expect(run.seenBy("a/1")).toBeUndefined();
  expect(run.seenBy("a/2")).toEqual(["1 hello:0"]);
});

test("an effect whose outcome is in quarantine is no longer pending", () => {
  const outcome = input("a/1", GrantedSchema, {}, 1);
  const run = play(
    [{ frame: 2, round: 0, actor: 1, place: 0 }],
    [order("a/1", "wish")],
    [outcome],
    [outcome],
  );
  expect(run.letters).toEqual(["a/1 Granted quarantined", "a/1 Granted effect-settled"]);
  expect(run.seenBy("a/1")).toEqual([]);
});

test("a frame with nothing in quarantine costs nothing", () => {
  const quarantine = new Quarantine([{ frame: 2, round: 1, actor: 3, place: 4 }]);
  expect(quarantine.of(1)).toBeUndefined();
  const is = quarantine.of(2);
  expect(is?.(1, 3, 4)).toBe(true);
  for (const [round, actor, place] of [
    [0, 3, 4],
    [1, 4, 4],
    [1, 3, 3],
    [1, 3, initPlace],
    [1, 3, queryPlace],
    [13, 0, 4],
  ] as const) {
    expect(is?.(round, actor, place)).toBe(false);
  }
});
