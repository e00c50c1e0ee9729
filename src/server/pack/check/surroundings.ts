import { conditionNames } from "../../../actors/weather/climate.ts";
import type { Place } from "../../../gen/tellurion/v1/map_pb.ts";
import { BeatKind } from "../../../gen/tellurion/v1/storyteller_pb.ts";
import type { Pack } from "../pack.ts";

/** What a pack comes to, looked up again and again by its checks. */
export interface Surroundings {
  readonly regions: readonly string[];
  readonly places: ReadonlyMap<string, Place>;
  /** Kinds of places, roles of those who live there, and conditions of the weather, by region. */
  readonly kindsIn: ReadonlyMap<string, ReadonlySet<string>>;
  readonly rolesIn: ReadonlyMap<string, ReadonlySet<string>>;
  readonly conditionsIn: ReadonlyMap<string, ReadonlySet<string>>;
  readonly climateOf: ReadonlyMap<string, string>;
  /** Facts that hold at first or that something makes true. */
  readonly facts: ReadonlySet<string>;
  /** Tags of the choices of each dialogue. */
  readonly tagsOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** Kinds of occurrences that something lets begin. */
  readonly occurring: ReadonlySet<string>;
  /** Goods that can be come by. */
  readonly obtainable: ReadonlySet<string>;
}

const factTag = "fact:";

export function surroundingsOf(pack: Pack): Surroundings {
  const { plan, parts, climates } = pack;
  const regions = plan.regions.map(({ name }) => name);
  const places = parts.map.flatMap(({ value }) => value.places);
  const setsOf = (items: (region: string) => readonly string[]) =>
    new Map(regions.map((region) => [region, new Set(items(region))] as const));
  const climateOf = new Map(plan.regions.map(({ name, climate }) => [name, climate] as const));
  return {
    ...{ regions, climateOf },
    places: new Map(places.map((place) => [place.id, place])),
    kindsIn: setsOf((region) =>
      places.filter((place) => place.region === region).map(({ kind }) => kind),
    ),
    rolesIn: setsOf((region) =>
      parts.population.flatMap(({ value }) => (value.region === region ? [value.role] : [])),
    ),
    conditionsIn: setsOf((region) => {
      const climate = climates.get(climateOf.get(region) ?? "")?.climate;
      return climate ? conditionNames(climate) : [];
    }),
    facts: factsOf(pack),
    tagsOf: new Map(
      pack.dialogues.map(({ value: { name, nodes } }) => [
        name,
        new Set(nodes.flatMap(({ choices }) => choices.flatMap(({ tags }) => tags))),
      ]),
    ),
    occurring: occurringIn(pack),
    obtainable: obtainableIn(pack),
  };
}

function factsOf({ plan, parts, dialogues }: Pack): Set<string> {
  const tags = dialogues.flatMap(({ value }) =>
    value.nodes.flatMap((node) => node.choices.flatMap((one) => one.tags)),
  );
  return new Set([
    ...plan.facts,
    ...parts.quests.flatMap(({ value }) => value.reward?.facts ?? []),
    ...parts.storylets.flatMap(({ value }) => value.sets),
    ...tags.filter((tag) => tag.startsWith(factTag)).map((tag) => tag.slice(factTag.length)),
  ]);
}

function occurringIn({ parts }: Pack): Set<string> {
  return new Set([
    ...parts.occurrences
      .filter(({ value }) => value.dailyChance > 0)
      .map(({ value }) => value.name),
    ...parts.festivals.map(({ value }) => value.occurrence),
    ...parts.storylets
      .filter(({ value }) => value.kind === BeatKind.OCCURRENCE)
      .map(({ value }) => value.subject),
  ]);
}

function obtainableIn({ parts }: Pack): Set<string> {
  return new Set([
    ...parts.goods
      .filter(({ value }) => value.gatheredAt.length > 0)
      .map(({ value }) => value.name),
    ...parts.roles.flatMap(({ value }) => value.makes),
    ...parts.encounters.flatMap(({ value }) => value.drops),
    ...parts.quests.flatMap(({ value }) => (value.reward?.items ?? []).map(({ item }) => item)),
  ]);
}

/** The regions that are named, or all where none is. */
export function regionsOr(named: readonly string[], { regions }: Surroundings): readonly string[] {
  return named.length === 0 ? regions : named;
}
