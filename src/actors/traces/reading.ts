import type {
  ListTracesRequest,
  PlaceHeat,
  TraceReading as TraceReadingMessage,
} from "../../gen/tellurion/v1/traces_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import type { Plain } from "../common/plain.ts";
import { weightOf } from "./fading.ts";
import { knowledgeOf, knows } from "./knowledge.ts";
import { nameOf, type Region, type Trace } from "./region.ts";
import { indexOf, traceNumbered } from "./trace-index.ts";

export type TraceReading = Plain<TraceReadingMessage>;

const hourMs = 3_600_000;

/** A trace as a player sees it. What it says only those know who have found it; tools, without a player, know all. */
export function readingOf(region: Region, trace: Trace, player: string): TraceReading {
  const { place, kind, cause, asset, gameMs } = trace;
  const known = player !== "" && knows(knowledgeOf(region, player), trace.number);
  const isOpen = known || player === "";
  const age = region.gameMs > gameMs ? Number(region.gameMs - gameMs) / hourMs : 0;
  return {
    trace: nameOf(region, trace),
    weight: weightNow(region, trace),
    ageHours: age,
    text: isOpen ? trace.text : "",
    concepts: isOpen ? [...trace.concepts] : [],
    language: isOpen && trace.concepts.length > 0 ? region.language : "",
    ...{ place, kind, cause, asset, gameMs, known },
  };
}

export function weightNow(region: Region, trace: Trace): number {
  const wear = region.wears.find(({ template }) => template === trace.template);
  return wear === undefined ? trace.weight : weightOf(trace, wear);
}

/** The newest traces of a place, or of the whole region. */
export function listTraces(
  region: Region,
  { place, player }: Pick<ListTracesRequest, "place" | "player">,
  limit: number,
) {
  const all = place === "" ? region.traces : indexOf(region).at(place);
  const newest = all.slice(-limit).reverse();
  return {
    traces: newest.map((trace) => readingOf(region, trace, player)),
    total: all.length,
  };
}

/** The trace of that name. Throws a Rejection when it is gone, or never was. */
export function traceNamed(region: Region, name: string): Trace {
  const prefix = `${region.region}.`;
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  const trace = /^[1-9]\d{0,9}$/.test(digits) ? traceNumbered(region, Number(digits)) : undefined;
  if (trace !== undefined) return trace;
  throw new Rejection(
    "NOT_FOUND",
    `trace=${JSON.stringify(name.slice(0, 80))} is not there, or not any more; ` +
      `valid are ${prefix}1 to ${prefix}${region.number}, as far as they have not faded`,
  );
}

/** How many traces there are at each place, and what they weigh together. */
export function heatOf(region: Region): Plain<PlaceHeat>[] {
  const index = indexOf(region);
  const wears = new Map(region.wears.map((wear) => [wear.template, wear]));
  const names = new Set([...region.places.map(({ id }) => id), ...[...index.places()].sort()]);
  return Array.from(names, (place) => {
    const traces = index.at(place);
    const weight = traces.reduce((sum, trace) => {
      const wear = wears.get(trace.template);
      return sum + (wear === undefined ? trace.weight : weightOf(trace, wear));
    }, 0);
    return { place, count: traces.length, weight };
  });
}
