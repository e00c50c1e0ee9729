import type { ConfigureQuests as Message } from "../../gen/tellurion/v1/quest_pb.ts";
import {
  checkBigint,
  checkCount,
  checkId,
  checkInteger,
  checkNames,
  checkNumber,
  refuse,
} from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";
import { isGenerated } from "./book.ts";
import { checkIds, checkStructure } from "./check-structure.ts";
import {
  coinsMax,
  encounterKindsMax,
  goodsMax,
  placesMax,
  questsMax,
  regionsMax,
  worldFactsMax,
} from "./limits.ts";

/** Of numbers that quests have nothing to do with: they are numbers. */
const numberMax = 1_000_000_000;

export type ConfigureQuests = Plain<Message>;

/**
 * Throws a Rejection that names the first thing in a configuration that the actor could not work
 * with. Quests that nobody can complete pass: `checkDefinitions` finds them.
 */
export function checkConfiguration(configuration: ConfigureQuests, path = ""): void {
  const { quests, regions, goods, encounterKinds, facts, gameMs } = configuration;
  checkCount(`${path}quests`, quests.length, 0, questsMax);
  checkNames(`${path}quests`, quests);
  quests.forEach((quest, i) => {
    const place = `${path}quests[${i}].`;
    if (isGenerated(quest.name)) {
      refuse(`${place}name`, quest.name, "do not begin with gen. which is kept for generated ones");
    }
    checkStructure(quest, place);
  });
  checkIds(`${path}regions`, regions, regionsMax);
  checkPlaces(configuration, path);
  checkCount(`${path}goods`, goods.length, 0, goodsMax);
  checkNames(`${path}goods`, goods);
  goods.forEach(({ price, volatility, gatheredAt }, i) => {
    checkNumber(`${path}goods[${i}].volatility`, volatility, 0, numberMax);
    checkInteger(`${path}goods[${i}].price`, price, 0, coinsMax);
    checkIds(`${path}goods[${i}].gathered_at`, gatheredAt, placesMax);
  });
  checkCount(`${path}encounter_kinds`, encounterKinds.length, 0, encounterKindsMax);
  checkNames(`${path}encounter_kinds`, encounterKinds);
  encounterKinds.forEach(({ cost, strength }, i) => {
    checkNumber(`${path}encounter_kinds[${i}].cost`, cost, 0, numberMax);
    checkNumber(`${path}encounter_kinds[${i}].strength`, strength, 0, 1);
  });
  checkIds(`${path}facts`, facts, worldFactsMax);
  checkBigint(`${path}game_ms`, gameMs, 0n, gameMsMax);
}

function checkPlaces({ places, regions }: ConfigureQuests, path: string): void {
  checkCount(`${path}places`, places.length, 0, placesMax);
  const known = new Set(regions);
  const ids = new Set<string>();
  places.forEach(({ id, region, kind }, i) => {
    const place = `${path}places[${i}]`;
    checkId(`${place}.id`, id);
    if (ids.has(id)) refuse(`${place}.id`, id, "are ids that no other place has");
    ids.add(id);
    if (!known.has(region)) refuse(`${place}.region`, region, "are regions that are listed");
    if (kind !== "") checkId(`${place}.kind`, kind);
  });
}
