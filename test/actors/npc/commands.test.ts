import { createHash } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { type ConfigureNpcs, checkConfiguration } from "../../../src/actors/npc/configuration.ts";
import {
  ConfigureNpcsSchema,
  type DirectRequestSchema,
  NpcActivity,
  NpcService,
  NpcStateSchema,
} from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { map, NpcRig } from "./rig.ts";
import { townOf } from "./town.ts";

type Direct = Omit<MessageInitShape<typeof DirectRequestSchema>, "$typeName">;

const valid = {
  ...{ shard: "moor-0", number: 3, activity: NpcActivity.GUARD, place: "moor.tower" },
  ...{ priority: 50, leaseMinutes: 60 },
};

const badOrders: readonly (readonly [string, Partial<Direct>, string])[] = [
  [
    "a number that nobody has",
    { number: 24 },
    "number=24 is not valid; valid are integers from 0 to 23",
  ],
  ["no activity", { activity: NpcActivity.UNSPECIFIED }, "activity=0 is not valid"],
  ["an unknown activity", { activity: 99 as NpcActivity }, "activity=99 is not valid"],
  [
    "a place of nowhere",
    { place: "atlantis" },
    'place="atlantis" is not valid; valid are moor.cottage',
  ],
  ["a place of another region", { place: "vale.market" }, 'place="vale.market" is not valid'],
  [
    "a priority out of range",
    { priority: 101 },
    "priority=101 is not valid; valid are integers from 0 to 100",
  ],
  [
    "no lease",
    { leaseMinutes: 0 },
    "lease_minutes=0 is not valid; valid are integers from 1 to 10080",
  ],
  ["an endless lease", { leaseMinutes: 10_081 }, "lease_minutes=10081 is not valid"],
];

test("directives that say nothing sensible are refused with what would be valid, and change nothing", () => {
  // So slow that nothing else happens.
  const rig = new NpcRig({ scale: 0.001 });
  for (const [what, wrong, message] of badOrders) {
    const before = digestOf(rig);
    const outcome = rig.world.call(NpcService.method.direct, { ...valid, ...wrong } as Direct);
    expect(outcome, what).toMatchObject({ ok: false, code: "INVALID_ARGUMENT" });
    expect(outcome.ok ? "" : outcome.message, what).toContain(message);
    expect(digestOf(rig), what).toBe(before);
  }
  expect(rig.world.call(NpcService.method.direct, valid).ok).toBe(true);
  expect(rig.state().directives).toHaveLength(1);
});

test("queries about nobody and nowhere are refused, and so is whatever is asked of a shard without NPCs", () => {
  const rig = new NpcRig();
  const { getNpc, listNpcs, getShard } = NpcService.method;
  const ask = [
    rig.world.call(getNpc, { shard: "moor-0", number: 24 }),
    rig.world.call(listNpcs, { shard: "moor-0", place: "atlantis" }),
  ];
  for (const outcome of ask) expect(outcome).toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(rig.world.call(getShard, { shard: "nowhere-0" })).toMatchObject({ ok: false });
});

test("who is at a place is listed, with where they are", () => {
  const rig = new NpcRig({ startMs: 26 * 3_600_000 });
  rig.live(10);
  const outcome = rig.world.call(NpcService.method.listNpcs, {
    shard: "moor-0",
    place: "moor.cottage",
  });
  if (!outcome.ok) throw new Error(outcome.message);
  expect(outcome.value.npcs).toHaveLength(12);
  expect(outcome.value.npcs[0]).toMatchObject({
    ...{ id: "moor-0.0", name: "Name 0", role: "farmer", faction: "moor-folk", region: "moor" },
    ...{ place: "moor.cottage", walking: false, x: -300, y: 0, activity: NpcActivity.SLEEP },
  });
});

const role = (more: object) => ({ roles: [{ ...townOf(map, "moor", 4).roles?.[0], ...more }] });
const farmers = { population: [{ region: "moor", role: "farmer", count: 4 }] };
const slot = (more: object) => role({ schedule: [{ fromMinute: 0, activity: 3, ...more }] });
const place = (more: object) => ({
  map: { ...map, places: map.places.map((one, i) => (i === 0 ? { ...one, ...more } : one)) },
});

const badShards: readonly (readonly [object, string])[] = [
  [{ region: "Moor!" }, "region="],
  [{ region: "atlantis", population: [] }, 'region="atlantis" is not valid'],
  [{ map: undefined }, "map="],
  [{ map: { ...map, nextHops: new Uint8Array(3) } }, "map.next_hops (bytes)=3"],
  [{ map: { ...map, distances: new Uint8Array() } }, "map.distances (bytes)=0"],
  [{ map: { ...map, nextHops: map.nextHops.map(() => 77) } }, "map.next_hops (from 0 to 0)="],
  [place({ x: Number.NaN }), "map.places[0].x=NaN"],
  [place({ y: Number.POSITIVE_INFINITY }), "map.places[0].y=Infinity"],
  [place({ id: "moor.market" }), 'map.places[2].id="moor.market"'],
  [place({ kind: "" }), 'map.places[0].kind=""'],
  [{ map: { ...map, roads: [{ from: "x", to: "y", effort: 1 }] } }, 'map.roads[0].from="x"'],
  [{ map: { ...map, roads: [{ ...map.roads[0], effort: -1 }] } }, "map.roads[0].effort=-1"],
  [{ minutesPerDay: 0 }, "minutes_per_day=0"],
  [{ daysPerWeek: 0 }, "days_per_week=0"],
  [{ roles: [] }, "roles (length)=0"],
  [role({ name: "" }), "roles[0].name="],
  [role({ schedule: [] }), "roles[0].schedule (length)=0"],
  [slot({ activity: 0 }), "roles[0].schedule[0].activity=0"],
  [slot({ activity: 40 }), "roles[0].schedule[0].activity=40"],
  [slot({ fromMinute: 1_440 }), "roles[0].schedule[0].from_minute=1440"],
  [slot({ days: [6] }), "roles[0].schedule[0].days[0]=6"],
  [slot({ weather: "wet" }), 'roles[0].schedule[0].weather="wet"'],
  [slot({ placeKind: "A field" }), "roles[0].schedule[0].place_kind="],
  [
    role({
      schedule: [
        { fromMinute: 60, activity: 3 },
        { fromMinute: 30, activity: 3 },
      ],
    }),
    "roles[0].schedule[1].from_minute=30",
  ],
  [role({ traits: [1.5] }), "roles[0].traits[0]=1.5"],
  [role({ traits: [Number.NaN] }), "roles[0].traits[0]=NaN"],
  [role({ traits: Array(9).fill(0.5) }), "roles[0].traits (length)=9"],
  [role({ makes: ["grain", "grain"] }), 'roles[0].makes[1]="grain"'],
  [{ population: [{ region: "moor", role: "king", count: 1 }] }, 'population[0].role="king"'],
  [{ population: [{ region: "vale", role: "farmer", count: 1 }] }, 'population[0].region="vale"'],
  [{ population: [{ role: "farmer", count: 257 }] }, "population[0].count=257"],
  [{ population: [{ role: "farmer", count: 0 }] }, "population (NPCs) (length)=0"],
  [{ names: ["only one"] }, "names (length)=1"],
  [{ foods: ["Bread"] }, 'foods[0]="Bread"'],
  [{ goods: [{ name: "bread", price: 1e9 }] }, "goods[0].price=1000000000"],
  [{ occurrenceKinds: [{ name: "raid" }, { name: "raid" }] }, 'occurrence_kinds[1].name="raid"'],
  [{ language: "Old Tongue" }, 'language="Old Tongue"'],
  [{ gameMs: -1n }, "game_ms=-1"],
];

test.each(badShards)("a configuration with %o is refused", (wrong, message) => {
  const small = "roles" in wrong && !("population" in wrong) ? { ...farmers, names: [] } : {};
  const configuration = {
    ...codecOf(ConfigureNpcsSchema).complete(townOf(map, "moor", 4)),
    ...small,
  };
  expect(() => checkConfiguration(configuration as ConfigureNpcs)).not.toThrow();
  const bad = { ...configuration, ...wrong } as MessageInitShape<typeof ConfigureNpcsSchema>;
  const whole = codecOf(ConfigureNpcsSchema).complete(bad) as ConfigureNpcs;
  expect(() => checkConfiguration(whole)).toThrow(message);
});

test("a shard takes one configuration, and a second one changes nothing", () => {
  const rig = new NpcRig({ scale: 0.001 });
  const before = digestOf(rig);
  rig.world.send("npc/moor-0", ConfigureNpcsSchema, townOf(map, "moor", 9));
  rig.world.step();
  expect(digestOf(rig)).toBe(before);
  expect(rig.world.log.some(({ text }) => text.includes("have a configuration already"))).toBe(
    true,
  );
});

function digestOf(rig: NpcRig): string {
  const bytes = codecOf(NpcStateSchema).toBytes(rig.state());
  return createHash("sha256").update(bytes).digest("hex");
}
