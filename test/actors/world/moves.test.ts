import { expect, test } from "vitest";
import { noteClock, tellTravellers } from "../../../src/actors/world/moves.ts";
import { leave } from "../../../src/actors/world/players.ts";
import { type TimeEvent, TimeEventSchema } from "../../../src/gen/tellurion/v1/clock_pb.ts";
import {
  EntitiesLeftEventSchema,
  EntitiesMovedEventSchema,
} from "../../../src/gen/tellurion/v1/entities_pb.ts";
import { Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { WorldRig } from "./rig.ts";

function timeEvent(minutes: number, scale = 60n): TimeEvent {
  return codecOf(TimeEventSchema).complete({
    previousGameMs: BigInt((minutes - 1) * 60_000),
    settledGameMs: BigInt(minutes * 60_000),
    reading: { scale: { numerator: scale, denominator: 1n } },
  }) as TimeEvent;
}

const moved = (rig: WorldRig) => rig.eventsOf(EntitiesMovedEventSchema);

test("a player who enters is told of, and one who leaves", () => {
  const rig = new WorldRig();
  rig.enter("anna", "moor-inn");
  rig.enter("bert", "moor-gate");
  expect(moved(rig)).toMatchObject([
    { group: "players", kind: "player", ids: ["player:anna"], numbers: [1], x: [40_000], y: [0] },
    { group: "players", kind: "player", ids: ["player:bert"], numbers: [2], x: [0], y: [0] },
  ]);
  leave(rig.world, "anna", rig);
  expect(rig.eventsOf(EntitiesLeftEventSchema)).toMatchObject([{ group: "players", numbers: [1] }]);
});

test("who travels is told of on the way, between two events of the clock too, and no more after it", () => {
  const rig = new WorldRig();
  const anna = rig.enter("anna", "moor-gate");
  noteClock(rig.world, timeEvent(1), { ...rig, now: 1_000 } as never);
  rig.act("anna", Verb.TRAVEL, { target: "moor-farm" });
  const minutes = anna.amount;
  expect(rig.world.moveTimer).not.toBe(0);
  const before = moved(rig).length;
  tellTravellers(rig.world, Object.assign(rig, { now: 1_000 }));
  tellTravellers(rig.world, Object.assign(rig, { now: 1_500 }));
  // No more than a minute passes unless the clock says so.
  tellTravellers(rig.world, Object.assign(rig, { now: 9_000 }));
  expect(moved(rig).slice(before)).toMatchObject([
    { x: [0], headings: Uint8Array.of(64) },
    { x: [Math.round(80_000 / minutes / 2)] },
    { x: [Math.round(80_000 / minutes)] },
  ]);
  expect(rig.world.moveTimer).not.toBe(0);
  rig.liveMinutes(minutes);
  expect(moved(rig).at(-1)).toMatchObject({ ids: ["player:anna"], x: [80_000] });
  const { length } = moved(rig);
  tellTravellers(rig.world, Object.assign(rig, { now: 10_000 }));
  expect(moved(rig)).toHaveLength(length);
  expect(rig.world.moveTimer).toBe(0);
});

test("every ten game minutes all who are here are told of, and nobody else", () => {
  const rig = new WorldRig();
  for (const id of ["anna", "bert", "carl"]) rig.enter(id, "moor-inn");
  leave(rig.world, "bert", rig);
  const before = moved(rig).length;
  for (let minute = 1; minute <= 20; minute += 1) {
    noteClock(rig.world, timeEvent(minute), Object.assign(rig, { now: 1_000 * minute }));
  }
  expect(moved(rig).slice(before)).toMatchObject(
    [10, 20].map(() => ({ complete: true, ids: ["player:anna", "player:carl"], numbers: [1, 3] })),
  );
});
