import { expect, test } from "vitest";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import type { Supervision } from "../../../src/runtime/index.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { ActSchema, AddSchema, TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
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
  fail: () => {
    throw new Error("planned");
  },
  "note, then fail": (ctx, _act, state) => {
    note(state, ctx, "half done");
    throw new Error("planned");
  },
  draw: (ctx, _act, state) => note(state, ctx, String(ctx.random.integer(1_000_000))),
  "draw, then fail": (ctx) => {
    ctx.random.next();
    ctx.random.normal();
    throw new Error("planned");
  },
  send: (ctx, { target, number }) => ctx.send(target, ActSchema, { what: "sent", number }),
  spawn: (ctx, { target }) => ctx.spawn(target, ActSchema, { what: "born" }),
  watch: (ctx, { target }) => ctx.watch(target),
  publish: (ctx) => ctx.publish(WeatherEventSchema, { region: "r1" }),
  schedule: (ctx) => void ctx.schedule(50, TickSchema, { value: 1n }),
  cancel: (ctx) => void ctx.cancel(1),
  "do everything, then fail": (ctx, { target }) => {
    ctx.send(target, ActSchema, { what: "never" });
    ctx.send("a/new", ActSchema, { what: "never" });
    ctx.send(target, ActSchema, { what: "never", target: "x".repeat(200_000) });
    ctx.publish(WeatherEventSchema, { region: "r1" });
    ctx.schedule(0, TickSchema, { value: 7n });
    ctx.schedule(0, TickSchema, { value: 8n }, { everyMs: 20 });
    ctx.spawn("b/new", ActSchema, { what: "never" });
    ctx.watch(target);
    ctx.stop();
    ctx.cancel(1);
    throw new Error("planned");
  },
};

function create(supervision: Partial<Supervision>, workers = 1): TestWorld {
  const also: Parameters<typeof scripted>[2] = {
    supervision,
    also: ({ handle }) => [
      handle(WeatherEventSchema, (state, { region }, ctx) => note(state, ctx, `event:${region}`)),
      handle(AddSchema, (state, { amount }, ctx) => note(state, ctx, `add:${amount}`)),
    ],
  };
  return createTestWorld({
    actors: [scripted("a", acts, also), scripted("b", acts, { ...also, activation: "spawned" })],
    workers,
  });
}

const resume = { directive: "resume" } as const;

test("a handler that throws has sent, published, scheduled, cancelled, spawned and watched nothing", () => {
  for (const workers of [1, 2]) {
    const world = create(resume, workers);
    act(world, ["a/1", "schedule"], ["a/2", "hello"]);
    act(world, ["a/1", "do everything, then fail", "a/2"]);
    world.step(10);
    expect(world.actors).toEqual(["a/1", "a/2"]);
    expect(world.events).toEqual([]);
    // Timer 1, scheduled before, was not cancelled; 7 and 8 were not scheduled.
    expect(seenBy(world, "a/1")).toEqual(["4 tick:1"]);
    expect(seenBy(world, "a/2")).toEqual(["1 hello:0"]);
    expect(lettersOf(world)).toEqual([]);
  }
});

test("what other handlers sent in the same round is not taken back with it", () => {
  const world = create(resume);
  act(world, ["a/1", "hello"], ["a/2", "hello"], ["a/3", "hello"]);
  tell(world, "a/1", "send", { target: "a/3", number: 1 });
  tell(world, "a/1", "do everything, then fail", { target: "a/3" });
  tell(world, "a/1", "send", { target: "a/3", number: 2 });
  tell(world, "a/2", "do everything, then fail", { target: "a/3" });
  tell(world, "a/2", "send", { target: "a/3", number: 3 });
  tell(world, "a/2", "publish");
  world.step();
  expect(seenBy(world, "a/3")).toEqual([
    "1 hello:0",
    "2 sent:1",
    "2 sent:2",
    "2 sent:3",
    "2 event:r1",
  ]);
  expect(world.events).toHaveLength(1);
});

test("chance is not used up by a handler that throws", () => {
  const drawn = (failing: boolean): string[] | undefined => {
    const world = create(resume);
    act(world, ["a/1", "draw"]);
    act(world, ["a/1", failing ? "draw, then fail" : "hello"]);
    act(world, ["a/1", "draw"], ["a/1", "draw"]);
    return seenBy(world, "a/1")?.filter((text) => !text.includes("hello"));
  };
  expect(drawn(true)).toEqual(drawn(false));
  expect(new Set(drawn(true)).size).toBe(3);
});

test("a failed handler leaves no trace in the world's hash but what it did to its state", () => {
  const hash = (what: string): string => {
    const world = create(resume);
    act(world, ["a/1", "schedule"], ["a/2", "hello"]);
    act(world, ["a/1", what, "a/2"]);
    return world.hash();
  };
  expect(hash("do everything, then fail")).toBe(hash("fail"));
  expect(hash("note, then fail")).not.toBe(hash("fail"));
});

test("what a handler has done that ended well, one that throws after it does not take back", () => {
  const world = create(resume);
  act(world, ["a/1", "schedule"]);
  act(world, ["a/1", "cancel"]);
  act(world, ["a/1", "fail"]);
  world.step(10);
  expect(seenBy(world, "a/1")).toEqual([]);
});

test("a timer that is scheduled and cancelled in a handler that throws is neither", () => {
  const world = createTestWorld({
    actors: [
      scripted(
        "a",
        {
          both: (ctx) => {
            ctx.cancel(ctx.schedule(0, TickSchema, { value: 1n }));
            expect(ctx.cancel(1)).toBe(true);
            expect(ctx.cancel(1)).toBe(false);
            throw new Error("planned");
          },
          schedule: (ctx, { number }, state) =>
            note(state, ctx, `timer ${ctx.schedule(20, TickSchema, { value: number })}`),
        },
        { supervision: resume },
      ),
    ],
  });
  tell(world, "a/1", "schedule", { number: 5 });
  world.step();
  act(world, ["a/1", "both"]);
  tell(world, "a/1", "schedule", { number: 6 });
  world.step(5);
  // Its number was given back: the next timer has it.
  expect(seenBy(world, "a/1")).toEqual(["1 timer 1", "3 tick:5", "3 timer 2", "5 tick:6"]);
});

test("a failure is told with actor, message type and frame, and the error's own text", () => {
  const world = create(resume);
  world.step(4);
  act(world, ["a/1", "fail"]);
  expect(world.log).toEqual([
    {
      frame: 5,
      level: "error",
      address: "a/1",
      text: expect.stringMatching(
        /^a\/1 threw on tellurion.test.v1.Act in frame 5: Error: planned\n +at /,
      ),
    },
  ]);
});

test("resume: it goes on with its state, and with the rest of its messages", () => {
  const world = create(resume);
  act(world, ["a/1", "one"], ["a/1", "note, then fail"], ["a/1", "two"]);
  expect(seenBy(world, "a/1")).toEqual(["1 one:0", "1 half done", "1 two:0"]);
  expect(lettersOf(world)).toEqual([]);
});

test("restart: it goes on with a new state and without its timers, and with the rest of its messages", () => {
  const world = create({ directive: "restart" });
  act(world, ["a/1", "schedule"], ["a/1", "one"], ["a/1", "note, then fail"], ["a/1", "two"]);
  expect(seenBy(world, "a/1")).toEqual(["1 two:0"]);
  world.step(6);
  expect(seenBy(world, "a/1")).toEqual(["1 two:0"]);
});

test("restart: init runs again, and what it sends and schedules holds", () => {
  const world = createTestWorld({
    actors: [
      scripted("a", acts, {
        init: (ctx) => {
          ctx.send("c/1", ActSchema, { what: `begun in ${ctx.frame}` });
          ctx.schedule(20, TickSchema, { value: 3n });
          return { seen: [`born ${ctx.frame}`] };
        },
      }),
      scripted("c"),
    ],
  });
  act(world, ["c/1", "hello"], ["a/1", "hello"]);
  act(world, ["a/1", "fail"]);
  world.step(3);
  expect(seenBy(world, "a/1")).toEqual(["born 2", "4 tick:3"]);
  expect(seenBy(world, "c/1")).toEqual(["1 hello:0", "1 begun in 1:0", "2 begun in 2:0"]);
});

test("stop: it stops as failed, and the rest of its messages are dead letters", () => {
  const world = create({ directive: "stop" });
  act(world, ["a/2", "hello"]);
  act(world, ["a/1", "hello"]);
  act(world, ["a/2", "watch", "a/1"]);
  act(world, ["a/1", "one"], ["a/1", "fail"], ["a/1", "two"], ["a/1", "three"]);
  world.step();
  expect(world.actors).toEqual(["a/2"]);
  expect(lettersOf(world)).toEqual(["a/1 Act stopped", "a/1 Act stopped"]);
  expect(seenBy(world, "a/2")?.at(-1)).toBe("5 stopped:a/1:FAILED");
});

test("escalate: it stops, and its parent is treated as if it had thrown", () => {
  const world = createTestWorld({
    actors: [
      scripted("parent", acts, {
        init: (ctx) => ({ seen: [`born ${ctx.frame}`] }),
        supervision: { directive: "restart" },
      }),
      scripted("b", acts, { supervision: { directive: "escalate" } }),
    ],
  });
  act(world, ["parent/1", "spawn", "b/1"]);
  act(world, ["parent/1", "hello"]);
  act(world, ["b/1", "fail"]);
  expect(seenBy(world, "parent/1")).toEqual(["born 1", "2 hello:0"]);
  world.step();
  expect(world.actors).toEqual(["parent/1"]);
  expect(seenBy(world, "parent/1")).toEqual(["born 4"]);
});

test("a failure that escalates through all levels stops the world, and names where it began", () => {
  const escalate = { supervision: { directive: "escalate" } } as const;
  const world = createTestWorld({
    actors: [scripted("a", acts, escalate), scripted("b", acts, escalate)],
  });
  act(world, ["a/1", "spawn", "b/1"]);
  world.step();
  act(world, ["b/1", "spawn", "b/2"]);
  world.step();
  act(world, ["b/2", "fail"]);
  world.step(2);
  const expected = expect.objectContaining({
    code: "WORLD_FAILED",
    message: expect.stringMatching(
      /a\/1, above b\/1, above b\/2 threw on tellurion.test.v1.Act in frame 5/,
    ),
  });
  expect(() => world.step()).toThrow(expected);
  // It stays so.
  expect(() => world.step()).toThrow(expected);
});

test("an actor from outside has no parent: its failure stops the world", () => {
  const world = create({ directive: "escalate" });
  act(world, ["a/1", "fail"]);
  expect(() => world.step()).toThrow("a/1 threw on tellurion.test.v1.Act in frame 1");
});

test("more restarts than allowed within the window escalate", () => {
  const world = create({ directive: "restart", restartsMax: 2, windowFrames: 10 });
  act(world, ["a/1", "fail"]);
  act(world, ["a/1", "fail"]);
  world.step(8);
  // Frame 11: the window that began in frame 1 is over.
  act(world, ["a/1", "fail"]);
  act(world, ["a/1", "fail"]);
  expect(world.actors).toEqual(["a/1"]);
  act(world, ["a/1", "fail"]);
  expect(() => world.step()).toThrow("a/1 threw on tellurion.test.v1.Act in frame 13");
});

test("an actor whose init throws does not start: what was sent to it is a dead letter", () => {
  const world = createTestWorld({
    actors: [
      scripted("a", acts),
      scripted("bad", acts, {
        init: (ctx) => {
          ctx.send("a/1", ActSchema, { what: "never" });
          throw new Error("planned");
        },
      }),
    ],
  });
  act(world, ["a/1", "watch", "bad/1"], ["a/1", "hello"]);
  act(world, ["bad/1", "one"], ["bad/1", "two"]);
  world.step(2);
  expect(world.actors).toEqual(["a/1"]);
  expect(lettersOf(world)).toEqual(["bad/1 Act start-failed", "bad/1 Act start-failed"]);
  expect(failuresOf(world)).toEqual(["bad/1 threw on init in frame 2: Error: planned"]);
  expect(seenBy(world, "a/1")).toEqual(["1 hello:0", "2 stopped:bad/1:NOT_FOUND"]);
});

test("an actor whose init throws when it restarts stops as failed", () => {
  let starts = 0;
  const world = createTestWorld({
    actors: [
      scripted("a", acts, {
        init: () => {
          starts += 1;
          if (starts > 1) throw new Error("not again");
          return {};
        },
      }),
      scripted("c", acts),
    ],
  });
  act(world, ["a/1", "hello"], ["c/1", "watch", "a/1"]);
  world.step();
  act(world, ["a/1", "fail"], ["a/1", "after"]);
  world.step();
  expect(lettersOf(world)).toEqual(["a/1 Act stopped"]);
  expect(seenBy(world, "c/1")).toEqual(["4 stopped:a/1:FAILED"]);
});

test("a child that fails in the frame in which its parent stops does not stop the world", () => {
  const world = createTestWorld({
    actors: [
      scripted("a", {
        ...acts,
        "tell, then stop": (ctx, { target }) => {
          ctx.send(target, ActSchema, { what: "fail" });
          ctx.stop();
        },
      }),
      scripted("b", acts, { supervision: { directive: "escalate" } }),
    ],
  });
  act(world, ["a/1", "spawn", "b/1"]);
  world.step();
  act(world, ["a/1", "tell, then stop", "b/1"]);
  world.step();
  expect(failuresOf(world)).toHaveLength(1);
  expect(world.actors).toEqual([]);
});

test("several children that fail in one frame are one failure of their parent", () => {
  const world = createTestWorld({
    actors: [
      scripted("a", acts, { supervision: { directive: "restart", restartsMax: 1 } }),
      scripted("b", acts, { supervision: { directive: "escalate" } }),
    ],
  });
  act(world, ["a/1", "spawn", "b/1"], ["a/1", "spawn", "b/2"], ["a/1", "spawn", "b/3"]);
  world.step();
  act(world, ["b/1", "fail"], ["b/2", "fail"], ["b/3", "fail"]);
  world.step(3);
  expect(world.actors).toEqual(["a/1"]);
});

test("a message or a context that is kept beyond its handler is refused", () => {
  let keptAct: { what: string } | undefined;
  let keptContext: Parameters<Acts[string]>[0] | undefined;
  const world = createTestWorld({
    actors: [
      scripted(
        "a",
        {
          keep: (ctx, message) => {
            keptAct = message;
            keptContext = ctx;
          },
          use: () => void keptAct?.what,
        },
        { supervision: resume },
      ),
    ],
  });
  act(world, ["a/1", "keep"], ["a/1", "use"]);
  expect(failuresOf(world)).toEqual([expect.stringContaining("threw on tellurion.test.v1.Act")]);
  const stale = expect.objectContaining({ code: "STALE_VIEW" });
  expect(() => keptAct?.what).toThrow(stale);
  expect(() => keptContext?.address).toThrow(stale);
  expect(() => keptContext?.random).toThrow(stale);
  expect(() => keptContext?.send("a/1", TickSchema, {})).toThrow(stale);
  expect(() => keptContext?.log("info", "late")).toThrow(stale);
});

test("a state that its message cannot hold is found when its handler returns, with the actor's name", () => {
  const world = createTestWorld({
    actors: [
      scripted("a", {
        spoil: (_ctx, _act, state) => {
          state.total = 2n ** 70n;
        },
      }),
    ],
  });
  tell(world, "a/1", "spoil");
  expect(() => world.step()).toThrow(
    expect.objectContaining({
      code: "VALUE_OUT_OF_RANGE",
      message: expect.stringContaining("state of a/1"),
    }),
  );
});
