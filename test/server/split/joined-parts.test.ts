import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { BridgeService, BridgeStateSchema } from "../../../src/gen/tellurion/v1/bridge_pb.ts";
import { ClockStateSchema, TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { GameEventSchema } from "../../../src/gen/tellurion/v1/game_event_pb.ts";
import { NpcStateSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import {
  WeatherService,
  WeatherSevereEventSchema,
} from "../../../src/gen/tellurion/v1/weather_pb.ts";
import { catalogueOf } from "../../../src/runtime/host.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { createTestWorld, type TestWorld } from "../../../src/runtime/testkit/index.ts";
import { readWorld } from "../../../src/server/commands/world-options.ts";
import { Services, serviceNames } from "../../../src/server/split/services.ts";
import { packOf } from "../../actors/bridge/packs.ts";

const tickHz = 20;
const region = "north-marsh";
const mirrored = new Map(
  catalogueOf(actors).events.flatMap((event) =>
    event.mirrored ? [[event.desc, event.number] as const] : [],
  ),
);

async function part(services: Services): Promise<TestWorld> {
  const { bootstrap } = await readWorld({
    ...{ world: "sample", seed: 1, workers: 1, "tick-hz": tickHz, services },
  });
  return createTestWorld({ actors, bootstrap, tickHz, checks: false });
}

/** Runs frames of one part, and brings what it publishes to the other in a pack for each frame. */
class Joined {
  readonly from: TestWorld;
  readonly to: TestWorld;
  #sequence = 0n;

  constructor(from: TestWorld, to: TestWorld) {
    this.from = from;
    this.to = to;
  }

  run(frames: number): void {
    for (let i = 0; i < frames; i += 1) {
      this.from.step();
      this.#carry();
    }
  }

  #carry(): void {
    const events = this.from.events
      .splice(0)
      .filter(({ type, address }) => mirrored.has(type) && address !== "bridge/main");
    if (events.length === 0) {
      this.to.step();
      return;
    }
    const pack = packOf(
      ...events.map(({ type, topic, address, event, frame }, i) => {
        const envelope = create(GameEventSchema, {
          eventId: `part:${frame}:0:${i}`,
          eventType: mirrored.get(type) as never,
          payload: codecOf(type).toBytes(event),
          ...{ topic, source: address, frame: BigInt(frame) },
        });
        return toBinary(GameEventSchema, envelope);
      }),
    );
    this.#sequence += 1n;
    const request = { stream: "all", epoch: "e1", sequence: this.#sequence, pack };
    expect(this.to.call(BridgeService.method.deliverPack, request)).toMatchObject({ ok: true });
  }
}

test("NPCs of one process hear the time and the weather of another", async () => {
  const here = Services.read("clock,weather");
  const clockAndWeather = await part(here);
  const rest = await part(new Services(serviceNames.filter((name) => !here.names.includes(name))));
  const joined = new Joined(clockAndWeather, rest);
  joined.run(3 * tickHz);
  const shard = `npc/${region}-1` as const;
  const before = rest.stateOf(shard, NpcStateSchema);
  expect(before).toMatchObject({ configured: true, severe: false });

  const set = { region, condition: "thunderstorm", intensity: 1 };
  expect(clockAndWeather.call(WeatherService.method.setWeather, set)).toMatchObject({ ok: true });
  joined.run(10 * tickHz);

  const after = rest.stateOf(shard, NpcStateSchema);
  expect(after?.severe).toBe(true);
  expect(after?.gameMs).toBeGreaterThan(before?.gameMs ?? 0n);
  const clock = clockAndWeather.stateOf("clock/main", ClockStateSchema);
  expect(clock?.configured).toBe(true);
  expect(rest.stateOf("clock/main", ClockStateSchema)).toBeUndefined();
  // What is published here is what was published there, and says so.
  expect(rest.eventsOf(TimeEventSchema).length).toBeGreaterThan(0);
  expect(rest.eventsOf(WeatherSevereEventSchema)).toMatchObject([{ region, started: true }]);
  const sources = rest.events.filter(({ type }) => type === TimeEventSchema);
  expect(new Set(sources.map(({ address }) => address))).toEqual(new Set(["bridge/main"]));
  expect(rest.deadLetters).toEqual([]);
  expect(clockAndWeather.deadLetters).toEqual([]);
  expect(rest.stateOf("bridge/main", BridgeStateSchema)?.streams).toMatchObject([
    { stream: "all", lostPacks: 0n, refusedEvents: 0n, held: [] },
  ]);
});
