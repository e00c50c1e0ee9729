import { expect, test } from "vitest";
import { defineActor, Rejection } from "../../../src/runtime/index.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import {
  AddSchema,
  CounterService,
  CounterStateSchema,
  TickSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { counter } from "../../support/counter.ts";
import { failuresOf, lettersOf, scripted } from "../../support/scripted.ts";

const { increase, getTotal } = CounterService.method;

function totalOf(world: ReturnType<typeof createTestWorld>, name: string): bigint | undefined {
  return world.stateOf(`counter/${name}`, CounterStateSchema)?.total;
}

test("a command changes the state and is answered in its frame; a query sees the new state", () => {
  const world = createTestWorld({ actors: [counter()] });
  expect(world.call(increase, { name: "x", amount: 5n })).toMatchObject({
    ok: true,
    value: { total: 5n },
  });
  expect(world.frame).toBe(1);
  expect(world.call(getTotal, { name: "x" })).toMatchObject({ ok: true, value: { total: 5n } });
});

test("a query is answered from the state at the end of its frame", () => {
  const world = createTestWorld({ actors: [counter()] });
  world.call(increase, { name: "x", amount: 5n });
  world.send("counter/x", AddSchema, { amount: 2n });
  expect(world.call(getTotal, { name: "x" })).toMatchObject({ value: { total: 7n } });
});

test("a query does not activate its actor", () => {
  const world = createTestWorld({ actors: [counter()] });
  world.call(increase, { name: "b", amount: 1n });
  world.call(increase, { name: "a", amount: 1n });
  expect(world.call(getTotal, { name: "x" })).toEqual({
    ok: false,
    code: "NOT_FOUND",
    message: "there is no actor counter/x; of its kind, active are counter/b, counter/a",
  });
  expect(world.actors).toEqual(["counter/b", "counter/a"]);
});

test("a call to a kind that must be spawned, where none is active, says so", () => {
  const world = createTestWorld({ actors: [counter({ activation: "spawned" })] });
  expect(world.call(increase, { name: "x", amount: 1n })).toMatchObject({
    code: "NOT_FOUND",
    message: "there is no actor counter/x; of its kind, none is active",
  });
  expect(lettersOf(world)).toEqual(["counter/x CounterService/Increase no-such-actor"]);
});

test("a query cannot change the world, and what it did to its copy of the state is gone", () => {
  let order = (_: never): void => {};
  const world = createTestWorld({
    actors: [
      counter({
        getTotal: (state, _request, ctx) => {
          state.total += 100n;
          state.seen.push("changed");
          order(ctx as never);
          return { total: state.total };
        },
      }),
    ],
  });
  world.call(increase, { name: "x", amount: 5n });
  const before = world.hash();
  for (let i = 0; i < 3; i += 1) {
    expect(world.call(getTotal, { name: "x" })).toMatchObject({ value: { total: 105n } });
  }
  expect(totalOf(world, "x")).toBe(5n);
  const forbidden: Record<string, (ctx: never) => unknown> = {
    send: (ctx: { send: (...args: unknown[]) => void }) => ctx.send("counter/x", TickSchema, {}),
    publish: (ctx: { publish: (...args: unknown[]) => void }) => ctx.publish(TickSchema, {}),
    reply: (ctx: { reply: (...args: unknown[]) => void }) => ctx.reply(TickSchema, {}),
    schedule: (ctx: { schedule: (...args: unknown[]) => void }) => ctx.schedule(1, TickSchema, {}),
    cancel: (ctx: { cancel: (id: number) => void }) => ctx.cancel(1),
    spawn: (ctx: { spawn: (...args: unknown[]) => void }) => ctx.spawn("counter/y", TickSchema, {}),
    stop: (ctx: { stop: () => void }) => ctx.stop(),
    watch: (ctx: { watch: (address: string) => void }) => ctx.watch("counter/y"),
    random: (ctx: { random: unknown }) => ctx.random,
  };
  for (const [name, use] of Object.entries(forbidden)) {
    order = use as (ctx: never) => void;
    expect(world.call(getTotal, { name: "x" }), name).toMatchObject({ code: "HANDLER_FAILED" });
    expect(failuresOf(world).at(-1)).toContain(`ctx.${name} was used by a query of counter/x`);
  }
  world.step();
  expect(world.actors).toEqual(["counter/x"]);
  expect(world.hash()).toBe(before);
});

test("a query that throws harms nobody: its actor is not at fault", () => {
  const world = createTestWorld({
    actors: [
      counter({
        getTotal: ({ total }) => {
          if (total === 5n) throw new Error("planned");
          if (total === 6n) throw new Rejection("FAILED_PRECONDITION", "not at six");
          return { total };
        },
        supervision: { directive: "escalate" },
      }),
    ],
  });
  world.call(increase, { name: "x", amount: 5n });
  expect(world.call(getTotal, { name: "x" })).toEqual({
    ok: false,
    code: "HANDLER_FAILED",
    message: "counter/x failed on tellurion.test.v1.CounterService/GetTotal",
  });
  world.call(increase, { name: "x", amount: 1n });
  expect(world.call(getTotal, { name: "x" })).toEqual({
    ok: false,
    code: "FAILED_PRECONDITION",
    message: "not at six",
  });
  world.call(increase, { name: "x", amount: 1n });
  expect(world.call(getTotal, { name: "x" })).toMatchObject({ value: { total: 7n } });
});

test("a rejection reaches the caller with code and text, changes nothing and is no failure", () => {
  const world = createTestWorld({
    actors: [
      counter({
        increase: (_state, { amount }, ctx) => {
          ctx.send("counter/y", AddSchema, { amount });
          ctx.random.next();
          ctx.schedule(0, TickSchema, {});
          throw new Rejection("ALREADY_EXISTS", `there is ${amount} already`);
        },
      }),
    ],
  });
  world.send("counter/x", AddSchema, { amount: 1n });
  world.step();
  const before = world.hash();
  expect(world.call(increase, { name: "x", amount: 3n })).toEqual({
    ok: false,
    code: "ALREADY_EXISTS",
    message: "there is 3 already",
  });
  world.step();
  expect(world.hash()).toBe(before);
  expect(failuresOf(world)).toEqual([]);
  expect(world.actors).toEqual(["counter/x"]);
});

test("a handler that rejects after it changed its state is at fault", () => {
  const world = createTestWorld({
    actors: [
      counter({
        increase: (state) => {
          state.total = 99n;
          throw new Rejection("INVALID_ARGUMENT", "too late");
        },
        supervision: { directive: "restart" },
      }),
    ],
  });
  world.send("counter/x", AddSchema, { amount: 1n });
  expect(world.call(increase, { name: "x" })).toMatchObject({ ok: false, code: "HANDLER_FAILED" });
  expect(failuresOf(world)).toEqual([
    expect.stringContaining("counter/x rejected a call after it had changed its state"),
  ]);
  expect(totalOf(world, "x")).toBe(0n);
});

test("a handler that throws after it changed its state is told with its own error", () => {
  const world = createTestWorld({
    actors: [
      counter({
        increase: (state) => {
          state.total = 99n;
          throw new Error("the true reason");
        },
      }),
    ],
  });
  expect(world.call(increase, { name: "x" })).toEqual({
    ok: false,
    code: "HANDLER_FAILED",
    message:
      "counter/x failed on tellurion.test.v1.CounterService/Increase in frame 1; nothing was sent",
  });
  expect(failuresOf(world)).toEqual([
    "counter/x threw on tellurion.test.v1.CounterService/Increase in frame 1: Error: the true reason",
  ]);
});

test("a response that its message cannot hold is a failure of the handler", () => {
  const world = createTestWorld({
    actors: [counter({ increase: () => ({ total: 2n ** 70n }) })],
  });
  expect(world.call(increase, { name: "x" })).toMatchObject({ code: "HANDLER_FAILED" });
  expect(failuresOf(world)[0]).toContain("TellurionError");
});

test("a call to an actor that an earlier message of its round stopped is refused", () => {
  const world = createTestWorld({
    actors: [
      defineActor({
        kind: "counter",
        state: CounterStateSchema,
        init: () => ({}),
        on: ({ handle, answer, query }) => [
          answer(increase, () => ({ total: 1n })),
          query(getTotal, () => ({})),
          handle(AddSchema, (_state, _add, ctx) => ctx.stop()),
        ],
      }),
    ],
  });
  world.send("counter/x", AddSchema, {});
  expect(world.call(increase, { name: "x" })).toEqual({
    ok: false,
    code: "UNAVAILABLE",
    message: "counter/x could not take the call: stopped",
  });
  world.send("counter/x", AddSchema, {});
  expect(world.call(getTotal, { name: "x" })).toMatchObject({ ok: false, code: "NOT_FOUND" });
});

test("calls to an actor whose init throws are refused", () => {
  const world = createTestWorld({
    actors: [
      defineActor({
        kind: "counter",
        state: CounterStateSchema,
        init: () => {
          throw new Error("planned");
        },
        on: ({ answer, query }) => [answer(increase, () => ({})), query(getTotal, () => ({}))],
      }),
    ],
  });
  expect(world.call(increase, { name: "x" })).toEqual({
    ok: false,
    code: "UNAVAILABLE",
    message: "counter/x could not take the call: start-failed",
  });
});

test("calls are refused, not lost, when the mailbox overflows or the actor stops before them", () => {
  const world = createTestWorld({ actors: [counter({ mailboxMax: 2 })] });
  for (let i = 0; i < 3; i += 1) world.send("counter/x", AddSchema, { amount: 1n });
  expect(world.call(increase, { name: "x", amount: 10n })).toMatchObject({
    ok: false,
    code: "RESOURCE_EXHAUSTED",
  });
  expect(totalOf(world, "x")).toBe(2n);
  expect(lettersOf(world)).toEqual([
    "counter/x Add mailbox-full",
    "counter/x CounterService/Increase mailbox-full",
  ]);
});

test("a call to a method that no actor of the world answers is not made", () => {
  const world = createTestWorld({ actors: [scripted("a")] });
  expect(world.call(increase, { name: "x" })).toMatchObject({ ok: false, code: "NOT_FOUND" });
});

test.each(["", "No Such Key", "a/b", "ä"])(
  "a call with the key %j is refused, and harms nobody",
  (name) => {
    const world = createTestWorld({ actors: [counter()] });
    expect(world.call(increase, { name })).toMatchObject({ ok: false });
    expect(world.call(getTotal, { name })).toMatchObject({ ok: false });
    expect(world.call(increase, { name: "x", amount: 1n })).toMatchObject({ ok: true });
  },
);

test("the sender of a command is nobody, and a reply to it is a dead letter", () => {
  const senders: unknown[] = [];
  const world = createTestWorld({
    actors: [
      counter({
        increase: (_state, _request, ctx) => {
          senders.push(ctx.sender);
          ctx.reply(TickSchema, {});
          return {};
        },
      }),
    ],
  });
  expect(world.call(increase, { name: "x" })).toMatchObject({ ok: true });
  expect(senders).toEqual([undefined]);
  expect(lettersOf(world)).toEqual(["counter/x Tick no-sender"]);
});
