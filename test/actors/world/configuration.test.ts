import { describe, expect, it } from "vitest";
import { searchWays } from "../../../src/actors/common/search-ways.ts";
import {
  type ConfigureWorld,
  checkConfiguration,
} from "../../../src/actors/world/configuration.ts";
import { configurationWith, WorldRig } from "./rig.ts";

type Change = (copy: Required<ConfigureWorld>) => void;

/** The item of a list, which must be there. */
function the<Item>(list: readonly Item[], i = 0): Item {
  return list[i] as Item;
}

const map = (copy: ConfigureWorld) => copy.map as NonNullable<ConfigureWorld["map"]>;
const definition = (copy: ConfigureWorld) =>
  copy.definition as NonNullable<ConfigureWorld["definition"]>;

const wrong: [Change, string][] = [
  [
    (c) => {
      c.name = "";
    },
    'pack.name="" is not valid',
  ],
  [
    (c) => {
      c.gameMs = -1n;
    },
    "pack.game_ms=-1 is not valid",
  ],
  [
    (c) => {
      c.minutesPerDay = 0;
    },
    "pack.minutes_per_day=0 is not valid",
  ],
  [
    (c) => {
      c.daysPerYear = 0;
    },
    "pack.days_per_year=0 is not valid",
  ],
  [
    (c) => {
      c.regions = [];
    },
    "pack.regions (length)=0 is not valid",
  ],
  [
    (c) => {
      the(c.regions, 1).name = "moor";
    },
    'pack.regions[1].name="moor" is not valid',
  ],
  [
    (c) => {
      the(c.regions).climate = "Ä";
    },
    'pack.regions[0].climate="Ä" is not valid',
  ],
  [
    (c) => {
      delete (c as Partial<ConfigureWorld>).map;
    },
    'pack.map="" is not valid; valid is a map',
  ],
  [
    (c) => {
      delete (c as Partial<ConfigureWorld>).definition;
    },
    'pack.definition="" is not valid',
  ],
  [
    (c) => {
      map(c).places = [];
    },
    "pack.map.places (length)=0 is not valid",
  ],
  [
    (c) => {
      the(map(c).places, 1).id = "moor-gate";
    },
    'pack.map.places[1].id="moor-gate" is not valid; valid are ids that no other place has',
  ],
  [
    (c) => {
      the(map(c).places).id = "";
    },
    'pack.map.places[0].id="" is not valid',
  ],
  [
    (c) => {
      the(map(c).places).region = "sea";
    },
    'pack.map.places[0].region="sea" is not valid; valid are moor, vale',
  ],
  [
    (c) => {
      the(map(c).places).kind = "";
    },
    'pack.map.places[0].kind="" is not valid',
  ],
  [
    (c) => {
      the(map(c).places).x = Number.NaN;
    },
    "pack.map.places[0].x=NaN is not valid",
  ],
  [
    (c) => {
      the(map(c).places).y = 1e9;
    },
    "pack.map.places[0].y=1000000000 is not valid",
  ],
  [
    (c) => {
      the(map(c).places).tags.push("?");
    },
    'pack.map.places[0].tags[0]="?" is not valid',
  ],
  [
    (c) => {
      the(map(c).roads).from = "sea";
    },
    'pack.map.roads[0].from="sea" is not valid',
  ],
  [
    (c) => {
      the(map(c).roads).to = "sea";
    },
    'pack.map.roads[0].to="sea" is not valid',
  ],
  [
    (c) => {
      the(map(c).roads).to = "moor-gate";
    },
    'pack.map.roads[0].to="moor-gate" is not valid; valid are other places',
  ],
  [
    (c) => {
      the(map(c).roads).effort = -1;
    },
    "pack.map.roads[0].effort=-1 is not valid",
  ],
  [
    (c) => {
      map(c).nextHops = new Uint8Array(71);
    },
    "pack.map.next_hops (bytes)=71 is not valid; valid are 72 bytes",
  ],
  [
    (c) => {
      map(c).distances = new Uint8Array();
    },
    "pack.map.distances (bytes)=0 is not valid",
  ],
  [
    (c) => {
      map(c).nextHops[2] = 200;
    },
    "pack.map.next_hops (from 0 to 1)=200 is not valid",
  ],
  [
    (c) => {
      map(c).distances.fill(255);
    },
    "pack.map.next_hops (from 0 to 0)=0 is not valid",
  ],
  [
    (c) => {
      the(definition(c).factions).name = "hills";
    },
    'pack.definition.factions[1].name="hills" is not valid',
  ],
  [
    (c) => {
      the(definition(c).factions).power = 101;
    },
    "pack.definition.factions[0].power=101 is not valid",
  ],
  [
    (c) => {
      the(definition(c).factions).regions = ["sea"];
    },
    'pack.definition.factions[0].regions[0]="sea" is not valid',
  ],
  [
    (c) => {
      the(definition(c).factions, 1).regions = ["moor"];
    },
    'pack.definition.factions[1].regions[0]="moor" is not valid; valid are regions that reeds does not hold',
  ],
  [
    (c) => {
      the(the(definition(c).factions).relations).faction = "seas";
    },
    'pack.definition.factions[0].relations[0]="seas" is not valid; valid are hills',
  ],
  [
    (c) => {
      the(the(definition(c).factions).relations).value = 2;
    },
    "pack.definition.factions[0].relations[0].value=2 is not valid",
  ],
  [
    (c) => {
      the(definition(c).goods).price = 0;
    },
    "pack.definition.goods[0].price=0 is not valid",
  ],
  [
    (c) => {
      the(definition(c).goods).volatility = 3;
    },
    "pack.definition.goods[0].volatility=3 is not valid",
  ],
  [
    (c) => {
      the(definition(c).goods).gatheredAt = ["sea"];
    },
    'pack.definition.goods[0].gathered_at[0]="sea" is not valid; valid are gate, inn, farm, market, mill, ruin',
  ],
  [
    (c) => {
      the(definition(c).goods, 1).name = "bread";
    },
    'pack.definition.goods[1].name="bread" is not valid',
  ],
  [
    (c) => {
      the(definition(c).goods).title = "x".repeat(201);
    },
    "pack.definition.goods[0].title (length)=201",
  ],
  [
    (c) => {
      the(definition(c).occurrenceKinds).minutes = 0;
    },
    "pack.definition.occurrence_kinds[0].minutes=0 is not valid",
  ],
  [
    (c) => {
      the(definition(c).occurrenceKinds).priceFactor = 11;
    },
    "pack.definition.occurrence_kinds[0].price_factor=11 is not valid",
  ],
  [
    (c) => {
      the(definition(c).occurrenceKinds).dailyChance = 1.5;
    },
    "pack.definition.occurrence_kinds[0].daily_chance=1.5 is not valid",
  ],
  [
    (c) => {
      the(definition(c).occurrenceKinds).powerChange = -101;
    },
    "pack.definition.occurrence_kinds[0].power_change=-101 is not valid",
  ],
  [
    (c) => {
      the(definition(c).encounterKinds).strength = 2;
    },
    "pack.definition.encounter_kinds[0].strength=2 is not valid",
  ],
  [
    (c) => {
      the(definition(c).encounterKinds).cost = -1;
    },
    "pack.definition.encounter_kinds[0].cost=-1 is not valid",
  ],
  [
    (c) => {
      the(definition(c).encounterKinds).places = ["sea"];
    },
    'pack.definition.encounter_kinds[0].places[0]="sea" is not valid',
  ],
  [
    (c) => {
      the(definition(c).encounterKinds).climates = ["sea"];
    },
    'pack.definition.encounter_kinds[0].climates[0]="sea" is not valid; valid are marsh, forest',
  ],
  [
    (c) => {
      the(definition(c).encounterKinds).drops = ["fish"];
    },
    'pack.definition.encounter_kinds[0].drops[0]="fish" is not valid; valid are bread, wood, gem',
  ],
  [
    (c) => {
      the(definition(c).festivals).dayOfYear = 120;
    },
    "pack.definition.festivals[0].day_of_year=120 is not valid",
  ],
  [
    (c) => {
      the(definition(c).festivals).days = 0;
    },
    "pack.definition.festivals[0].days=0 is not valid",
  ],
  [
    (c) => {
      the(definition(c).festivals).regions = ["sea"];
    },
    'pack.definition.festivals[0].regions[0]="sea" is not valid',
  ],
  [
    (c) => {
      the(definition(c).festivals).occurrence = "sale";
    },
    'pack.definition.festivals[0].occurrence="sale" is not valid; valid are raid, fair',
  ],
  [
    (c) => {
      the(c.roster).shard = "";
    },
    'pack.roster[0].shard="" is not valid',
  ],
  [
    (c) => {
      the(c.roster).count = 0;
    },
    "pack.roster[0].count=0 is not valid",
  ],
  [
    (c) => {
      the(c.roster).region = "sea";
    },
    'pack.roster[0].region="sea" is not valid',
  ],
  [
    (c) => {
      the(c.roster).faction = "seas";
    },
    'pack.roster[0].faction="seas" is not valid; valid are reeds, hills',
  ],
  [
    (c) => {
      the(c.roster, 1).first = 9;
    },
    "pack.roster[1].first=9 is not valid; valid are numbers that roster[0] has not",
  ],
];

describe("a world's configuration", () => {
  it("is right as the tests have it", () => {
    expect(() => checkConfiguration(configurationWith())).not.toThrow();
  });

  it.each(wrong.map(([change, text]) => ({ change, text })))(
    "is refused: $text",
    ({ change, text }) => {
      const copy = configurationWith(change as (copy: ConfigureWorld) => void);
      expect(() => checkConfiguration(copy, "pack.")).toThrow(text);
    },
  );

  it("has as many places as a map can", () => {
    const places = Array.from({ length: 512 }, (_, i) => ({
      ...{ id: `p${i}`, region: "moor", kind: "gate", x: i, y: 0, sheltered: false, tags: [] },
    }));
    const copy = configurationWith((c) => {
      c.map = { places, roads: [], ...searchWays({ places, roads: [] }) };
      definition(c).goods = [];
      definition(c).encounterKinds = [];
    });
    expect(() => checkConfiguration(copy)).not.toThrow();
    copy.map?.places.push({ ...the(places), id: "more" });
    expect(() => checkConfiguration(copy)).toThrow("map.places (length)=513 is not valid");
  });

  it("is what a world begins with", () => {
    const { world } = new WorldRig();
    expect(world.holdings).toEqual([
      { region: "moor", faction: "reeds" },
      { region: "vale", faction: "" },
    ]);
    expect(world.factions[0]?.relations).toEqual([{ faction: "hills", value: -0.5 }]);
    expect(world.factions[1]?.relations).toEqual([{ faction: "reeds", value: 0 }]);
    expect(world.markets).toHaveLength(2);
  });
});
