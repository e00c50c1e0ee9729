import { expect, test } from "vitest";
import {
  WeatherEventSchema,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { TickSchema } from "../../gen/tellurion/test/v1/chaos_pb.ts";
import { act, failuresOf, lettersOf, note, scripted, seenBy } from "../../support/scripted.ts";

const publisher = scripted("p", {
  publish: (ctx, { target }) => {
    ctx.publish(WeatherEventSchema, { region: target, newState: `by ${ctx.key}` });
  },
  "publish twice": (ctx, { target }) => {
    ctx.publish(WeatherEventSchema, { region: target, newState: "one" });
    ctx.publish(WeatherEventSchema, { region: target, newState: "two" });
  },
  severe: (ctx, { target }) => ctx.publish(WeatherSevereEventSchema, { region: target }),
  wrong: (ctx) => ctx.publish(TickSchema, {}),
});

const listener = (kind: string, ownKey: boolean): ReturnType<typeof scripted> =>
  scripted(
    kind,
    { stop: (ctx) => ctx.stop() },
    {
      also: ({ handle }) => [
        handle(
          WeatherEventSchema,
          (state, { region, newState }, ctx) => {
            note(state, ctx, `${region} ${newState} from ${ctx.sender}`);
          },
          { ownKey },
        ),
      ],
    },
  );

function create(workers = 1): TestWorld {
  return createTestWorld({
    actors: [publisher, listener("all", false), listener("own", true)],
    workers,
  });
}

test("an event is heard by all who listen to it, in the next round, on whatever worker they sit", () => {
  for (const workers of [1, 2, 4]) {
    const world = create(workers);
    const listeners = ["all/1", "all/2", "all/3", "all/4", "all/5"];
    act(world, ["p/1", "hello"], ...listeners.map((address) => [address, "hello"] as const));
    act(world, ["p/1", "publish twice", "r1"]);
    for (const address of listeners) {
      expect(seenBy(world, address)).toEqual([
        "1 hello:0",
        "2 r1 one from p/1",
        "2 r1 two from p/1",
      ]);
    }
    expect(seenBy(world, "p/1")).toEqual(["1 hello:0"]);
  }
});

test("who listens to its own key hears the events of that key only", () => {
  for (const workers of [1, 3]) {
    const world = create(workers);
    act(world, ["p/1", "hello"], ["own/r1", "hello"], ["own/r2", "hello"], ["own/r", "hello"]);
    act(world, ["p/1", "publish", "r1"], ["p/1", "publish", "r2"], ["p/1", "publish", "r1"]);
    act(world, ["p/1", "publish", "r3"], ["p/1", "publish", ""]);
    expect(seenBy(world, "own/r1")?.slice(1)).toEqual(["2 r1 by 1 from p/1", "2 r1 by 1 from p/1"]);
    expect(seenBy(world, "own/r2")?.slice(1)).toEqual(["2 r2 by 1 from p/1"]);
    expect(seenBy(world, "own/r")?.slice(1)).toEqual([]);
    expect(world.handled).toBe(4 + 3 + 3 + 2);
  }
});

test("events and messages of one round come in one order: sender's number, then sending", () => {
  const world = createTestWorld({
    actors: [
      scripted("p", {
        both: (ctx, { target }) => {
          ctx.send(target, TickSchema, { value: 1n });
          ctx.publish(WeatherEventSchema, { region: ctx.key });
          ctx.send(target, TickSchema, { value: 2n });
        },
      }),
      listener("all", false),
    ],
    workers: 3,
  });
  act(world, ["p/1", "hello"], ["p/2", "hello"], ["all/1", "hello"]);
  act(world, ["p/2", "both", "all/1"], ["p/1", "both", "all/1"]);
  expect(seenBy(world, "all/1")?.slice(1)).toEqual([
    "2 tick:1",
    "2 1  from p/1",
    "2 tick:2",
    "2 tick:1",
    "2 2  from p/2",
    "2 tick:2",
  ]);
});

test("who has stopped hears nothing more, and events that nobody hears are no dead letters", () => {
  const world = create(2);
  act(world, ["p/1", "hello"], ["all/1", "hello"], ["all/2", "hello"], ["own/r1", "hello"]);
  act(world, ["all/1", "stop"], ["own/r1", "stop"]);
  act(world, ["p/1", "publish", "r1"], ["p/1", "severe", "r1"]);
  expect(seenBy(world, "all/2")).toHaveLength(2);
  expect(lettersOf(world)).toEqual([]);
  act(world, ["all/2", "stop"]);
  act(world, ["p/1", "publish", "r1"]);
  expect(lettersOf(world)).toEqual([]);
  expect(world.events).toHaveLength(3);
});

test("an actor hears events from the round in which it starts", () => {
  for (const workers of [1, 2]) {
    const world = create(workers);
    act(world, ["p/1", "hello"]);
    act(world, ["p/1", "publish", "r1"], ["all/1", "hello"]);
    expect(seenBy(world, "all/1")).toEqual(["2 hello:0", "2 r1 by 1 from p/1"]);
  }
});

test("an event that is carried over into the frame in which an actor starts is not heard by it", () => {
  for (const workers of [1, 2, 3]) {
    const world = createTestWorld({
      actors: [publisher, listener("all", false)],
      workers,
      limits: { roundsMax: 1 },
    });
    act(world, ["p/1", "hello"], ["all/1", "hello"]);
    act(world, ["p/1", "publish", "r1"]);
    act(world, ["all/2", "hello"]);
    world.step();
    expect(seenBy(world, "all/1")).toEqual(["1 hello:0", "3 r1 by 1 from p/1"]);
    expect(seenBy(world, "all/2")).toEqual(["3 hello:0"]);
  }
});

test("events are recorded in the world's order, the same with any number of workers", () => {
  const recorded = [1, 2, 3, 4].map((workers) => {
    const world = create(workers);
    const addresses = Array.from({ length: 8 }, (_, i) => `p/${i}`);
    act(world, ...addresses.map((address) => [address, "hello"] as const));
    for (let frame = 0; frame < 3; frame += 1) {
      act(
        world,
        ...addresses.map((address) => [address, "publish twice", `r${frame}`] as const).reverse(),
      );
    }
    return world.events.map(({ frame, topic, address, event }) => {
      return `${frame} ${topic} ${address} ${(event as { newState?: string }).newState}`;
    });
  });
  expect(recorded[0]).toHaveLength(48);
  expect(recorded[0]?.slice(0, 3)).toEqual([
    "2 weather/r0 p/0 one",
    "2 weather/r0 p/0 two",
    "2 weather/r0 p/1 one",
  ]);
  for (const other of recorded) expect(other).toEqual(recorded[0]);
});

test("the test kit tells events by type, with all their fields", () => {
  const world = create();
  act(world, ["p/1", "publish", "r1"], ["p/1", "severe", "r2"]);
  expect(world.eventsOf(WeatherSevereEventSchema)).toMatchObject([{ region: "r2" }]);
  expect(world.eventsOf(WeatherEventSchema)).toMatchObject([{ region: "r1", newState: "by 1" }]);
  expect(world.events[0]).toMatchObject({
    frame: 1,
    topic: "weather/r1",
    address: "p/1",
    type: WeatherEventSchema,
  });
});

test("what the schema does not make an event cannot be published", () => {
  const world = create();
  act(world, ["p/1", "wrong"]);
  expect(failuresOf(world)).toEqual([
    expect.stringContaining("tellurion.test.v1.Tick cannot be published"),
  ]);
  expect(world.events).toEqual([]);
});
