import type { DescMethodUnary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ClockStateSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { WeatherService } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { isQuery } from "../../../src/runtime/actor/definition.ts";
import { type ActorContext, defineActor, type Random } from "../../../src/runtime/index.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import {
  ActSchema,
  AddSchema,
  CounterService,
  CounterStateSchema,
  TickSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { counter } from "../../support/counter.ts";
import { scripted } from "../../support/scripted.ts";

test("a state with more than its message holds is refused by the test kit, naming the actor", () => {
  const actor = scripted("a", { cheat: (_ctx, _act, state) => Object.assign(state, { cache: 7 }) });
  const world = createTestWorld({ actors: [actor] });
  world.send("a/x", ActSchema, { what: "cheat" });
  expect(() => world.step()).toThrow(/a\/x: state\.cache is number 7 and comes back as absent/);
});

test("a state with half a surrogate pair is refused by the test kit: a move would change it", () => {
  const actor = scripted("a", { cut: (_ctx, _act, state) => state.seen.push("😀".slice(0, 1)) });
  const world = createTestWorld({ actors: [actor] });
  world.send("a/x", ActSchema, { what: "cut" });
  expect(() => world.step()).toThrow(/a\/x: state\.seen\.\d+ is .* comes back as/);
});

test("ActorStopped is not pushed out of a full mailbox by other messages", () => {
  const watcher = scripted("w", { watch: (ctx) => ctx.watch("a/x") }, { mailboxMax: 2 });
  const mortal = scripted("a", { end: (ctx) => ctx.stop() });
  const world = createTestWorld({ actors: [watcher, mortal] });
  world.send("a/x", ActSchema, { what: "live" });
  world.send("w/y", ActSchema, { what: "watch" });
  world.step(2);
  world.send("a/x", ActSchema, { what: "end" });
  world.step();
  for (let i = 0; i < 5; i += 1) world.send("w/y", TickSchema, { value: BigInt(i) });
  world.step();
  const { seen } = world.stateOf("w/y", scripted("w").state) as unknown as { seen: string[] };
  expect(seen.some((line) => line.includes("stopped:a/x"))).toBe(true);
  expect(world.deadLetters.map(({ reason }) => reason)).toEqual(Array(4).fill("mailbox-full"));
});

test("as many actors as actorsMax begin; a call that needs one more is refused for that", () => {
  const world = createTestWorld({ actors: [counter()], limits: { actorsMax: 3 } });
  for (const name of ["a", "b", "c"]) {
    expect(world.call(CounterService.method.increase, { name, amount: 1n }).ok).toBe(true);
  }
  expect(world.call(CounterService.method.increase, { name: "d", amount: 1n })).toMatchObject({
    ok: false,
    code: "RESOURCE_EXHAUSTED",
    message: expect.stringContaining("actorsMax=3"),
  });
});

test.each(["schedule", "send", "spawn"])(
  "%s takes no message over a MiB, whoever is active",
  (how) => {
    const note = "x".repeat(1_100_000);
    const actor = scripted(
      "a",
      {
        schedule: (ctx) => void ctx.schedule(10, AddSchema, { note }),
        send: (ctx) => ctx.send("a/nobody-yet", AddSchema, { note }),
        spawn: (ctx) => ctx.spawn("a/child", AddSchema, { note }),
      },
      { supervision: { directive: "resume" } },
    );
    const world = createTestWorld({ actors: [actor] });
    world.send("a/x", ActSchema, { what: how });
    world.step(2);
    expect(world.actors).toEqual(["a/x"]);
    expect(world.log.at(-1)?.text).toMatch(/tellurion\.test\.v1\.Add of 11\d+ bytes is too large/);
  },
);

test("what a handler logs stays when it throws; its stray reply is no dead letter then", () => {
  const actor = scripted("a", {
    fail: (ctx) => {
      ctx.log("info", "about to fail");
      ctx.reply(TickSchema, {});
      throw new Error("planned");
    },
  });
  const world = createTestWorld({ actors: [actor] });
  world.send("a/x", ActSchema, { what: "fail" });
  world.step();
  expect(world.log.map(({ text }) => text)[0]).toBe("about to fail");
  expect(world.deadLetters).toEqual([]);
});

test("chance and time that a handler kept for later throw when they are used", () => {
  let kept: { random: Random; read: () => number } | undefined;
  const actor = scripted("a", {
    keep: (ctx) => {
      kept = { random: ctx.random, read: () => ctx.now };
    },
  });
  const world = createTestWorld({ actors: [actor] });
  world.send("a/x", ActSchema, { what: "keep" });
  world.step();
  expect(() => kept?.random.next()).toThrow(/used after its handler returned/);
  expect(() => kept?.read()).toThrow(/used after its handler returned/);
});

test.each(["resume", "restart", "stop", "escalate"] as const)(
  "a handler that sends more than handlerBytesMax harms its actor only, with the directive %s",
  (directive) => {
    const parent = scripted(
      "p",
      { hatch: (ctx) => ctx.spawn("a/x", ActSchema, { what: "live" }) },
      { supervision: { directive: "resume" } },
    );
    const child = scripted(
      "a",
      {
        flood: (ctx) => {
          for (let i = 0; i < 100; i += 1) {
            ctx.send("p/y", AddSchema, { note: "x".repeat(100) });
          }
        },
      },
      { activation: "spawned", supervision: { directive, restartsMax: 0 } },
    );
    const world = createTestWorld({ actors: [parent, child], limits: { handlerBytesMax: 1_000 } });
    world.send("p/y", ActSchema, { what: "hatch" });
    world.step(2);
    world.send("a/x", ActSchema, { what: "flood" });
    world.step(3);
    expect(world.actors).toEqual(directive === "resume" ? ["p/y", "a/x"] : ["p/y"]);
    expect(world.log.some(({ text }) => text.includes("handlerBytesMax=1000"))).toBe(true);
  },
);

test("a query of a state that its message cannot hold is refused, and the world goes on", () => {
  const broken = defineActor({
    kind: "counter",
    state: CounterStateSchema,
    init: () => ({}),
    on: ({ answer, query }) => [
      answer(CounterService.method.increase, () => ({})),
      query(CounterService.method.getTotal, (state) => ({ total: state.total })),
    ],
  });
  const world = createTestWorld({ actors: [broken] });
  world.call(CounterService.method.increase, { name: "x", amount: 1n });
  const cell = world.cellAt("counter/x");
  Object.assign(cell?.state as object, { total: 1.5 });
  if (cell) cell.version += 1;
  expect(world.call(CounterService.method.getTotal, { name: "x" })).toMatchObject({
    ok: false,
    code: "HANDLER_FAILED",
  });
  expect(world.log.at(-1)?.text).toMatch(/counter\/x threw on .*GetTotal in frame 2: .*state of/);
});

test("one object in two places of a state is refused by the test kit: a move would part them", () => {
  const actor = defineActor({
    kind: "a",
    state: ClockStateSchema,
    init: () => ({ calendar: { months: [{ name: "first", days: 30 }] } }),
    on: ({ handle }) => [
      handle(ActSchema, (state) => {
        const [month] = state.calendar?.months ?? [];
        if (month) state.calendar?.months.push(month);
      }),
    ],
  });
  const world = createTestWorld({ actors: [actor] });
  world.send("a/x", ActSchema, { what: "share" });
  expect(() => world.step()).toThrow(
    /state\.calendar\.months\.1 is the same object as state\.calendar\.months\.0/,
  );
});

test("sequences wrap after 32 bits, and the actor lives on", () => {
  const actor = scripted("a", { shout: (ctx) => ctx.send("a/new", TickSchema, {}) });
  const world = createTestWorld({ actors: [actor], workers: 2 });
  world.send("a/x", ActSchema, { what: "live" });
  world.step();
  Object.assign(world.cellAt("a/x") ?? {}, { sequence: 0xffff_ffff });
  world.send("a/x", ActSchema, { what: "shout" });
  world.move("a/x", 1 - (world.workerOf("a/x") ?? 0));
  world.step(2);
  expect(world.actors).toEqual(["a/x", "a/new"]);
  expect(world.cellAt("a/x")?.sequence).toBe(0);
  expect(world.log).toEqual([]);
});

test.each([
  ["a log line that is no text", (ctx: ActorContext) => ctx.log("info", undefined as never)],
  ["a log level that is none", (ctx: ActorContext) => ctx.log(5 as never, "text")],
  [
    "an error that cannot be shown",
    () => {
      throw Object.create(null);
    },
  ],
] as const)("%s harms its actor only", (_name, run) => {
  const actor = scripted("a", { run }, { supervision: { directive: "resume" } });
  const world = createTestWorld({ actors: [actor] });
  world.send("a/x", ActSchema, { what: "run" });
  world.step(2);
  expect(world.actors).toEqual(["a/x"]);
  expect(world.log).toHaveLength(1);
});

test("an answer that is too large is refused as such, and the actor is not at fault", () => {
  const talker = defineActor({
    kind: "weather",
    state: CounterStateSchema,
    init: () => ({}),
    on: ({ answer, query }) => [
      ...(Object.values(WeatherService.method) as DescMethodUnary[])
        .filter((method) => method.name !== "GetWeather")
        .map((method) =>
          isQuery(method) ? query(method, () => ({})) : answer(method, () => ({})),
        ),
      query(WeatherService.method.getWeather, () => ({ conditions: ["x".repeat(1_100_000)] })),
    ],
  });
  const world = createTestWorld({ actors: [talker] });
  world.call(WeatherService.method.setWeather, { region: "moor" });
  expect(world.call(WeatherService.method.getWeather, { region: "moor" })).toMatchObject({
    ok: false,
    code: "MESSAGE_TOO_LARGE",
  });
  expect(world.log).toEqual([]);
});
