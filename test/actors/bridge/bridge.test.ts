import { create, type DescMessage, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bridge } from "../../../src/actors/bridge/bridge.ts";
import { heldPacksMax, missingMsMax } from "../../../src/actors/bridge/deliver.ts";
import { epochsMax } from "../../../src/actors/bridge/streams.ts";
import { actors } from "../../../src/actors/index.ts";
import { BridgeService, BridgeStateSchema } from "../../../src/gen/tellurion/v1/bridge_pb.ts";
import { WorldEventSchema } from "../../../src/gen/tellurion/v1/client_pb.ts";
import { EventType } from "../../../src/gen/tellurion/v1/event_type_pb.ts";
import { WeatherEventSchema } from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { anyMessage } from "../../support/any-message.ts";
import { gameEvent, packOf, weatherEvent } from "./packs.ts";

const { method } = BridgeService;
const tickHz = 10;

function newWorld(workers = 1): TestWorld {
  return createTestWorld({ actors: [bridge], tickHz, workers });
}

function deliver(world: TestWorld, sequence: number, pack: Uint8Array, epoch = "e1") {
  const request = { stream: "weather", epoch, sequence: BigInt(sequence), pack };
  return world.call(method.deliverPack, request);
}

/** Which of them came in, in their order. */
function published(world: TestWorld): number[] {
  return world.eventsOf(WeatherEventSchema).map(({ intensity }) => intensity);
}

function streams(world: TestWorld) {
  return world.stateOf("bridge/main", BridgeStateSchema)?.streams ?? [];
}

test("the first pack begins the actor, and its events are published as they are", () => {
  const world = newWorld();
  const outcome = deliver(world, 1, packOf(weatherEvent(1), weatherEvent(2)));
  expect(outcome).toMatchObject({ ok: true, value: { already: false, held: false, events: 2 } });
  expect(published(world)).toEqual([1, 2]);
  expect(world.events.map(({ topic, address }) => [topic, address])).toEqual([
    ["weather/moor", "bridge/main"],
    ["weather/moor", "bridge/main"],
  ]);
});

test("packs in any order, some of them twice, give each event once and in its order", () => {
  const arrivals = fc.integer({ min: 1, max: 12 }).chain((count) => {
    const all = Array.from({ length: count }, (_, i) => i + 1);
    const again = fc.array(fc.constantFrom(...all), { maxLength: 8 });
    return again.chain((more) =>
      fc.shuffledSubarray([...all, ...more], { minLength: count + more.length }),
    );
  });
  fc.assert(
    fc.property(arrivals, (sequences) => {
      const world = newWorld();
      for (const sequence of sequences) {
        const pack = packOf(weatherEvent(2 * sequence), weatherEvent(2 * sequence + 1));
        expect(deliver(world, sequence, pack).ok).toBe(true);
      }
      const count = Math.max(...sequences);
      expect(published(world)).toEqual(Array.from({ length: 2 * count }, (_, i) => i + 2));
      const [stream] = streams(world);
      expect(stream).toMatchObject({
        nextSequence: BigInt(count + 1),
        held: [],
        missingTimer: 0,
        lostPacks: 0n,
        repeatedPacks: BigInt(sequences.length - count),
        events: BigInt(2 * count),
      });
    }),
    { numRuns: 60 },
  );
});

test("the world is the same with 1, 2 and 4 workers", () => {
  const hashes = [1, 2, 4].map((workers) => {
    const world = createTestWorld({ actors, tickHz, workers });
    return [3, 1, 5, 2, 2].map((sequence) => {
      deliver(world, sequence, packOf(weatherEvent(sequence)));
      return world.hash();
    });
  });
  expect(hashes[1]).toEqual(hashes[0]);
  expect(hashes[2]).toEqual(hashes[0]);
  expect(new Set(hashes[0]).size).toBe(5);
});

describe.each(
  WorldEventSchema.fields.map(({ localName, number, message }) => ({
    ...{ localName, number },
    desc: message as DescMessage,
  })),
)("an event $localName", ({ number, desc }) => {
  test("comes in with all its fields", () => {
    fc.assert(
      fc.property(fc.array(anyMessage(desc), { minLength: 1, maxLength: 4 }), (all) => {
        const world = newWorld();
        const payloads = all.map((fields) => toBinary(desc, create(desc, fields)));
        const pack = packOf(...payloads.map((payload) => gameEvent(number, payload)));
        expect(deliver(world, 1, pack)).toMatchObject({ value: { events: all.length } });
        const published = world.eventsOf(desc).map((event) => codecOf(desc).toBytes(event));
        expect(published.map((bytes) => Buffer.from(bytes))).toEqual(
          payloads.map((payload) => Buffer.from(payload)),
        );
      }),
      { numRuns: 10 },
    );
  });
});

test("a pack that does not come is given up after its time, and counted", () => {
  const world = newWorld();
  deliver(world, 1, packOf(weatherEvent(1)));
  expect(deliver(world, 4, packOf(weatherEvent(4)))).toMatchObject({ value: { held: true } });
  world.step((missingMsMax * tickHz) / 1_000 - 1);
  expect(published(world)).toEqual([1]);
  world.step(2);
  expect(published(world)).toEqual([1, 4]);
  expect(streams(world)[0]).toMatchObject({ lostPacks: 2n, nextSequence: 5n, missingSinceMs: 0n });
  expect(world.log.map(({ text }) => text)).toEqual([
    "stream weather, epoch e1: packs 2 to 3 did not come, and are given up",
  ]);
  expect(deliver(world, 2, packOf(weatherEvent(2)))).toMatchObject({ value: { already: true } });
  expect(published(world)).toEqual([1, 4]);
});

test("a pack that comes just in time is not given up, and the next one has its own time", () => {
  const world = newWorld();
  const half = (missingMsMax * tickHz) / 2_000;
  deliver(world, 2, packOf(weatherEvent(2)));
  world.step(half);
  deliver(world, 4, packOf(weatherEvent(4)));
  deliver(world, 1, packOf(weatherEvent(1)));
  world.step(2 * half - 10);
  expect(published(world)).toEqual([1, 2]);
  world.step(20);
  expect(published(world)).toEqual([1, 2, 4]);
  expect(streams(world)[0]?.lostPacks).toBe(1n);
});

test("a pack that comes in the very frame in which it would be given up takes no other with it", () => {
  const frames = (missingMsMax * tickHz) / 1_000;
  const outcomes = [-2, -1, 0, 1, 2].map((late) => {
    const world = newWorld();
    deliver(world, 2, packOf(weatherEvent(2)));
    deliver(world, 4, packOf(weatherEvent(4)));
    world.step(frames - 2 + late);
    const outcome = deliver(world, 1, packOf(weatherEvent(1)));
    const isTaken = outcome.ok && !outcome.value.already;
    expect(published(world)).toEqual(isTaken ? [1, 2] : [2]);
    expect(streams(world)[0]).toMatchObject({ lostPacks: isTaken ? 0n : 1n, nextSequence: 3n });
    return isTaken;
  });
  expect(new Set(outcomes).size).toBe(2);
});

test("gaps that open and close leave no timers behind", () => {
  const world = newWorld();
  for (let sequence = 1; sequence < 40; sequence += 2) {
    deliver(world, sequence + 1, packOf(weatherEvent(sequence + 1)));
    deliver(world, sequence, packOf(weatherEvent(sequence)));
  }
  expect(published(world)).toHaveLength(40);
  expect(world.cellAt("bridge/main")?.timers.size).toBe(0);
});

test("packs that come too early are refused for now, and change nothing", () => {
  const world = newWorld();
  for (let sequence = 2; sequence < heldPacksMax + 2; sequence += 1) {
    deliver(world, sequence, packOf(weatherEvent(sequence)));
  }
  const before = world.stateOf("bridge/main", BridgeStateSchema);
  const outcome = deliver(world, heldPacksMax + 2, packOf(weatherEvent(9)));
  expect(outcome).toMatchObject({ ok: false, code: "RESOURCE_EXHAUSTED" });
  expect(world.stateOf("bridge/main", BridgeStateSchema)).toEqual(before);
  deliver(world, 1, packOf(weatherEvent(1)));
  expect(published(world)).toHaveLength(heldPacksMax + 1);
});

test("one bad event in a pack is refused and counted; the others are published", () => {
  const world = newWorld();
  const bad = [
    gameEvent(19, new Uint8Array()),
    gameEvent(EventType.UNSPECIFIED, new Uint8Array()),
    gameEvent(EventType.WEATHER_CHANGED, Uint8Array.of(0x0a, 0xff)),
    Uint8Array.of(0xff, 0xff),
  ];
  const outcome = deliver(world, 1, packOf(weatherEvent(1), ...bad, weatherEvent(2)));
  expect(outcome).toMatchObject({ ok: true, value: { events: 2 } });
  expect(published(world)).toEqual([1, 2]);
  expect(streams(world)[0]).toMatchObject({ events: 2n, refusedEvents: 4n });
  expect(world.log[0]?.text).toContain("event_type=19 of 0123456789abcdef:1:7:1 is not known");
});

test.each([
  ["a length without its event", Uint8Array.of(0, 0, 0, 9, 1)],
  ["half a length", Uint8Array.of(0, 0)],
  ["hexadecimal text in place of bytes", Buffer.from("00000002ffff")],
])("%s is refused, and the pack can still come", (_, pack) => {
  const world = newWorld();
  expect(deliver(world, 1, pack)).toMatchObject({ ok: false, code: "INVALID_ARGUMENT" });
  expect(streams(world)).toEqual([]);
  expect(deliver(world, 1, packOf(weatherEvent(1))).ok).toBe(true);
  expect(published(world)).toEqual([1]);
});

test.each([
  ["stream", { stream: "Weather!" }],
  ["epoch", { epoch: "" }],
  ["sequence", { sequence: 0n }],
])("a %s that is not valid is refused", (name, wrong) => {
  const world = newWorld();
  const right = { stream: "weather", epoch: "e1", sequence: 1n, pack: packOf(weatherEvent(1)) };
  const outcome = world.call(method.deliverPack, { ...right, ...wrong });
  expect(outcome).toMatchObject({ ok: false, code: "INVALID_ARGUMENT" });
  expect(outcome.ok ? "" : outcome.message).toContain(name);
});

test("each epoch of a stream has its own numbers, and the oldest of too many is forgotten", () => {
  const world = newWorld();
  deliver(world, 2, packOf(weatherEvent(1)), "epoch-0");
  for (let epoch = 1; epoch <= epochsMax; epoch += 1) {
    deliver(world, 1, packOf(weatherEvent(epoch + 1)), `epoch-${epoch}`);
  }
  expect(streams(world).map(({ epoch }) => epoch)).toEqual(
    Array.from({ length: epochsMax }, (_, i) => `epoch-${i + 1}`),
  );
  // What the forgotten one held is not lost with it.
  expect(published(world).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: epochsMax + 1 }, (_, i) => i + 1),
  );
});

test("a query tells how far streams have come, without the packs that wait", () => {
  const world = newWorld();
  deliver(world, 1, packOf(weatherEvent(1)));
  deliver(world, 3, packOf(weatherEvent(3)));
  const outcome = world.call(method.listRemoteStreams, {});
  expect(outcome).toMatchObject({
    ok: true,
    value: { streams: [{ stream: "weather", nextSequence: 2n, events: 1n, held: [] }] },
  });
  expect(streams(world)[0]?.held).toHaveLength(1);
});
