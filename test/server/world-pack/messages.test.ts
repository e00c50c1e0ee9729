import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actors } from "../../../src/actors/index.ts";
import { ConfigureLanguageSchema } from "../../../src/gen/tellurion/v1/language_pb.ts";
import { ConfigureNpcsSchema } from "../../../src/gen/tellurion/v1/npc_pb.ts";
import { ConfigureQuestsSchema } from "../../../src/gen/tellurion/v1/quest_pb.ts";
import { ConfigureStorySchema } from "../../../src/gen/tellurion/v1/story_pb.ts";
import { ConfigureStorytellerSchema } from "../../../src/gen/tellurion/v1/storyteller_pb.ts";
import { ConfigureTracesSchema } from "../../../src/gen/tellurion/v1/traces_pb.ts";
import { ConfigureWorldSchema } from "../../../src/gen/tellurion/v1/world_pb.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { loadPack } from "../../../src/server/pack/load.ts";
import { packMessages } from "../../../src/server/pack/messages.ts";
import { npcsPerShardMax, rosterOf, shardsOf } from "../../../src/server/pack/npc-shards.ts";
import type { Pack } from "../../../src/server/pack/pack.ts";
import { loadWorldPack } from "../../../src/server/world-pack.ts";
import { sample, small } from "./packs.ts";

async function packOf(folder: string): Promise<Pack> {
  const { pack } = await loadPack(folder);
  if (pack === undefined) throw new Error("the pack is not valid");
  return pack;
}

async function messageTo<Desc extends DescMessage>(
  address: string,
  type: Desc,
): Promise<MessageShape<Desc>> {
  const found = packMessages(await packOf(small)).find((item) => item.address === address);
  if (found?.type !== type) throw new Error(`no such message to ${address}`);
  return create(type, found.message as never);
}

describe("what a pack tells the actors of its world", () => {
  test("is a message for each of them, in the same order each time", async () => {
    const addresses = packMessages(await packOf(small)).map(({ address }) => address);
    expect(addresses).toEqual([
      ...["clock/main", "weather/north", "weather/south", "sky/main", "world/main"],
      ...["npc/north-1", "npc/north-2", "npc/south-1"],
      ...["quest/main", "storyteller/main", "story/main"],
      ...["traces/north", "traces/south", "language/high", "language/low"],
    ]);
  });

  test("is the same bytes each time", async () => {
    const bytes = async () =>
      packMessages(await packOf(sample)).map(({ type, message }) => codecOf(type).toBytes(message));
    expect(await bytes()).toEqual(await bytes());
  });

  test("has the ways between places in it", async () => {
    const { map, roster, daysPerYear, minutesPerDay, regions } = await messageTo(
      "world/main",
      ConfigureWorldSchema,
    );
    expect({ daysPerYear, minutesPerDay }).toEqual({ daysPerYear: 30, minutesPerDay: 1_440 });
    expect(regions).toMatchObject([{ name: "north", climate: "fen" }, { name: "south" }]);
    const hops = map?.nextHops ?? new Uint8Array();
    const view = new DataView(hops.buffer, hops.byteOffset, hops.byteLength);
    // From the pond (1) to the stall (3) by way of the hut (0).
    expect(view.getUint16(2 * (1 * 4 + 3), true)).toBe(0);
    expect(roster).toMatchObject([
      { shard: "north-1", first: 0, count: 256, role: "fisher", faction: "folk" },
      { shard: "north-2", first: 0, count: 44, role: "fisher", region: "north" },
      { shard: "south-1", first: 0, count: 7, role: "trader", faction: "traders" },
    ]);
  });

  test("gives each NPC a name, and each shard its own roles and language", async () => {
    const north = await messageTo("npc/north-1", ConfigureNpcsSchema);
    const south = await messageTo("npc/south-1", ConfigureNpcsSchema);
    expect(north.roles.map(({ name }) => name)).toEqual(["fisher"]);
    expect(north.names).toHaveLength(256);
    expect(new Set(north.names).size).toBe(256);
    expect(north.language).toBe("low");
    expect(south.names).toHaveLength(7);
    expect(south).toMatchObject({ region: "south", language: "low", daysPerWeek: 7 });
  });

  test("tells services what they need of other parts", async () => {
    expect(await messageTo("quest/main", ConfigureQuestsSchema)).toMatchObject({
      quests: [{ name: "fish-supper" }, { name: "imp-hunt" }],
      regions: ["north", "south"],
      places: [{ id: "hut", region: "north", kind: "home" }, {}, {}, { id: "stall" }],
      goods: [{ name: "fish" }, { name: "net" }],
      encounterKinds: [{ name: "imp" }],
    });
    expect(await messageTo("storyteller/main", ConfigureStorytellerSchema)).toMatchObject({
      personality: { name: "even" },
      storylets: [{ name: "an-imp" }, { name: "a-hunt" }],
      lookAhead: false,
    });
    expect(await messageTo("story/main", ConfigureStorySchema)).toMatchObject({
      dialogues: [{ name: "gate" }],
      facts: ["gate-shut"],
    });
    expect(await messageTo("traces/south", ConfigureTracesSchema)).toMatchObject({
      region: "south",
      places: [
        { id: "house", title: "House", kind: "home" },
        { id: "stall", title: "Stall" },
      ],
      tracesMax: 256,
      language: "low",
    });
    expect(await messageTo("language/low", ConfigureLanguageSchema)).toMatchObject({
      lineage: [{ name: "high" }, { name: "low" }],
      concepts: ["fish", "water", "home"],
      regions: ["north", "south"],
    });
  });
});

test("a world begins with an actor of every kind", async () => {
  const { bootstrap } = await loadWorldPack(sample);
  const begun = new Set(bootstrap.map(({ address }) => address.split("/")[0]));
  // The bridge begins when another part sends something.
  expect([...begun, "bridge"].sort()).toEqual(actors.map(({ kind }) => kind).sort());
});

test("every NPC is in one shard, and none is too large", async () => {
  const pack = await packOf(small);
  const [first] = pack.parts.population;
  if (first === undefined) throw new Error("nobody lives there");
  const group = fc.record({
    region: fc.constantFrom("north", "south"),
    count: fc.integer({ min: 1, max: 700 }),
    role: fc.constantFrom("fisher", "trader"),
  });
  const property = fc.property(fc.array(group, { maxLength: 6 }), (groups) => {
    const population = groups.map((one) => ({ ...first, value: { ...first.value, ...one } }));
    const shards = shardsOf({ ...pack, parts: { ...pack.parts, population } });
    const roster = rosterOf(shards);
    for (const region of ["north", "south"]) {
      for (const role of ["fisher", "trader"]) {
        const isIt = (one: { region?: string; role?: string }) =>
          one.region === region && one.role === role;
        const sum = (counts: readonly { count?: number }[]) =>
          counts.reduce((total, { count = 0 }) => total + count, 0);
        expect(sum(roster.filter(isIt))).toBe(sum(groups.filter(isIt)));
      }
    }
    for (const shard of shards) expect(shard.count).toBeLessThanOrEqual(npcsPerShardMax);
    expect(new Set(shards.map(({ name }) => name)).size).toBe(shards.length);
  });
  fc.assert(property, { numRuns: 50 });
});
