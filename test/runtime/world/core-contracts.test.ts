import { expect, test } from "vitest";
import type { Random } from "../../../src/runtime/index.ts";
import { createTestWorld } from "../../../src/runtime/testkit/index.ts";
import {
  ActSchema,
  AddSchema,
  CounterService,
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
