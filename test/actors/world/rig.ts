import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { searchWays } from "../../../src/actors/common/search-ways.ts";
import { type ActRequest, act } from "../../../src/actors/world/acts.ts";
import {
  begin,
  type ConfigureWorld,
  checkConfiguration,
} from "../../../src/actors/world/configuration.ts";
import { placeStockFull } from "../../../src/actors/world/market.ts";
import { enter, knownPlayerOf } from "../../../src/actors/world/players.ts";
import { liveTo } from "../../../src/actors/world/time.ts";
import type { Outlet, Player, World } from "../../../src/actors/world/world-state.ts";
import {
  type PlayerActedEvent,
  type Verb,
  WorldStateSchema,
} from "../../../src/gen/tellurion/v1/world_pb.ts";
import { SeededRandom, seedRandom } from "../../../src/runtime/actor/random.ts";
import { codecOf } from "../../../src/runtime/index.ts";
import { minute } from "../fixtures.ts";

const place = (id: string, region: string, kind: string, x: number, sheltered = false) => ({
  ...{ id, region, kind, x, y: 0, sheltered, tags: [] },
});

const places = [
  place("moor-gate", "moor", "gate", 0),
  place("moor-inn", "moor", "inn", 400, true),
  place("moor-farm", "moor", "farm", 800),
  place("vale-market", "vale", "market", 2_400),
  place("vale-mill", "vale", "mill", 2_800, true),
  // No road leads there.
  place("vale-isle", "vale", "ruin", 9_000),
];
const roads = [
  { from: "moor-gate", to: "moor-inn", effort: 1 },
  { from: "moor-inn", to: "moor-farm", effort: 1 },
  { from: "moor-farm", to: "vale-market", effort: 2 },
  { from: "vale-market", to: "vale-mill", effort: 0 },
];

/** A moor and a vale with six places, two factions, three goods and a festival. */
export const configuration: ConfigureWorld = {
  name: "test",
  map: { places, roads, ...searchWays({ places, roads }) },
  definition: {
    factions: [
      {
        ...{ name: "reeds", title: "The Reeds", power: 60, regions: ["moor"], language: "" },
        relations: [{ faction: "hills", value: -0.5 }],
      },
      {
        ...{ name: "hills", title: "The Hills", power: 40, regions: [], language: "" },
        relations: [],
      },
    ],
    goods: [
      {
        name: "bread",
        title: "Bread",
        price: 10,
        gatheredAt: ["farm"],
        volatility: 0.5,
        food: false,
      },
      {
        name: "wood",
        title: "Wood",
        price: 4,
        gatheredAt: ["farm", "mill"],
        volatility: 1,
        food: false,
      },
      { name: "gem", title: "Gem", price: 300, gatheredAt: [], volatility: 2, food: false },
    ],
    occurrenceKinds: [
      {
        ...{ name: "raid", title: "Raid", minutes: 120, dangerous: true, attractive: false },
        ...{ priceFactor: 2, powerChange: -5, dailyChance: 0 },
      },
      {
        ...{ name: "fair", title: "Fair", minutes: 600, dangerous: false, attractive: true },
        ...{ priceFactor: 0, powerChange: 0, dailyChance: 0 },
      },
    ],
    encounterKinds: [
      {
        ...{ name: "wolf", title: "Wolf", cost: 5, strength: 0.3, places: ["gate", "farm"] },
        ...{ climates: [], drops: ["wood"] },
      },
    ],
    festivals: [
      {
        ...{ name: "lanterns", title: "Lanterns", dayOfYear: 2, days: 2 },
        ...{ regions: ["vale"], occurrence: "fair" },
      },
    ],
  },
  regions: [
    { name: "moor", climate: "marsh" },
    { name: "vale", climate: "forest" },
  ],
  roster: [
    { shard: "moor-1", first: 0, count: 10, role: "guard", region: "moor", faction: "reeds" },
    { shard: "moor-1", first: 10, count: 5, role: "baker", region: "moor", faction: "" },
    { shard: "vale-1", first: 0, count: 10, role: "miller", region: "vale", faction: "hills" },
  ],
  gameMs: 0n,
  minutesPerDay: 1_440,
  daysPerYear: 120,
};

/** A copy of it that a test may change. */
export function configurationWith(
  change: (copy: ConfigureWorld) => void = () => {},
): ConfigureWorld {
  const copy = structuredClone(configuration);
  change(copy);
  return copy;
}

const codec = codecOf(WorldStateSchema);

/** A world's state without a world around it. */
export class WorldRig implements Outlet {
  readonly world: World = create(WorldStateSchema);
  readonly random = new SeededRandom();
  readonly published: { type: DescMessage; event: MessageShape<DescMessage> }[] = [];
  readonly logged: string[] = [];

  constructor(seed = 1, change?: (copy: ConfigureWorld) => void) {
    this.random.point(seedRandom(seed, "world/main"));
    const message = configurationWith(change);
    checkConfiguration(message);
    begin(this.world, message, this);
  }

  enter(player: string, at: string): Player {
    return enter(this.world, { player, region: "", place: at }, this);
  }

  player(id: string): Player {
    return knownPlayerOf(this.world, id) as Player;
  }

  act(player: string, verb: Verb, more: Partial<ActRequest> = {}): PlayerActedEvent | undefined {
    const request = { player, verb, target: "", item: "", amount: 0, ...more };
    return act(this.world, request, this) as PlayerActedEvent | undefined;
  }

  liveMinutes(minutes: number): void {
    liveTo(this.world, this.world.gameMs + BigInt(minutes * minute), this);
  }

  /** What is held of a good, or of coins (""), by all who can hold any. */
  held(good: string): bigint {
    const { players, markets, entities, placeStocks, definition, map } = this.world;
    if (good === "") {
      return [...players, ...markets].reduce((sum, { coins }) => sum + BigInt(coins), 0n);
    }
    const i = definition?.goods.findIndex(({ name }) => name === good) ?? -1;
    const kinds = definition?.goods[i]?.gatheredAt ?? [];
    const grounds = map?.places.filter(({ kind }) => kinds.includes(kind)).length ?? 0;
    const stocks = [...players.map((p) => p.inventory), ...entities.map((e) => e.stock)].flat();
    let sum = grounds * placeStockFull;
    for (const stock of stocks) if (stock.good === good) sum += stock.amount;
    for (const market of markets) sum += market.stocks[i] ?? 0;
    for (const stock of placeStocks) {
      if (stock.good === good) sum += stock.amount - placeStockFull;
    }
    return BigInt(sum);
  }

  /** What came into the world of it less what went out. */
  inLedger(good: string): bigint {
    const entry = this.world.ledger.find((other) => other.good === good);
    return (entry?.made ?? 0n) - (entry?.used ?? 0n);
  }

  encoded(): string {
    return Buffer.from(codec.toBytes(this.world as never)).toString("base64");
  }

  eventsOf<Desc extends DescMessage>(type: Desc): MessageShape<Desc>[] {
    return this.published
      .filter((published) => published.type === type)
      .map(({ event }) => event as MessageShape<Desc>);
  }

  publish = (type: DescMessage, event: unknown): void => {
    const copy = structuredClone(event) as MessageShape<DescMessage>;
    this.published.push({ type, event: copy });
  };

  schedule = (): number => 1;

  log = (_: string, text: string): void => {
    this.logged.push(text);
  };
}
