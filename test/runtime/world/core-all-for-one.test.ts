import fc from "fast-check";
import { expect, test } from "vitest";
import type { Supervision } from "../../../src/runtime/index.ts";
import {
  createTestWorld,
  type TestWorld,
  type TestWorldOptions,
} from "../../../src/runtime/testkit/index.ts";
import { ActSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { type Acts, act, lettersOf, scripted, seenBy, tell } from "../../support/scripted.ts";

const acts: Acts = {
  fail: () => {
    throw new Error("planned");
  },
  spawn: (ctx, { target }) => ctx.spawn(target, ActSchema, { what: "born" }),
  watch: (ctx, { target }) => ctx.watch(target),
  stop: (ctx) => ctx.stop(),
};

const init = ({ frame }: { readonly frame: number }) => ({ seen: [`${frame} init`] });

/** `p` has children, `c` shares its fate with its siblings, `d` and `w` do not. */
function create(
  supervision: Partial<Supervision>,
  options: Partial<TestWorldOptions> = {},
): TestWorld {
  return createTestWorld({
    actors: [
      scripted("p", acts, { init, supervision: { directive: "resume" } }),
      scripted("c", acts, { init, supervision: { scope: "all-for-one", ...supervision } }),
      scripted("d", acts, { init, supervision: { restartsMax: 100 } }),
      scripted("w", acts),
    ],
    ...options,
  });
}

/** Frame 1 tells the parents, in frame 2 their children begin. */
function family(world: TestWorld): void {
  act(world, ["p/1", "spawn", "c/1"], ["p/1", "spawn", "c/2"], ["p/1", "spawn", "d/3"]);
  act(world, ["p/2", "spawn", "c/9"], ["c/2", "spawn", "c/22"], ["c/2", "spawn", "d/23"]);
  world.step();
}

const everybody = ["p/1", "c/1", "c/2", "d/3", "c/22", "d/23", "p/2", "c/9"];

/** When each actor has begun, the last time. Undefined: it is not active. */
function began(world: TestWorld): Record<string, number> {
  return Object.fromEntries(
    everybody.flatMap((address) => {
      const [text] = seenBy(world, address) ?? [];
      return text === undefined ? [] : [[address, Number(text.split(" ")[0])]];
    }),
  );
}

test("when one restarts, its siblings of every kind restart in the next frame, and nobody else", () => {
  const world = create({ directive: "restart" });
  family(world);
  const before = began(world);
  act(world, ["c/1", "fail"]);
  expect(began(world)).toEqual({ ...before, "c/1": 4 });
  world.step();
  expect(began(world)).toEqual({ ...before, "c/1": 4, "c/2": 5, "d/3": 5 });
  world.step(5);
  expect(began(world)).toEqual({ ...before, "c/1": 4, "c/2": 5, "d/3": 5 });
});

test("a sibling restarts before it handles what that frame brings it", () => {
  const world = create({ directive: "restart" });
  family(world);
  act(world, ["c/1", "fail"], ["c/2", "early"]);
  act(world, ["c/2", "late"]);
  expect(seenBy(world, "c/2")).toEqual(["5 init", "5 late:0"]);
});

test("a restart counts for the one that failed only", () => {
  const world = create({ directive: "restart", restartsMax: 2 });
  family(world);
  act(world, ["c/1", "fail"], ["c/1", "fail"]);
  world.step();
  expect(world.cellAt("c/1")?.window.restarts).toBe(2);
  expect(world.cellAt("c/2")?.window.restarts).toBe(0);
  act(world, ["c/2", "fail"], ["c/2", "fail"]);
  world.step(2);
  expect(world.actors).toContain("c/2");
  act(world, ["c/1", "fail"]);
  world.step(2);
  expect(world.actors).not.toContain("c/1");
});

test("two that fail in one frame restart twice each: for themselves and for the other", () => {
  const world = create({ directive: "restart" });
  family(world);
  act(world, ["c/1", "fail"], ["c/2", "fail"], ["c/1", "noted"]);
  expect(began(world)).toMatchObject({ "c/1": 4, "c/2": 4, "d/3": 2 });
  world.step();
  expect(began(world)).toMatchObject({ "c/1": 5, "c/2": 5, "d/3": 5 });
  world.step(3);
  expect(began(world)).toMatchObject({ "c/1": 5, "c/2": 5, "d/3": 5 });
});

test("when one stops by a failure, its siblings stop with it, their children too, and watchers hear why", () => {
  const world = create({ directive: "stop" });
  family(world);
  const watched = ["c/1", "c/2", "d/3", "c/22", "d/23", "c/9"];
  act(world, ...watched.map((address) => ["w/1", "watch", address] as const));
  world.step();
  act(world, ["c/1", "fail"]);
  world.step();
  expect(world.actors.sort()).toEqual(["c/9", "p/1", "p/2", "w/1"]);
  expect(
    seenBy(world, "w/1")
      ?.map((text) => text.replace(/^\d+ /, ""))
      .sort(),
  ).toEqual(
    [
      "stopped:c/1:FAILED",
      "stopped:c/22:PARENT_STOPPED",
      "stopped:c/2:FAILED",
      "stopped:d/23:PARENT_STOPPED",
      "stopped:d/3:FAILED",
    ].sort(),
  );
  expect(lettersOf(world)).toEqual([]);
});

test("two that stop in one frame take the others with them once", () => {
  const world = create({ directive: "stop" });
  family(world);
  act(world, ["w/1", "watch", "c/2"], ["w/1", "watch", "d/3"]);
  act(world, ["c/1", "fail"], ["c/2", "fail"]);
  world.step(3);
  expect(world.actors.sort()).toEqual(["c/9", "p/1", "p/2", "w/1"]);
  expect(seenBy(world, "w/1")).toHaveLength(2);
});

test("who stops because it wants to, stops alone", () => {
  const world = create({ directive: "stop" });
  family(world);
  act(world, ["c/1", "stop"]);
  world.step(2);
  expect(Object.keys(began(world))).toEqual(everybody.filter((address) => address !== "c/1"));
});

test.each(["restart", "stop"] as const)(
  "without a parent there are no siblings: %s",
  (directive) => {
    const world = create({ directive });
    act(world, ["c/1", "hello"], ["c/2", "hello"]);
    act(world, ["c/1", "fail"]);
    world.step(2);
    expect(seenBy(world, "c/2")).toEqual(["1 init", "1 hello:0"]);
    expect(seenBy(world, "c/1")).toEqual(directive === "stop" ? undefined : ["2 init"]);
  },
);

test("a parent that stops in the same frame takes all with it", () => {
  for (const directive of ["restart", "stop"] as const) {
    const world = create({ directive });
    family(world);
    act(world, ["p/1", "stop"], ["c/1", "fail"], ["c/2", "fail"]);
    world.step(3);
    expect(world.actors).toEqual(["p/2", "c/9"]);
  }
});

test("with 1, 2 and 4 workers, however actors move, families come to the same", () => {
  const order = fc.record({
    who: fc.constantFrom(...everybody),
    what: fc.constantFrom("fail", "fail", "hello", "stop", "born again"),
  });
  const frames = fc.array(fc.array(order, { maxLength: 4 }), { minLength: 1, maxLength: 12 });
  const directive = fc.constantFrom("restart" as const, "stop" as const);
  const play = (
    script: readonly { who: string; what: string }[][],
    supervision: Partial<Supervision>,
    workers: number,
  ): string[] => {
    const shuffleEveryFrames = workers === 1 ? 0 : 1;
    const limits = { outputRingBytes: 65_536 };
    const world = create(supervision, { workers, shuffleEveryFrames, limits });
    family(world);
    return script.map((orders) => {
      for (const { who, what } of orders) {
        if (what !== "born again") tell(world, who, what);
        else tell(world, "p/1", "spawn", { target: who });
      }
      world.step();
      return world.hash();
    });
  };
  fc.assert(
    fc.property(frames, directive, (script, chosen) => {
      const supervision = { directive: chosen, restartsMax: 100 };
      const expected = play(script, supervision, 1);
      for (const workers of [2, 4]) expect(play(script, supervision, workers)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});
