import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { handlerScope, installTraps } from "../../../src/runtime/actor/traps.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import { CounterService, TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { counter } from "../../support/counter.ts";
import { act, failuresOf, lettersOf, scripted, seenBy } from "../../support/scripted.ts";

/** What gives another answer in another run, or comes back later. Each is harmless when it is let through. */
const forbidden: Record<string, () => unknown> = {
  "Math.random": () => Math.random(),
  Date: () => new Date(),
  "Date with a time": () => new Date(0),
  "Date as a function": () => Date(),
  "Date.now": () => Date.now(),
  "performance.now": () => performance.now(),
  "process.hrtime": () => process.hrtime(),
  "process.hrtime.bigint": () => process.hrtime.bigint(),
  "process.uptime": () => process.uptime(),
  "process.cpuUsage": () => process.cpuUsage(),
  "process.resourceUsage": () => process.resourceUsage(),
  "process.memoryUsage": () => process.memoryUsage(),
  "Temporal.Now.instant": () => Temporal.Now.instant(),
  "Temporal.Now.zonedDateTimeISO": () => Temporal.Now.zonedDateTimeISO(),
  "performance.mark": () => performance.mark("m"),
  "crypto.randomUUID": () => crypto.randomUUID(),
  "crypto.getRandomValues": () => crypto.getRandomValues(new Uint8Array(4)),
  setTimeout: () => clearTimeout(setTimeout(() => {}, 0)),
  setInterval: () => clearInterval(setInterval(() => {}, 1_000)),
  setImmediate: () => clearImmediate(setImmediate(() => {})),
  queueMicrotask: () => queueMicrotask(() => {}),
  Promise: () => new Promise(() => {}),
  "Promise.resolve": () => Promise.resolve(1),
  "Promise.all": () => Promise.all([]),
  "Promise.withResolvers": () => Promise.withResolvers(),
  WeakRef: () => new WeakRef({}),
  FinalizationRegistry: () => new FinalizationRegistry(() => {}),
  "an extended Promise": () => new (class extends Promise<void> {})(() => {}),
  "an extended Date": () => new (class extends Date {})(),
};
/** Would reach for the network when let through: only refused, not tried outside. */
const network: Record<string, () => unknown> = {
  fetch: () => fetch("http://127.0.0.1:1/"),
  WebSocket: () => new WebSocket("ws://127.0.0.1:1/"),
};

beforeAll(() => {
  installTraps();
  installTraps();
});

afterAll(() => {
  handlerScope.active = undefined;
});

test.each(Object.entries({ ...forbidden, ...network }))("a handler cannot use %s", (_, use) => {
  const world = createTestWorld({
    actors: [scripted("a", { use: (_ctx, _act, state) => void state.seen.push(String(use())) })],
  });
  act(world, ["a/1", "use"]);
  expect(failuresOf(world)).toEqual([
    expect.stringMatching(
      /^a\/1 threw on .+ in frame 1: TellurionError: .+ was used by a\/1: .+ instead$/,
    ),
  ]);
  expect(seenBy(world, "a/1")).toEqual([]);
});

test("what is refused says so with the code FORBIDDEN_IN_ACTOR", () => {
  handlerScope.active = "a/1";
  const codes = Object.values(forbidden).map((use) => {
    try {
      use();
      return "let through";
    } catch (error) {
      return (error as { code?: string }).code;
    }
  });
  handlerScope.active = undefined;
  expect(new Set(codes)).toEqual(new Set(["FORBIDDEN_IN_ACTOR"]));
});

test.each(Object.entries(forbidden))("outside of handlers, %s is what it was", (_, use) => {
  expect(use).not.toThrow();
});

test("outside of handlers, values of trapped types are of their types", async () => {
  expect(new Date(5).getTime()).toBe(5);
  expect(new Date() instanceof Date).toBe(true);
  expect(new Date().constructor.name).toBe("Date");
  const resolved = Promise.resolve(3);
  expect(resolved instanceof Promise).toBe(true);
  expect((async () => {})() instanceof Promise).toBe(true);
  expect(await Promise.all([resolved, 4])).toEqual([3, 4]);
  class Later extends Promise<number> {}
  const later = new Later((resolve) => resolve(1));
  expect(later instanceof Later).toBe(true);
  expect(await later).toBe(1);
  expect(process.hrtime.bigint()).toBeTypeOf("bigint");
  expect(process.hrtime()).toHaveLength(2);
  expect(Math.random()).toBeLessThan(1);
});

/** An async function that ends at once, where the type of a handler wants one that returns nothing. */
const asynchronous = (async () => {}) as () => never;

test("in a thread of its own, process.nextTick is refused too", async () => {
  // Vitest puts its own nextTick back between a test and its report.
  const traps = new URL("../../../src/runtime/actor/traps.ts", import.meta.url);
  const thread = new Worker(
    `import(${JSON.stringify(traps.href)}).then(({ installTraps, handlerScope }) => {
      installTraps();
      let caught;
      handlerScope.active = "a/1";
      try { process.nextTick(() => {}); } catch (error) { caught = error.code; }
      handlerScope.active = undefined;
      process.nextTick(() => require("node:worker_threads").parentPort.postMessage(caught));
    });`,
    { eval: true },
  );
  const [caught] = await once(thread, "message");
  expect(caught).toBe("FORBIDDEN_IN_ACTOR");
});

test("a thread whose WebSocket is withheld sees none, and a handler in it is refused", async () => {
  const traps = new URL("../../../src/runtime/actor/traps.ts", import.meta.url);
  const thread = new Worker(
    `import(${JSON.stringify(traps.href)}).then(({ installTraps, withholdWebSocket, handlerScope }) => {
      withholdWebSocket();
      installTraps();
      const seen = typeof WebSocket;
      let caught;
      handlerScope.active = "a/1";
      try { new WebSocket("ws://127.0.0.1:1/"); } catch (error) { caught = error.code; }
      require("node:worker_threads").parentPort.postMessage([seen, caught]);
    });`,
    { eval: true },
  );
  const [message] = await once(thread, "message");
  expect(message).toEqual(["undefined", "FORBIDDEN_IN_ACTOR"]);
});

test("a handler that is async is refused, and what it began is taken back", () => {
  const world = createTestWorld({
    actors: [
      scripted("a", {
        run: (ctx) => {
          ctx.send("b/1", TickSchema, {});
          ctx.schedule(10, TickSchema, {});
          return asynchronous();
        },
      }),
      scripted("b"),
    ],
  });
  act(world, ["a/1", "run"]);
  world.step(5);
  expect(failuresOf(world)).toEqual([
    expect.stringContaining("a handler of a/1 returned a promise: handlers are synchronous"),
  ]);
  expect(world.actors).toEqual(["a/1"]);
  expect(seenBy(world, "a/1")).toEqual([]);
});

test("a command that is answered by an async function fails", () => {
  const world = createTestWorld({ actors: [counter({ increase: asynchronous })] });
  const { method } = CounterService;
  expect(world.call(method.increase, { name: "one" })).toMatchObject({
    ok: false,
    code: "HANDLER_FAILED",
  });
  expect(failuresOf(world)[0]).toContain("returned a promise");
});

test("a query that is answered by an async function fails", () => {
  const world = createTestWorld({ actors: [counter({ getTotal: asynchronous })] });
  const { method } = CounterService;
  world.call(method.increase, { name: "one" });
  expect(world.call(method.getTotal, { name: "one" })).toMatchObject({
    ok: false,
    code: "HANDLER_FAILED",
  });
  expect(failuresOf(world)[0]).toContain("returned a promise");
});

test("an actor whose init is async does not start", () => {
  const world = createTestWorld({ actors: [scripted("a", {}, { init: asynchronous })] });
  act(world, ["a/1", "hello"]);
  expect(failuresOf(world)[0]).toContain("returned a promise");
  expect(lettersOf(world)).toEqual(["a/1 Act start-failed"]);
});
