import { expect, it } from "vitest";
import { liveTo } from "../../../src/actors/world/time.ts";
import { OccurrenceEventSchema, Verb } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { day, minute } from "../fixtures.ts";
import { WorldRig } from "./rig.ts";

it("a world's state is the same however its minutes are told", () => {
  const [a, b] = [1, 60 * 24 * 3].map((minutesAtOnce) => {
    const rig = new WorldRig(5, (copy) => {
      copy.gameMs = BigInt(2 * day);
    });
    rig.enter("anna", "moor-farm");
    rig.act("anna", Verb.GATHER, { item: "bread", amount: 7 });
    rig.enter("ben", "vale-mill");
    rig.act("ben", Verb.TRAVEL, { target: "moor-gate" });
    for (let at = 0; at < 60 * 24 * 3; at += minutesAtOnce) rig.liveMinutes(minutesAtOnce);
    return rig;
  });
  expect(b?.encoded()).toBe(a?.encoded());
  expect(b?.eventsOf(OccurrenceEventSchema)).toEqual(a?.eventsOf(OccurrenceEventSchema));
});

it("a world that was away for long lives through a month of market hours at most", () => {
  const rig = new WorldRig();
  liveTo(rig.world, BigInt(400 * day), rig);
  expect(rig.world.marketHour).toBe(BigInt(400 * 24));
  liveTo(rig.world, BigInt(400 * day - minute), rig);
  expect(rig.world.gameMs).toBe(BigInt(400 * day));
});
