import type { Objective, PlayerObjective } from "../../../gen/tellurion/v1/quest_pb.ts";
import {
  type EncounterKind,
  type GoodDefinition,
  Verb,
} from "../../../gen/tellurion/v1/world_pb.ts";
import { under } from "../decode.ts";
import type { Pack } from "../pack.ts";
import type { PackCheck } from "./check-pack.ts";
import { regionsOr, type Surroundings } from "./surroundings.ts";

/** Steps of quests none of whose objectives can ever be met. */
export const checkObjectives: PackCheck = (pack, findings, surroundings) => {
  for (const { value, file, path } of pack.parts.quests) {
    value.steps.forEach(({ id, objectives }, i) => {
      const reasons = objectives.map((objective) => whyNever(objective, pack, surroundings));
      reasons.forEach((reason, j) => {
        if (reason === undefined) return;
        const others = objectives.length > 1 && reasons.includes(undefined);
        const what = others ? "objective can never be met" : `step ${id} can never be done`;
        const place = under(path, `steps[${i}].objectives[${j}]`);
        findings.say(file, place, `${what}: ${reason}`);
      });
    });
  }
};

/** Why an objective can never be met. Undefined: it can. */
function whyNever({ what }: Objective, pack: Pack, around: Surroundings): string | undefined {
  switch (what.case) {
    case "player":
      return whyNotDone(what.value, pack, around);
    case "occurrence":
      if (around.occurring.has(what.value.kind)) return undefined;
      return `nothing lets ${what.value.kind} begin`;
    case "weather": {
      const { region, condition } = what.value;
      const where = regionsOr(region ? [region] : [], around);
      if (where.some((one) => around.conditionsIn.get(one)?.has(condition))) return undefined;
      return `the climate of ${region} has no ${condition}`;
    }
    case "choice": {
      const { dialogue, tag } = what.value;
      if (around.tagsOf.get(dialogue)?.has(tag)) return undefined;
      return `no choice of the dialogue ${dialogue} has the tag ${tag}`;
    }
    default:
      return undefined;
  }
}

function whyNotDone(deed: PlayerObjective, pack: Pack, around: Surroundings): string | undefined {
  const place = around.places.get(deed.place);
  if (place && deed.region && place.region !== deed.region) {
    return `${place.id} is in ${place.region}, not in ${deed.region}`;
  }
  if (place && deed.placeKind && place.kind !== deed.placeKind) {
    return `${place.id} is a ${place.kind}, not a ${deed.placeKind}`;
  }
  const named = place?.region ?? deed.region;
  const where = regionsOr(named ? [named] : [], around);
  const hasKind = (kind: string) => where.some((region) => around.kindsIn.get(region)?.has(kind));
  const somewhere = named || "any region";
  if (deed.placeKind && !hasKind(deed.placeKind)) return `no ${deed.placeKind} is in ${somewhere}`;
  switch (deed.verb) {
    case Verb.TALK:
      return whyNoOne(deed.targetKind, where, around);
    case Verb.DELIVER:
      if (deed.item && !around.obtainable.has(deed.item)) return `nobody can get ${deed.item}`;
      return whyNoOne(deed.targetKind, where, around);
    case Verb.GATHER: {
      const good = pack.parts.goods.find(({ value }) => value.name === deed.item)?.value;
      return good && whyNotGathered(good, deed, where, around);
    }
    case Verb.FIGHT: {
      const { encounters } = pack.parts;
      const kind = encounters.find(({ value }) => value.name === deed.targetKind)?.value;
      return kind && whyNotMet(kind, place?.kind ?? deed.placeKind, where, around);
    }
    default:
      return undefined;
  }
}

function whyNoOne(
  role: string,
  where: readonly string[],
  { rolesIn }: Surroundings,
): string | undefined {
  if (role === "" || where.some((region) => rolesIn.get(region)?.has(role))) return undefined;
  return `no ${role} lives in ${where.length === 1 ? where[0] : "any region"}`;
}

function whyNotGathered(
  { name, gatheredAt }: GoodDefinition,
  deed: PlayerObjective,
  where: readonly string[],
  { places, kindsIn }: Surroundings,
): string | undefined {
  const at = places.get(deed.place)?.kind ?? deed.placeKind;
  if (at !== "") {
    return gatheredAt.includes(at) ? undefined : `${name} is not gathered at a ${at}`;
  }
  const isSomewhere = gatheredAt.some((kind) =>
    where.some((region) => kindsIn.get(region)?.has(kind)),
  );
  if (isSomewhere) return undefined;
  return `${name} is gathered nowhere in ${where.length === 1 ? where[0] : "the world"}`;
}

/** Encounters come to places and climates that suit them. */
function whyNotMet(
  { name, places, climates }: EncounterKind,
  placeKind: string,
  where: readonly string[],
  { kindsIn, climateOf }: Surroundings,
): string | undefined {
  const isThere = where.some(
    (region) =>
      (climates.length === 0 || climates.includes(climateOf.get(region) ?? "")) &&
      (places.length === 0 || places.some((kind) => kindsIn.get(region)?.has(kind))),
  );
  if (!isThere) return `${name} never comes to ${where.length === 1 ? where[0] : "any region"}`;
  if (placeKind === "" || places.length === 0 || places.includes(placeKind)) return undefined;
  return `${name} never comes to a ${placeKind}`;
}
