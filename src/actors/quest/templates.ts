import type { PlaceName } from "../../gen/tellurion/v1/quest_pb.ts";
import { Verb } from "../../gen/tellurion/v1/world_pb.ts";
import type { Plain } from "../common/plain.ts";
import type { Objective, Outlet, Step } from "./book.ts";
import type { Known } from "./known.ts";

type Place = Plain<PlaceName>;
export type Chance = Outlet["random"];

/** What a quest is made of: somebody's need, or nothing but a region. */
export interface Occasion {
  readonly region: string;
  /** Where it is about. Empty: anywhere in the region. */
  readonly place: string;
  /** NPC. Empty: nobody asks. */
  readonly giver: string;
  /** One of `food`, `safety`, `company`, `goods`, `repair`, `news`. Empty: any. */
  readonly need: string;
  readonly good: string;
}

/** A quest before it has a name. */
export interface Draft {
  readonly title: string;
  readonly summary: string;
  readonly steps: readonly Step[];
  readonly coins: number;
}

/** Makes a quest for an occasion. Undefined where the world has not what it takes. */
export type Template = (occasion: Occasion, known: Known, chance: Chance) => Draft | undefined;

/** Coins for a quest and for each of its steps, beside what goods are worth. */
const coinsForQuest = 10;
const coinsForStep = 8;
const fetchedMost = 4;
const stationsMost = 3;

/** Fetches a good from where it is gathered, and hands it over. */
export const fetch: Template = (occasion, known, chance) => {
  const home = homeOf(occasion, known, chance);
  const goods = known.goods.filter(({ gatheredAt }) =>
    known.places.some(({ kind }) => gatheredAt.includes(kind)),
  );
  // Who lacks a good that grows nowhere is not helped with another one.
  const good =
    occasion.good === "" ? pick(goods, chance) : goods.find(({ name }) => name === occasion.good);
  if (home === undefined || good === undefined) return undefined;
  const count = 1 + chance.integer(fetchedMost);
  const name = good.title || good.name;
  const item = good.name;
  return {
    title: `${count} ${name} for ${home.id}`,
    summary: `There is no ${name} left at ${home.id}.`,
    coins: coinsForQuest + 2 * coinsForStep + count * good.price,
    steps: [
      step("gather", `Gather ${count} ${name}.`, [deed({ verb: Verb.GATHER, item })], count),
      after(step("deliver", `Bring it to ${home.id}.`, handOver(occasion, home, item), count)),
    ],
  };
};

/** Makes a place safe: fights what roams the region, or mends what keeps it out. */
export const defend: Template = (occasion, known, chance) => {
  const home = homeOf(occasion, known, chance);
  if (home === undefined) return undefined;
  const inRegion = known.places.filter(({ region }) => region === home.region);
  const foes = known.encounterKinds.filter(
    ({ places }) => places.length === 0 || inRegion.some(({ kind }) => places.includes(kind)),
  );
  const foe = pick(foes, chance);
  if (foe === undefined) return undefined;
  const name = foe.title || foe.name;
  const ways = [
    deed({ verb: Verb.FIGHT, region: home.region, targetKind: foe.name }),
    deed({ verb: Verb.WORK, place: home.id }),
  ];
  return {
    title: `${name} near ${home.id}`,
    summary: `They do not feel safe at ${home.id}.`,
    coins: coinsForQuest + 3 * coinsForStep,
    steps: chain([
      step("defend", `Drive the ${name} away, or fortify ${home.id}.`, ways),
      ...report(occasion),
    ]),
  };
};

/** Gathers what it takes, and mends a place. */
export const mend: Template = (occasion, known, chance) => {
  const home = homeOf(occasion, known, chance);
  if (home === undefined) return undefined;
  const goods = known.goods.filter(({ gatheredAt }) =>
    known.places.some(({ kind }) => gatheredAt.includes(kind)),
  );
  const good = pick(goods, chance);
  const count = 1 + chance.integer(2);
  const material = good && [
    step(
      "material",
      `Gather ${count} ${good.title || good.name}.`,
      [deed({ verb: Verb.GATHER, item: good.name })],
      count,
    ),
  ];
  return {
    title: `Mending ${home.id}`,
    summary: `Something is broken at ${home.id}.`,
    coins: coinsForQuest + 3 * coinsForStep + count * (good?.price ?? 0),
    steps: chain([
      ...(material ?? []),
      step("mend", `Mend ${home.id}.`, [deed({ verb: Verb.WORK, place: home.id })]),
      ...report(occasion),
    ]),
  };
};

/** Goes to another region, hears what there is to hear, and comes back with it. */
export const bringNews: Template = (occasion, known, chance) => {
  const home = homeOf(occasion, known, chance);
  if (home === undefined) return undefined;
  const away = known.places.filter(({ region }) => region !== home.region);
  const there = pick(away, chance);
  if (there === undefined) return undefined;
  const ways = [
    deed({ verb: Verb.TALK, region: there.region }),
    deed({ verb: Verb.SEARCH, place: there.id }),
  ];
  return {
    title: `News from ${there.region}`,
    summary: `Nobody at ${home.id} has heard of ${there.region} for long.`,
    coins: coinsForQuest + 4 * coinsForStep,
    steps: chain([
      step("go", `Go to ${there.id}.`, [deed({ verb: Verb.TRAVEL, place: there.id })]),
      step("hear", `Talk to somebody in ${there.region}, or look around at ${there.id}.`, ways),
      step("return", `Go back to ${home.id}.`, [deed({ verb: Verb.TRAVEL, place: home.id })]),
      ...report(occasion),
    ]),
  };
};

/** Goes from place to place: a round of visits. */
export const visit: Template = (occasion, known, chance) => {
  const stations = known.places.filter(({ region }) => region === occasion.region);
  const count = Math.min(stations.length, 1 + chance.integer(stationsMost));
  const way: Place[] = [];
  while (way.length < count) {
    const next = pick(stations, chance);
    if (next !== undefined && !way.includes(next)) way.push(next);
  }
  if (way.length === 0) return undefined;
  return {
    title: `A round through ${occasion.region}`,
    summary: `Somebody should look in at ${way.map(({ id }) => id).join(", ")}.`,
    coins: coinsForQuest + way.length * coinsForStep,
    steps: chain([
      ...way.map(({ id }, i) =>
        step(`visit.${i + 1}`, `Go to ${id}.`, [deed({ verb: Verb.TRAVEL, place: id })]),
      ),
      ...report(occasion),
    ]),
  };
};

function homeOf({ place, region }: Occasion, known: Known, chance: Chance): Place | undefined {
  const places = known.places.filter((other) => other.region === region);
  return places.find(({ id }) => id === place) ?? pick(places, chance);
}

/** To whoever asked, or to where it is needed. */
function handOver({ giver }: Occasion, home: Place, item: string): Objective[] {
  const there = deed({ verb: Verb.DELIVER, place: home.id, item });
  return giver === "" ? [there] : [deed({ verb: Verb.DELIVER, target: giver, item }), there];
}

function report({ giver }: Occasion): Step[] {
  if (giver === "") return [];
  return [step("report", "Tell who asked for it.", [deed({ verb: Verb.TALK, target: giver })])];
}

function pick<T>(items: readonly T[], chance: Chance): T | undefined {
  return items.length === 0 ? undefined : items[chance.integer(items.length)];
}

type Deed = Extract<Objective["what"], { case: "player" }>["value"];

function deed(more: Partial<Deed> & Pick<Deed, "verb">): Objective {
  const any = { region: "", place: "", target: "", targetKind: "", item: "", placeKind: "" };
  return { what: { case: "player", value: { ...any, unsuccessful: false, ...more } } };
}

function step(id: string, text: string, objectives: Objective[], count = 0): Step {
  const rest = { after: [], afterCount: 0, optional: false, fails: false, minutes: 0 };
  return { id, text, objectives, count, ...rest };
}

/** The step after the one that gathers. */
function after(next: Step): Step {
  return { ...next, after: ["gather"] };
}

/** Each step waits for the one before it. */
function chain(steps: readonly Step[]): Step[] {
  return steps.map((next, i) => {
    const before = steps[i - 1];
    return before === undefined ? next : { ...next, after: [before.id] };
  });
}
