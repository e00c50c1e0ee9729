import type { QuestOutcome } from "../../gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../gen/tellurion/v1/world_pb.ts";
import type { Definition, Objective, Step } from "./book.ts";
import type { Known } from "./known.ts";
import { awaitedBy } from "./steps.ts";

/** What there is, and what quests add to it. */
export interface PlanWorld extends Known {
  /** What can be had as a reward. */
  readonly rewardItems: ReadonlySet<string>;
  /** Undefined when a quest can end like that, or why it cannot. */
  readonly whyNotEnded: (quest: string, outcome: QuestOutcome) => string | undefined;
}

type PlayerDeed = Extract<Objective["what"], { case: "player" }>["value"];

/** How a step can be done. */
export interface Planned {
  readonly step: string;
  /** Number of the objective. */
  readonly objective: number;
}

export interface Plan {
  /** In an order in which they can be done. */
  readonly planned: readonly Planned[];
  /** Steps that cannot be done, each with the reason. */
  readonly stuck: readonly { readonly step: string; readonly why: string }[];
}

/** Nothing but what is known: what a generated quest has to do with. */
export function alone(known: Known): PlanWorld {
  const whyNotEnded = (quest: string) => `quest ${quest} is not known`;
  return { ...known, traded: [], rewardItems: new Set(), whyNotEnded };
}

/** Proves step by step that a quest can be done. Steps that fail it are left out. */
export function planOf({ steps }: Pick<Definition, "steps">, world: PlanWorld): Plan {
  const planned: Planned[] = [];
  const done = new Set<string>();
  const impossible = new Map<string, string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const step of steps) {
      if (step.fails || done.has(step.id) || impossible.has(step.id)) continue;
      if (step.after.filter((id) => done.has(id)).length < awaitedBy(step)) continue;
      const ways = step.objectives.map((objective) => whyNot(objective, world));
      const objective = ways.indexOf(undefined);
      grown = true;
      if (objective < 0) {
        impossible.set(step.id, ways.join("; ") || "nothing is to be done in it");
        continue;
      }
      planned.push({ step: step.id, objective });
      done.add(step.id);
    }
  }
  const stuck = steps
    .filter(({ id, fails }) => !fails && !done.has(id))
    .map((step) => ({ step: step.id, why: impossible.get(step.id) ?? waitsFor(step, done) }));
  return { planned, stuck };
}

function waitsFor({ after }: Step, done: ReadonlySet<string>): string {
  return `it waits for ${after.filter((id) => !done.has(id)).join(", ")}`;
}

/** Why nothing can satisfy an objective. Undefined: something can. */
function whyNot({ what }: Objective, world: PlanWorld): string | undefined {
  if (what.case === undefined) return "it says nothing";
  if (what.case === "player") return whyNoDeed(what.value, world);
  if (what.case === "quest") return world.whyNotEnded(what.value.quest, what.value.outcome);
  if (what.case === "choice") return whyNoChoice(what.value, world);
  const { region } = what.value;
  if (region !== "" && !world.regions.includes(region)) return `region ${region} is not known`;
  if (what.case === "occurrence") {
    return unknown("occurrence kind", what.value.kind, world.occurrenceKinds);
  }
  if (what.case === "weather") return unknown("condition", what.value.condition, world.conditions);
  return unknown("kind of trace", what.value.kind, world.traceKinds);
}

function whyNoChoice(
  { dialogue, tag }: { readonly dialogue: string; readonly tag: string },
  { dialogues }: PlanWorld,
): string | undefined {
  if (dialogues === undefined) return undefined;
  const possible = dialogues.filter(({ name }) => dialogue === "" || name === dialogue);
  if (possible.length === 0) return `dialogue ${dialogue} is not known`;
  if (tag === "" || possible.some(({ tags }) => tags.includes(tag))) return undefined;
  return `no choice of ${dialogue || "any dialogue"} has the tag ${tag}`;
}

function whyNoDeed(deed: PlayerDeed, world: PlanWorld): string | undefined {
  const { region, place, placeKind, item, targetKind } = deed;
  if (region !== "" && !world.regions.includes(region)) return `region ${region} is not known`;
  const places = world.places.filter(
    (known) =>
      (region === "" || known.region === region) &&
      (place === "" || known.id === place) &&
      (placeKind === "" || known.kind === placeKind),
  );
  if (places.length === 0) {
    const where = [region, place, placeKind].filter((text) => text !== "").join(", ");
    return `there is no place like that: ${where || "none is known"}`;
  }
  const kinds = new Set(places.map(({ kind }) => kind));
  switch (deed.verb) {
    case Verb.GATHER:
      return item === "" ? undefined : whyNotGathered(item, kinds, world);
    case Verb.DELIVER:
      return item === "" ? undefined : whyNotHad(item, world);
    case Verb.FIGHT:
      return targetKind === "" ? undefined : whyNoEncounter(targetKind, kinds, world);
    case Verb.TALK:
      return unknown("role", targetKind, world.roles);
    default:
      return undefined;
  }
}

function whyNotGathered(
  item: string,
  kinds: ReadonlySet<string>,
  world: PlanWorld,
): string | undefined {
  const good = world.goods.find(({ name }) => name === item);
  if (good === undefined) return `good ${item} is not known`;
  if (good.gatheredAt.some((kind) => kinds.has(kind))) return undefined;
  return `${item} cannot be gathered there, but at ${good.gatheredAt.join(", ") || "no place"}`;
}

/** A good is had where it is gathered or sold, from those who leave it behind, and as a reward. */
function whyNotHad(item: string, world: PlanWorld): string | undefined {
  if (world.rewardItems.has(item)) return undefined;
  const isGood = world.goods.some(({ name }) => name === item);
  if (isGood && (world.traded?.includes(item) ?? true)) return undefined;
  const all = new Set(world.places.map(({ kind }) => kind));
  const dropped = world.encounterKinds.some(
    ({ name, drops }) => drops.includes(item) && whyNoEncounter(name, all, world) === undefined,
  );
  return dropped ? undefined : whyNotGathered(item, all, world);
}

function whyNoEncounter(
  kind: string,
  placeKinds: ReadonlySet<string>,
  world: PlanWorld,
): string | undefined {
  const encounter = world.encounterKinds.find(({ name }) => name === kind);
  if (encounter === undefined) return `encounter kind ${kind} is not known`;
  const { places } = encounter;
  if (places.length === 0 || places.some((place) => placeKinds.has(place))) return undefined;
  return `${kind} is not met there, but at ${places.join(", ")}`;
}

function unknown(
  what: string,
  name: string,
  known: readonly string[] | undefined,
): string | undefined {
  if (name === "" || known === undefined || known.includes(name)) return undefined;
  return `${what} ${name} is not known`;
}
