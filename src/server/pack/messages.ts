import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { searchWays } from "../../actors/common/search-ways.ts";
import { skyOverPlaces } from "../../actors/sky/configuration.ts";
import { type Calendar, ConfigureClockSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import { ConfigureLanguageSchema } from "../../gen/tellurion/v1/language_pb.ts";
import type { WorldMapSchema } from "../../gen/tellurion/v1/map_pb.ts";
import { ConfigureNpcsSchema } from "../../gen/tellurion/v1/npc_pb.ts";
import { ConfigureQuestsSchema } from "../../gen/tellurion/v1/quest_pb.ts";
import { ConfigureStorySchema } from "../../gen/tellurion/v1/story_pb.ts";
import { ConfigureStorytellerSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import { ConfigureTracesSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import { ConfigureSkySchema, ConfigureWeatherSchema } from "../../gen/tellurion/v1/weather_pb.ts";
import { ConfigureWorldSchema } from "../../gen/tellurion/v1/world_pb.ts";
import type { Bootstrap } from "../../runtime/host.ts";
import { beginningOf } from "./beginning.ts";
import { languageOfPack, personName, tonguesOf } from "./npc-names.ts";
import { rosterOf, shardsOf } from "./npc-shards.ts";
import type { Pack, PackClimate } from "./pack.ts";
import type { Located } from "./parts.ts";
import { languageOf } from "./region-language.ts";

/** What a map, a beginning and a calendar come to; many messages have them. */
interface Common {
  readonly map: MessageInitShape<typeof WorldMapSchema>;
  readonly season: string;
  readonly gameMs: bigint;
  readonly minutesPerDay: number;
  readonly daysPerYear: number;
  readonly daysPerWeek: number;
}

/**
 * What every actor of a world is told first. A service has a message where the pack says anything
 * that is its concern.
 */
export function packMessages(pack: Pack): Bootstrap[] {
  const common = commonOf(pack);
  const { map, languages, quests, personalities, traces } = pack.parts;
  return [
    message("clock/main", ConfigureClockSchema, pack.plan.clock),
    ...weatherMessages(pack, common),
    ...(map.length > 0 ? [skyMessage(pack, common), worldMessage(pack, common)] : []),
    ...(map.length > 0 ? npcMessages(pack, common) : []),
    ...(quests.length > 0 ? [questMessage(pack, common)] : []),
    ...(personalities.length > 0 ? [storytellerMessage(pack, common)] : []),
    ...(pack.dialogues.length > 0 ? [storyMessage(pack, common)] : []),
    ...(traces.length > 0 ? traceMessages(pack, common) : []),
    ...languages.map(({ value }) => languageMessage(pack, value.name)),
  ];
}

function message<Desc extends DescMessage>(
  address: Bootstrap["address"],
  type: Desc,
  init: MessageInitShape<Desc>,
): Bootstrap {
  return { address, type, message: init as MessageInitShape<DescMessage> };
}

function commonOf(pack: Pack): Common {
  const { plan, parts } = pack;
  const calendar = plan.clock.calendar as Calendar;
  const places = valuesOf(parts.map).flatMap((map) => map.places);
  const roads = valuesOf(parts.map).flatMap((map) => map.roads);
  return {
    map: { places, roads, ...searchWays({ places, roads }) },
    ...beginningOf(pack),
    minutesPerDay: calendar.hoursPerDay * calendar.minutesPerHour,
    daysPerYear: calendar.months.reduce((days, month) => days + month.days, 0),
    daysPerWeek: calendar.daysPerWeek,
  };
}

function valuesOf<Value>(items: readonly Located<Value>[]): Value[] {
  return items.map(({ value }) => value);
}

function weatherMessages({ plan, climates }: Pack, { season, gameMs }: Common): Bootstrap[] {
  return plan.regions.map(({ name, climate: climateName, condition }) => {
    const { climate } = climates.get(climateName) as PackClimate;
    const init = { climate, season, condition, gameMs };
    return message(`weather/${name}`, ConfigureWeatherSchema, init);
  });
}

function skyMessage(pack: Pack, { map, gameMs }: Common): Bootstrap {
  const places = (map.places ?? []).map(({ region = "", x = 0, y = 0 }) => ({ region, x, y }));
  return message("sky/main", ConfigureSkySchema, skyOverPlaces(places, regionsOf(pack), gameMs));
}

function worldMessage(pack: Pack, common: Common): Bootstrap {
  const { plan, parts } = pack;
  const { map, gameMs, minutesPerDay, daysPerYear } = common;
  const definition = {
    factions: valuesOf(parts.factions),
    goods: valuesOf(parts.goods),
    occurrenceKinds: valuesOf(parts.occurrences),
    encounterKinds: valuesOf(parts.encounters),
    festivals: valuesOf(parts.festivals),
  };
  const roster = rosterOf(shardsOf(pack));
  return message("world/main", ConfigureWorldSchema, {
    ...{ name: plan.name, map, definition, roster, gameMs, minutesPerDay, daysPerYear },
    regions: regionsOf(pack),
  });
}

function regionsOf({ plan }: Pack) {
  return plan.regions.map(({ name, climate }) => ({ name, climate }));
}

function npcMessages(pack: Pack, common: Common): Bootstrap[] {
  const { map, minutesPerDay, daysPerWeek, gameMs } = common;
  const roles = valuesOf(pack.parts.roles);
  const occurrenceKinds = valuesOf(pack.parts.occurrences);
  const goods = valuesOf(pack.parts.goods);
  const foods = goods.filter(({ food }) => food).map(({ name }) => name);
  const tongues = tonguesOf(pack);
  const named = new Map<string, number>();
  return shardsOf(pack).map(({ name, region, population, count }) => {
    const plan = pack.plan.regions.find((known) => known.name === region);
    const language = plan ? languageOf(pack, plan) : "";
    const first = named.get(language) ?? 0;
    named.set(language, first + count);
    const names = Array.from({ length: count }, (_, i) =>
      personName(tongues.get(language), first + i),
    );
    const used = new Set(population.map(({ role }) => role));
    return message(`npc/${name}`, ConfigureNpcsSchema, {
      ...{ region, map, population: [...population], names, occurrenceKinds, language },
      roles: roles.filter((role) => used.has(role.name)),
      ...{ minutesPerDay, daysPerWeek, gameMs, goods, foods },
    });
  });
}

function questMessage({ plan, parts }: Pack, { map, gameMs }: Common): Bootstrap {
  return message("quest/main", ConfigureQuestsSchema, {
    quests: valuesOf(parts.quests),
    regions: plan.regions.map(({ name }) => name),
    places: placesOf(map),
    goods: valuesOf(parts.goods),
    encounterKinds: valuesOf(parts.encounters),
    ...{ facts: [...plan.facts], gameMs },
  });
}

function storytellerMessage(pack: Pack, { map, gameMs }: Common): Bootstrap {
  const { plan, parts } = pack;
  const personalities = valuesOf(parts.personalities);
  const { personality: chosen, lookAhead } = plan.storyteller;
  const personality = personalities.find(({ name }) => name === chosen) ?? personalities[0];
  return message("storyteller/main", ConfigureStorytellerSchema, {
    ...(personality && { personality }),
    ...{ personalities, lookAhead, gameMs },
    occurrenceKinds: valuesOf(parts.occurrences),
    storylets: valuesOf(parts.storylets),
    encounterKinds: valuesOf(parts.encounters),
    regions: regionsOf(pack),
    places: placesOf(map),
  });
}

function placesOf({ places = [] }: Common["map"]) {
  return places.map(({ id = "", region = "", kind = "" }) => ({ id, region, kind }));
}

function storyMessage({ plan, parts, dialogues }: Pack, common: Common): Bootstrap {
  const { gameMs, minutesPerDay, map } = common;
  const { quests, roles, goods, occurrences, encounters, factions } = parts;
  const titles = new Map((map.places ?? []).map(({ id = "" }) => [id, titleOf(id)]));
  for (const { value } of [quests, roles, goods, occurrences, encounters, factions].flat()) {
    if (value.title !== "") titles.set(value.name, value.title);
  }
  const telling = valuesOf(parts.storylets).filter(({ sets }) => sets.length > 0);
  return message("story/main", ConfigureStorySchema, {
    ...{ dialogues: valuesOf(dialogues), facts: [...plan.facts], gameMs, minutesPerDay },
    storylets: telling.map(({ name, sets }) => ({ storylet: name, facts: sets })),
    titles: [...titles].map(([id, title]) => ({ id, title })),
  });
}

function traceMessages(pack: Pack, { map, gameMs, minutesPerDay }: Common): Bootstrap[] {
  const templates = valuesOf(pack.parts.traces);
  return pack.plan.regions.map((plan) => {
    const places = (map.places ?? [])
      .filter(({ region }) => region === plan.name)
      .map(({ id = "", kind = "", x = 0, y = 0 }) => ({ id, title: titleOf(id), kind, x, y }));
    return message(`traces/${plan.name}`, ConfigureTracesSchema, {
      ...{ region: plan.name, templates, places, tracesMax: pack.plan.tracesMax, gameMs },
      conditions: pack.climates.get(plan.climate)?.climate.conditions ?? [],
      minutesPerDay,
      language: languageOf(pack, plan),
    });
  });
}

/** `Old Bridge` of `old-bridge`. */
function titleOf(id: string): string {
  const words = id.split(/[-_.:]+/).filter((word) => word !== "");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

function languageMessage(pack: Pack, name: string): Bootstrap {
  const regions = pack.plan.regions.filter((plan) => languageOf(pack, plan) === name);
  return message(`language/${name}`, ConfigureLanguageSchema, languageOfPack(pack, name, regions));
}
