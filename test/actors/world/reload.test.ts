import { describe, expect, it } from "vitest";
import { searchWays } from "../../../src/actors/common/search-ways.ts";
import {
  type ConfigureWorld,
  checkConfiguration,
} from "../../../src/actors/world/configuration.ts";
import { spawnEncounter } from "../../../src/actors/world/encounters.ts";
import { mutate } from "../../../src/actors/world/mutations.ts";
import { triggerOccurrence } from "../../../src/actors/world/occurrence-commands.ts";
import { reload } from "../../../src/actors/world/reload.ts";
import {
  EntityMutationSchema,
  OccurrenceEventSchema,
  Verb,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { configurationWith, WorldRig } from "./rig.ts";

function reloadWith(rig: WorldRig, change?: (copy: ConfigureWorld) => void): void {
  const message = configurationWith(change);
  checkConfiguration(message);
  reload(rig.world, message, rig);
}

/** Without the farm and the isle, the raid, the wolf and the wood; with fish at the mill. */
function withoutFarm(copy: ConfigureWorld): void {
  const { map, definition } = copy;
  if (!map || !definition) return;
  map.places = map.places.filter(({ id }) => id !== "moor-farm" && id !== "vale-isle");
  map.roads = [{ from: "moor-inn", to: "vale-market", effort: 1 }];
  Object.assign(map, searchWays(map));
  definition.occurrenceKinds = definition.occurrenceKinds.filter(({ name }) => name !== "raid");
  definition.encounterKinds = [];
  definition.goods = [
    { name: "fish", title: "Fish", price: 6, gatheredAt: ["mill"], volatility: 0.4, food: false },
    ...definition.goods
      .filter(({ name }) => name !== "wood")
      .map((good) => ({ ...good, gatheredAt: [] })),
  ];
}

describe("other content", () => {
  it("that is the same changes nothing but what has changed already", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-farm");
    rig.act("anna", Verb.GATHER, { item: "bread", amount: 4 });
    rig.liveMinutes(600);
    const { version: _, pending, entities, lastNumber, ...before } = structuredClone(rig.world);
    reloadWith(rig);
    expect(rig.world).toMatchObject(before);
  });

  it("ends what it does not have any more, and moves who was there", () => {
    const rig = new WorldRig();
    rig.enter("anna", "moor-farm").coins = 0;
    rig.enter("ben", "moor-gate");
    rig.act("ben", Verb.TRAVEL, { target: "moor-farm" });
    rig.act("anna", Verb.GATHER, { item: "bread", amount: 4 });
    const raid = { kind: "raid", region: "moor", place: "", intensity: 1, minutes: 0, cause: "" };
    triggerOccurrence(rig.world, raid, rig);
    const wolf = { kind: "wolf", place: "moor-gate", intensity: 1, minutes: 0, cause: "" };
    spawnEncounter(rig.world, wolf, rig);
    const well = { type: "well", place: "moor-farm", stock: [{ good: "gem", amount: 1 }] };
    const change = { case: "put", value: well } as const;
    mutate(rig.world, [codecOf(EntityMutationSchema).complete({ id: "well", change })], rig);
    reloadWith(rig, withoutFarm);
    expect(rig.eventsOf(OccurrenceEventSchema).at(-1)).toMatchObject({
      kind: "raid",
      started: false,
    });
    expect(rig.world).toMatchObject({ encounters: [], occurrences: [] });
    expect(rig.player("anna").place).toBe("moor-gate");
    expect(rig.player("ben")).toMatchObject({ place: "moor-gate", busyUntilMs: 0n });
    expect(rig.world.entities.find(({ id }) => id === "well")).toMatchObject({
      ...{ region: "moor", place: "" },
    });
    for (const good of ["", "fish", "bread", "gem"]) {
      expect([good, rig.held(good)]).toEqual([good, rig.inLedger(good)]);
    }
    expect(rig.world.markets[0]?.stocks).toHaveLength(3);
    rig.liveMinutes(3_000);
    for (const good of ["", "fish", "bread", "gem"]) {
      expect([good, rig.held(good)]).toEqual([good, rig.inLedger(good)]);
    }
  });

  it.each([
    [{ name: "other" }, 'name="other" is not valid; valid is that of the world, test'],
    [{ minutesPerDay: 1_000 }, "minutes_per_day=1000 is not valid; valid are as before, 1440"],
    [{ daysPerYear: 100 }, "days_per_year=100 is not valid; valid are as before, 120"],
  ])("is refused with %j", (change, text) => {
    const rig = new WorldRig();
    const before = rig.encoded();
    expect(() => reloadWith(rig, (copy) => Object.assign(copy, change))).toThrow(text);
    expect(rig.encoded()).toBe(before);
  });
});
