import { TraceDiscoveredEventSchema } from "../../gen/tellurion/v1/traces_pb.ts";
import { minuteMs } from "../common/units.ts";
import { weightOf } from "./fading.ts";
import { knowledgeOf, knows, learn } from "./knowledge.ts";
import type { Outlet } from "./leave.ts";
import { nameOf, type Region, type Trace, wordsOf } from "./region.ts";
import { indexOf } from "./trace-index.ts";

/** Traces that one search finds. */
export const findsMax = 3;
/** Traces that a story joins. */
export const storyPiecesMax = 16;

/** Chance to find the faintest trace that is left, when a heavier one has been found. */
const chanceLeast = 0.25;

export interface Discovery {
  readonly found: readonly Trace[];
  /** There was something, and the player knew all of it. */
  readonly already: boolean;
  readonly stories: string[];
}

/** A player searches a place: the heaviest of what is unknown is found, and with luck more of it. */
export function search(region: Region, player: string, place: string, out: Outlet): Discovery {
  const here = indexOf(region).at(place);
  const knowledge = knowledgeOf(region, player);
  const unknown = here.filter(({ number }) => !knows(knowledge, number));
  if (unknown.length === 0) return { found: [], already: here.length > 0, stories: [] };
  const weights = new Map(region.wears.map((wear) => [wear.template, wear]));
  const weighed = unknown.map((trace) => ({
    trace,
    weight: weightOf(trace, weights.get(trace.template) ?? { worn: trace.wornFrom }),
  }));
  weighed.sort((a, b) => b.weight - a.weight || a.trace.number - b.trace.number);
  const found = weighed
    .slice(0, findsMax)
    .filter(
      ({ weight }, i) => i === 0 || out.random.next() < chanceLeast + (1 - chanceLeast) * weight,
    )
    .map(({ trace }) => trace);
  return {
    found,
    already: false,
    stories: found.flatMap((trace) => find(region, player, trace, out)),
  };
}

/** A player finds this very trace. */
export function discover(region: Region, player: string, trace: Trace, out: Outlet): Discovery {
  if (knows(knowledgeOf(region, player), trace.number)) {
    return { found: [], already: true, stories: [] };
  }
  return { found: [trace], already: false, stories: find(region, player, trace, out) };
}

/** Returns the story that is complete with this trace, if it is. */
function find(region: Region, player: string, trace: Trace, out: Outlet): string[] {
  learn(region, player, trace.number);
  region.found += 1n;
  const { place, kind, cause } = trace;
  const story = storyOf(region, player, cause);
  out.publish(TraceDiscoveredEventSchema, {
    trace: nameOf(region, trace),
    region: region.region,
    gameMs: region.gameMs,
    ...{ player, place, kind, cause, story },
  });
  return story === "" ? [] : [story];
}

/**
 * What the traces of one cause tell together, once a player knows all that are left of them: their texts, in the order
 * in which they were left.
 */
export function storyOf(region: Region, player: string, cause: string): string {
  const knowledge = knowledgeOf(region, player);
  const pieces = indexOf(region).of(cause);
  if (!pieces.every(({ number }) => knows(knowledge, number))) return "";
  const inTime = [...pieces]
    .sort((a, b) => (a.gameMs === b.gameMs ? a.number - b.number : a.gameMs < b.gameMs ? -1 : 1))
    .slice(-storyPiecesMax);
  let day = -1n;
  const sentences = inTime.map((trace) => {
    const of = trace.gameMs / BigInt(region.minutesPerDay * minuteMs) + 1n;
    const isNewDay = of !== day;
    day = of;
    return `${isNewDay ? `Day ${of}, ${titleOf(region, trace.place)}: ` : ""}${trace.text}`;
  });
  return sentences.join(" ");
}

function titleOf(region: Region, place: string): string {
  const title = region.places.find(({ id }) => id === place)?.title;
  return title || wordsOf(place) || wordsOf(region.region);
}
