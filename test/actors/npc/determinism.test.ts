import { expect, test } from "vitest";
import { clock } from "../../../src/actors/clock/clock.ts";
import { npc } from "../../../src/actors/npc/npc.ts";
import { ConfigureClockSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import { ConfigureNpcsSchema, NpcActionEventSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import type { Bootstrap } from "../../../src/runtime/host.ts";
import { encodeBootstrap } from "../../../src/runtime/world/bootstrap.ts";
import { InlineRun, input, read, snapshotOf } from "../../support/inline.ts";
import { calendar } from "../fixtures.ts";
import { map, NpcRig } from "./rig.ts";
import { townOf } from "./town.ts";

const hour = 3_600_000;

/** An afternoon with a visitor, a raid and a fight. */
function run(placed: { workers: number; shuffleEveryFrames: number }, seed = 7) {
  const rig = new NpcRig({
    ...placed,
    seed,
    shards: { "moor-0": 16, "moor-1": 8, "vale-0": 8 },
    scale: 3_600,
    startMs: 16 * hour,
  });
  const hashes: string[] = [];
  const live = (minutes: number): void => {
    for (let i = 0; i < minutes; i += 10) {
      rig.live(10);
      hashes.push(rig.world.hash());
    }
  };
  live(20);
  rig.act({ verb: Verb.TALK, target: "moor-0.4" });
  live(30);
  const raid = { id: "raid-1", kind: "raid", region: "moor", place: "moor.market" };
  rig.tell(OccurrenceEventSchema, { ...raid, intensity: 0.9, started: true });
  live(40);
  rig.act({ verb: Verb.FIGHT, target: "wolf", success: true, place: "moor.inn" });
  rig.tell(OccurrenceEventSchema, { ...raid, started: false });
  live(30);
  const actions = rig.world
    .eventsOf(NpcActionEventSchema)
    .map(
      ({ shard, actions: bytes, gameMs }) =>
        `${gameMs} ${shard} ${Buffer.from(bytes).toString("hex")}`,
    )
    .sort();
  return { rig, hashes, actions };
}

test("the same seed gives the same actions with 1, 2 and 4 workers, however shards move between them", () => {
  const alone = run({ workers: 1, shuffleEveryFrames: 0 });
  expect(alone.actions.length).toBeGreaterThan(20);
  expect(alone.rig.world.deadLetters).toEqual([]);
  expect(alone.rig.world.log).toEqual([]);
  for (const placed of [
    { workers: 2, shuffleEveryFrames: 2 },
    { workers: 4, shuffleEveryFrames: 3 },
  ]) {
    const other = run(placed);
    expect(other.hashes).toEqual(alone.hashes);
    expect(other.actions).toEqual(alone.actions);
  }
  expect(run({ workers: 1, shuffleEveryFrames: 0 }, 8).hashes).not.toEqual(alone.hashes);
});

test("a world that goes on from a snapshot goes on as if nothing had been", () => {
  const kinds = [clock, npc];
  const start = { case: "startGameMs", value: BigInt(16 * hour) } as const;
  const first: Bootstrap[] = [
    {
      address: "npc/moor-0",
      type: ConfigureNpcsSchema,
      message: townOf(map, "moor", 20, { gameMs: BigInt(16 * hour) }),
    },
    {
      address: "clock/main",
      type: ConfigureClockSchema,
      message: { calendar, scale: 3_600, start, schedules: [] },
    },
  ];
  const deed = {
    ...{ player: "anna", verb: Verb.TALK, region: "moor", place: "moor.inn" },
    ...{ target: "moor-0.3", success: true },
  };
  const run = new InlineRun(kinds);
  run.world.runFrame(encodeBootstrap(first));
  run.world.runFrame([input("npc/moor-0", PlayerActedEventSchema, deed)]);
  for (let i = 0; i < 45; i += 1) run.world.runFrame([]);
  const other = new InlineRun(kinds, { restored: read(snapshotOf(run), kinds) });
  for (let i = 0; i < 45; i += 1) {
    run.world.runFrame([]);
    other.world.runFrame([]);
    expect(other.hash).toBe(run.hash);
  }
  expect(run.log).toEqual([]);
});
