import type { MessageInitShape } from "@bufbuild/protobuf";
import { searchWays } from "../../../src/actors/common/search-ways.ts";
import type { WorldMap } from "../../../src/actors/common/world-map.ts";
import { type ConfigureNpcsSchema, NpcActivity } from "../../../src/gen/tellurion/v1/npc_pb.ts";

type Configuration = MessageInitShape<typeof ConfigureNpcsSchema>;

const kinds = [
  ["cottage", "home", -300, 0, true],
  ["farmhouse", "home", 500, 100, true],
  ["market", "market", 0, 0, false],
  ["inn", "inn", 100, 50, true],
  ["field", "field", 900, 300, false],
  ["shrine", "shrine", -200, 250, true],
  ["tower", "watchtower", 0, 600, true],
  ["mill", "mill", 400, -250, true],
] as const;

const roads = [
  ["cottage", "market"],
  ["market", "inn"],
  ["market", "farmhouse"],
  ["farmhouse", "field"],
  ["cottage", "shrine"],
  ["market", "tower"],
  ["market", "mill"],
] as const;

/** Regions with eight places each, in a row; the first two are near each other, the others far. */
export function mapOf(regions: readonly string[]): WorldMap {
  const eastOf = (i: number): number => (i < 2 ? 3_000 * i : 20_000 * i);
  const places = regions.flatMap((region, i) =>
    kinds.map(([name, kind, x, y, sheltered]) => ({
      ...{ id: `${region}.${name}`, region, kind, x: x + eastOf(i), y, sheltered, tags: [] },
    })),
  );
  const within = regions.flatMap((region) =>
    roads.map(([from, to]) => ({ from: `${region}.${from}`, to: `${region}.${to}`, effort: 1 })),
  );
  const between = regions.slice(1).map((region, i) => {
    return { from: `${regions[i]}.market`, to: `${region}.market`, effort: 1 };
  });
  const map = { places, roads: [...within, ...between] };
  return { ...map, ...searchWays(map) };
}

const { SLEEP, EAT, WORK, TRADE, SOCIALISE, WORSHIP, CELEBRATE, GUARD, IDLE } = NpcActivity;

const slot = (fromMinute: number, activity: NpcActivity, placeKind = "") => ({
  ...{ fromMinute, activity, placeKind },
});

/** A day from sleep to sleep, with work at a kind of place. */
const dayAt = (activity: NpcActivity, placeKind: string) => [
  slot(330, EAT),
  slot(390, activity, placeKind),
  slot(720, EAT),
  slot(780, activity, placeKind),
  slot(1_020, SOCIALISE, "inn"),
  slot(1_140, EAT),
  slot(1_200, IDLE),
  slot(1_290, SLEEP),
];

export const roles = [
  { name: "farmer", schedule: dayAt(WORK, "field"), makes: ["grain"], needs: ["tools"] },
  { name: "miller", schedule: dayAt(WORK, "mill"), makes: ["bread"], needs: ["grain"] },
  { name: "smith", schedule: dayAt(WORK, "market"), makes: ["tools"] },
  { name: "trader", schedule: dayAt(TRADE, "market") },
  {
    name: "priest",
    schedule: [
      ...dayAt(WORK, "shrine").slice(0, 3),
      { ...slot(730, WORSHIP, "shrine"), days: [0, 3] },
      ...dayAt(WORK, "shrine").slice(3, 5),
      { ...slot(1_030, CELEBRATE, "market"), occurrence: "fair" },
      ...dayAt(WORK, "shrine").slice(5),
    ],
    traits: [0.5, 0.5, 0.5, 1],
  },
  { name: "guard", schedule: dayAt(GUARD, "watchtower"), weatherproof: true },
];

export const occurrenceKinds = [
  { name: "raid", minutes: 120, dangerous: true },
  { name: "flood", minutes: 300, dangerous: true },
  { name: "fair", minutes: 300, attractive: true },
];

const shares = [0.3, 0.25, 0.1, 0.15, 0.05, 0.15];

/** What sets up a shard of a region. */
export function townOf(
  map: WorldMap,
  region: string,
  count: number,
  more: Partial<Configuration> = {},
): Configuration {
  let left = count;
  const population = roles.map(({ name }, i) => {
    const own =
      i === roles.length - 1 ? left : Math.min(left, Math.round(count * (shares[i] ?? 0)));
    left -= own;
    return { region, role: name, count: own, faction: `${region}-folk` };
  });
  const configuration = {
    ...{ region, map, roles, population, occurrenceKinds },
    names: Array.from({ length: count }, (_, i) => `Name ${i}`),
    language: "old-tongue",
    ...{ minutesPerDay: 1_440, daysPerWeek: 6, foods: ["bread", "grain"] },
    goods: [
      { name: "bread", price: 3 },
      { name: "grain", price: 2 },
      { name: "tools", price: 5 },
    ],
  };
  return { ...configuration, ...more } as Configuration;
}
