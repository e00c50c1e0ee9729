import { expect, test } from "vitest";
import { SnapshotSchema } from "../../../src/gen/tellurion/v1/core_pb.ts";
import { codecOf } from "../../../src/runtime/codec/index.ts";
import { type ActorDefinition, defineActor } from "../../../src/runtime/index.ts";
import { AskerStateSchema, AskSchema } from "../../gen/tellurion/test/v1/bench_pb.ts";
import {
  AddSchema,
  GrantedSchema,
  TickSchema,
  WishSchema,
} from "../../gen/tellurion/test/v1/chaos_pb.ts";
import {
  type PurseStateV1,
  PurseStateV1Schema,
  type PurseStateV2,
  PurseStateV2Schema,
} from "../../gen/tellurion/test/v1/evolution_pb.ts";
import { InlineRun, input, order, read, snapshotOf } from "../../support/inline.ts";
import { note, scripted } from "../../support/scripted.ts";

const worker = scripted(
  "a",
  {
    schedule: (ctx) => void ctx.schedule(100, TickSchema, { value: 5n }),
    wish: (ctx) => void ctx.effect(WishSchema, { value: 6n }),
    send: (ctx, { target }) => ctx.send(target, TickSchema, { value: 7n }),
    spawn: (ctx, { target }) => ctx.spawn(target, TickSchema, { value: 8n }),
    watch: (ctx, { target }) => ctx.watch(target),
    ask: (ctx, { target }) => ctx.send(target, AskSchema, {}),
    "ask later": (ctx) => void ctx.schedule(100, AskSchema, {}),
    "ask outside": (ctx) => void ctx.effect(AskSchema, {}),
    fail: () => {
      throw new Error("planned");
    },
  },
  {
    supervision: { restartFrom: "checkpoint" },
    also: ({ handle }) => [
      handle(GrantedSchema, (state, { value }, ctx) =>
        note(state, ctx, `granted ${value} of ${ctx.outcomeOf}`),
      ),
    ],
  },
);

/** Its messages stand among those of `worker`: with it, a world numbers them otherwise. */
const other = defineActor({
  kind: "other",
  state: AskerStateSchema,
  init: () => ({}),
  on: ({ handle }) => [handle(AskSchema, () => {})],
});

const older = [worker];
const newer = [worker, other];

/** Runs frames of orders, and takes a snapshot. */
function snapshotAfter(
  actors: readonly ActorDefinition[],
  ...frames: readonly (readonly Uint8Array[])[]
): Uint8Array {
  const run = new InlineRun(actors);
  frames.forEach((inputs, i) => void run.world.runFrame(inputs, i === 1));
  expect(run.world.quiet).toBe(true);
  return snapshotOf(run);
}

function takeUp(snapshot: Uint8Array, actors: readonly ActorDefinition[]): InlineRun {
  return new InlineRun(actors, { restored: read(snapshot, actors) });
}

test.each([
  { name: "an older version in a newer one", from: older, to: newer },
  { name: "a newer version in an older one that knows all that is in use", from: newer, to: older },
  { name: "one version in itself", from: older, to: older },
])("timers, effects, checkpoints and notices keep their types: $name", ({ from, to }) => {
  const [a, b] = ["a/1", "a/2"];
  const snapshot = snapshotAfter(
    from,
    [order(a, "schedule"), order(b, "wish")],
    [order(b, "kept"), order(a, "lost")],
    [order(b, "send", "a/3"), order(b, "spawn", "a/4"), order(b, "watch", "a/99")],
  );
  const run = takeUp(snapshot, to);
  run.world.runFrame([input(b, GrantedSchema, { value: 1n }, 1)]);
  expect(run.seenBy("a/3")).toEqual(["4 tick:7"]);
  expect(run.seenBy("a/4")).toEqual(["4 tick:8"]);
  expect(run.seenBy(b)).toEqual(["2 kept:0", "4 stopped:a/99:NOT_FOUND", "4 granted 1 of 1"]);
  for (let i = 0; i < 6; i += 1) run.world.runFrame(i === 0 ? [order(a, "fail")] : []);
  // The timer is that of the checkpoint.
  expect(run.seenBy(a)).toEqual(["7 tick:5"]);
  expect(run.letters).toEqual([]);
});

test("numbers of types do differ between the versions", () => {
  const types = [older, newer].map((actors) => {
    const { types: names } = codecOf(SnapshotSchema).decode(snapshotAfter(actors, []));
    return names.indexOf(TickSchema.typeName);
  });
  expect(types[0]).not.toBe(types[1]);
});

test.each([
  { name: "a timer", orders: [order("a/1", "ask later")] },
  { name: "an effect", orders: [order("a/1", "ask outside")] },
  { name: "a message to an actor that has not begun", orders: [order("a/1", "ask", "a/9")] },
])(
  "$name of a type that this version does not know is refused, with the type's name",
  ({ orders }) => {
    const snapshot = snapshotAfter(newer, [], [], orders);
    expect(() => read(snapshot, newer)).not.toThrow();
    expect(() => read(snapshot, older)).toThrow(
      expect.objectContaining({
        code: "WORLD_FILE_INVALID",
        message: expect.stringContaining("tellurion.test.v1.Ask, which this version does not know"),
      }),
    );
  },
);

test("a type that only a checkpoint waits for is looked for as well", () => {
  const snapshot = snapshotAfter(newer, [order("a/1", "ask later")], [], [], [], [], [], [], []);
  const { images } = read(snapshot, newer);
  expect(images[0]?.timers).toEqual([]);
  expect(() => read(snapshot, older)).toThrow("tellurion.test.v1.Ask");
});

test("an actor whose version restarts from init has no use for the checkpoint of an older one", () => {
  const fail = (): never => {
    throw new Error("planned");
  };
  const versions = (["checkpoint", "init"] as const).map((restartFrom) => [
    scripted("a", { fail }, { supervision: { restartFrom } }),
  ]);
  const snapshot = snapshotAfter(versions[0] ?? [], [order("a/1", "one")], []);
  const seen = versions.map((actors) => {
    const run = takeUp(snapshot, actors);
    run.world.runFrame([order("a/1", "fail")]);
    return run.seenBy("a/1");
  });
  expect(seen).toEqual([["1 one:0"], []]);
});

test("a snapshot without a registry, or with an actor of a kind that there is no more, is refused", () => {
  const bytes = codecOf(SnapshotSchema).toBytes({ frame: 3n });
  expect(() => read(bytes, older)).toThrow(expect.objectContaining({ code: "WORLD_FILE_INVALID" }));
  const snapshot = snapshotAfter(newer, [input("other/1", AskSchema, {})]);
  expect(() => takeUp(snapshot, older)).toThrow(
    expect.objectContaining({
      code: "WORLD_FILE_INVALID",
      message: expect.stringContaining("other/1 cannot go on here"),
    }),
  );
});

const purseV1 = defineActor({
  kind: "purse",
  state: PurseStateV1Schema,
  init: () => ({ owner: "Ann" }),
  on: ({ handle }) => [
    handle(AddSchema, (state, { amount }) => {
      state.total += amount;
      state.entries.push({ amount } as PurseStateV1["entries"][number]);
    }),
  ],
});

const purseV2 = defineActor({
  kind: "purse",
  state: PurseStateV2Schema,
  init: () => ({ currency: "crown" }),
  on: ({ handle }) => [
    handle(AddSchema, (state, { amount, note: text }) => {
      state.total += amount;
      state.entries.push({ amount, note: text } as PurseStateV2["entries"][number]);
      state.limit = 100n;
    }),
  ],
});

test("a state that an older version wrote opens with the defaults of new fields, and without the old ones", () => {
  const inputs = [1n, 2n].map((amount) => input("purse/1", AddSchema, { amount }));
  const run = takeUp(snapshotAfter([purseV1], inputs), [purseV2]);
  const state = run.stateOf<PurseStateV2>("purse/1");
  expect(state).toMatchObject({ total: 3n, currency: "" });
  expect(state?.limit).toBeUndefined();
  expect(state?.entries.map(({ amount, note: text }) => [amount, text])).toEqual([
    [1n, ""],
    [2n, ""],
  ]);
  run.world.runFrame([input("purse/1", AddSchema, { amount: 4n, note: "found" })]);
  expect(run.stateOf<PurseStateV2>("purse/1")).toMatchObject({ total: 7n, limit: 100n });
  expect(run.log).toEqual([]);
});

test("a state that a newer version wrote opens in an older one, which knows less of it", () => {
  const inputs = [input("purse/1", AddSchema, { amount: 4n, note: "found" })];
  const run = takeUp(snapshotAfter([purseV2], inputs), [purseV1]);
  expect(run.stateOf<PurseStateV1>("purse/1")).toMatchObject({ total: 4n, owner: "" });
});
