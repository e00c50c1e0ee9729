import { expect, test } from "vitest";
import {
  NpcActivity,
  NpcNeedEventSchema,
  NpcReason,
} from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { ShardRig } from "./shard-rig.ts";
import { roles } from "./town.ts";

const { SLEEP, EAT, WORK, TRADE, SOCIALISE, SHELTER, FLEE, CELEBRATE, GUARD, TRAVEL } = NpcActivity;
const hour = 60;

/** A shard near players, at an hour of its first days. */
function townAt(hours: number, options: ConstructorParameters<typeof ShardRig>[0] = {}): ShardRig {
  const rig = new ShardRig({ count: 60, ...options });
  rig.act();
  for (let passed = 0; passed < hours; passed += 1) {
    rig.act();
    rig.live(hour);
  }
  return rig;
}

const roleOf = (rig: ShardRig, npc: number) => roles[rig.columns.role[npc] as number]?.name;

const placeOf = (rig: ShardRig, npc: number) =>
  rig.turn.map.places[rig.columns.wayTo[npc] as number]?.id;

test("near players people sleep at night, work by day where their role works, and meet in the evening", () => {
  const rig = townAt(27);
  expect(rig.doing(SLEEP)).toBeGreaterThan(50);
  rig.live(7 * hour);
  const working = rig.doing(WORK) + rig.doing(GUARD) + rig.doing(TRADE);
  expect(working).toBeGreaterThan(50);
  const farmer = rig.columns.activity.findIndex(
    (activity, npc) => activity === WORK && roleOf(rig, npc) === "farmer",
  );
  expect(placeOf(rig, farmer)).toBe("moor.field");
  rig.live(8 * hour);
  expect(rig.doing(SOCIALISE)).toBeGreaterThan(30);
  const meals = rig.actions().filter(({ activity }) => activity === EAT).length;
  expect(meals).toBeGreaterThan(60 * 2);
});

test("days of the week and occurrences change a schedule", () => {
  const priestDoes = (day: number, minute: number, withFair: boolean) => {
    const rig = new ShardRig({ count: 60, startMinute: day * 1_440 + minute - 30 });
    if (withFair) rig.occur({ id: "fair", kind: "fair", place: "moor.market", intensity: 0.1 });
    rig.live(125);
    const priest = Array.from(rig.columns.role).findIndex((role) => roles[role]?.name === "priest");
    return rig.actions().flatMap(({ npc, activity }) => (npc === priest ? [activity] : []));
  };
  expect(priestDoes(3, 740, false)).toContain(NpcActivity.WORSHIP);
  expect(priestDoes(4, 740, false)).not.toContain(NpcActivity.WORSHIP);
  expect(priestDoes(4, 1_040, true)).toContain(CELEBRATE);
  expect(priestDoes(4, 1_040, false)).not.toContain(CELEBRATE);
});

test("in severe weather all take shelter but those whom weather does not stop, and come out after it", () => {
  const rig = townAt(9);
  expect(rig.doing(SHELTER)).toBe(0);
  rig.shard.severe = true;
  rig.live(3);
  for (let npc = 0; npc < 60; npc += 1) {
    const isGuard = roleOf(rig, npc) === "guard";
    if (isGuard) expect(rig.columns.activity[npc]).not.toBe(SHELTER);
    else expect(rig.columns.activity[npc]).toBe(SHELTER);
  }
  rig.live(30);
  const sheltering = [...rig.columns.activity.keys()].filter(
    (npc) => rig.columns.activity[npc] === SHELTER,
  );
  for (const npc of sheltering) {
    expect(rig.turn.map.places[rig.columns.wayTo[npc] as number]?.sheltered).toBe(true);
  }
  rig.shard.severe = false;
  rig.live(3);
  expect(rig.doing(SHELTER)).toBe(0);
});

test("people run from a raid on the place where they are, and nobody goes there until it is over", () => {
  const rig = townAt(10);
  const market = rig.turn.map.places.findIndex(({ id }) => id === "moor.market");
  const there = [...rig.columns.wayTo.keys()].filter(
    (npc) => rig.columns.wayTo[npc] === market && roleOf(rig, npc) !== "guard",
  );
  expect(there.length).toBeGreaterThan(3);
  rig.occur({ place: "moor.market" });
  rig.live(2);
  const fled = rig.actions().filter(({ activity }) => activity === FLEE);
  expect(fled.map(({ npc }) => npc).sort()).toEqual(expect.arrayContaining(there.slice(0, 3)));
  expect(fled.every(({ reason }) => reason === NpcReason.DANGER)).toBe(true);
  rig.live(40);
  const still = [...rig.columns.wayTo.keys()].filter((npc) => rig.columns.wayTo[npc] === market);
  expect(still.filter((npc) => roleOf(rig, npc) !== "guard")).toEqual([]);
  rig.occur({ place: "moor.market", started: false });
  rig.live(40);
  expect(rig.columns.wayTo.includes(market)).toBe(true);
});

test("a flood of the whole region drives people under a roof", () => {
  const rig = townAt(10);
  rig.occur({ id: "flood", kind: "flood" });
  rig.live(2);
  expect(rig.doing(SHELTER)).toBeGreaterThan(30);
  expect(rig.doing(FLEE)).toBe(0);
});

test("a fair draws those who are free, and few of those at work", () => {
  const celebrating = [10, 17].map((hours) => {
    const rig = townAt(hours);
    rig.occur({ id: "fair", kind: "fair", place: "moor.market", intensity: 0.8 });
    rig.live(60);
    return rig.doing(CELEBRATE);
  });
  expect(celebrating[0]).toBeLessThan(15);
  expect(celebrating[1]).toBeGreaterThan(40);
});

test("a decision is explained from what it was made from: the parts add up and the best one was chosen", () => {
  const rig = townAt(10);
  for (let npc = 0; npc < 60; npc += 1) {
    const { options, npc: reading } = rig.npc(npc);
    expect(options).toHaveLength(12);
    const [best, ...others] = options;
    expect(best).toMatchObject({ chosen: true, lost: "", activity: reading.activity });
    for (const option of options) {
      const sum = option.parts.reduce((total, { value }) => total + value, 0);
      expect(option.score).toBeCloseTo(sum, 9);
    }
    for (const other of others) expect(other.lost).not.toBe("");
  }
});

test("far from players nobody decides: there is a reason, and no decision to explain", () => {
  const rig = new ShardRig({ startMinute: 600 });
  rig.live(61);
  const { options, npc } = rig.npc(0);
  expect(options).toEqual([]);
  expect(npc).toMatchObject({ activity: WORK, reason: NpcReason.SCHEDULE });
});

test("what somebody does is gone on with for a while: two equal wishes do not take turns", () => {
  const rig = townAt(8);
  const before = rig.actions().length;
  rig.live(120);
  const changes = rig.actions().length - before;
  expect(changes).toBeLessThan(60 * 3);
});

test("of directives the highest priority holds, then the newest; when their leases end, life goes on", () => {
  const rig = townAt(10);
  const order = { number: 5, place: "moor.tower", leaseMinutes: 30 };
  const direct = (activity: NpcActivity, priority: number, more = {}) =>
    rig.direct({ ...order, activity, priority, ...more });
  expect(direct(TRAVEL, 10).activity).toBe(TRAVEL);
  expect(direct(GUARD, 5, { leaseMinutes: 600 }).activity).toBe(TRAVEL);
  expect(direct(SOCIALISE, 10).activity).toBe(SOCIALISE);
  rig.live(2);
  expect(rig.columns.activity[5]).toBe(SOCIALISE);
  expect(placeOf(rig, 5)).toBe("moor.tower");
  rig.live(31);
  expect(rig.columns.activity[5]).toBe(GUARD);
  rig.live(600);
  expect(rig.npc(5).directive).toBeUndefined();
  expect(rig.columns.activity[5]).not.toBe(GUARD);
});

test("a directive holds far from players too", () => {
  const rig = new ShardRig({ startMinute: 600 });
  rig.live(10);
  rig.direct({ number: 3, activity: TRAVEL, place: "moor.mill", priority: 1, leaseMinutes: 300 });
  rig.live(120);
  expect(placeOf(rig, 3)).toBe("moor.mill");
  rig.live(240);
  expect(rig.columns.activity[3]).not.toBe(TRAVEL);
});

test("of many directives the weakest give way, so that a shard keeps few of each NPC", () => {
  const rig = townAt(1);
  for (let priority = 0; priority < 20; priority += 1) {
    rig.direct({ number: 1, activity: GUARD, place: "", priority, leaseMinutes: 60 });
  }
  expect(rig.shard.directives.map(({ priority }) => priority)).toEqual([16, 17, 18, 19]);
});

test("whoever has nothing to eat and cannot buy it goes hungry and asks for help, not too often", () => {
  const rig = new ShardRig({ count: 60, startMinute: 480, more: { foods: ["bread"] } });
  const starve = () => {
    rig.columns.possessions.fill(0);
    rig.columns.stock.fill(0);
    rig.columns.progress.fill(0);
    rig.columns.needs.forEach((_, i) => {
      if (i % 5 === 0) rig.columns.needs[i] = 0.95;
    });
  };
  rig.act();
  for (let i = 0; i < 120; i += 1) {
    starve();
    rig.live(1);
  }
  expect(rig.doing(EAT)).toBe(0);
  const asked = rig.eventsOf(NpcNeedEventSchema);
  expect(asked.length).toBeGreaterThanOrEqual(4);
  expect(asked.length).toBeLessThanOrEqual(6);
  expect(asked[0]).toMatchObject({ need: "food", good: "bread", region: "moor" });
  expect(new Set(asked.map(({ npc }) => npc)).size).toBe(asked.length);
});
