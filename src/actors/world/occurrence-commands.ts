import { checkOneOf, refuse } from "../common/checks.ts";
import { consequencesOf } from "./consequences.ts";
import { checkNew, checkStart, type OccurrenceStart, startOccurrence } from "./occurrences.ts";
import {
  definitionOf,
  type Occurrence,
  type Outlet,
  regionNames,
  type World,
} from "./world-state.ts";

const consequencesShownMax = 100;

export function triggerOccurrence(
  world: World,
  start: OccurrenceStart | undefined,
  out: Outlet,
): Occurrence {
  definitionOf(world);
  if (start === undefined) refuse("occurrence", "", "is an occurrence: it is needed");
  checkStart(world, start, "occurrence.");
  checkNew(world, start);
  return startOccurrence(world, start, out);
}

export function listOccurrences(world: World, region: string) {
  definitionOf(world);
  if (region !== "") checkOneOf("region", region, regionNames(world));
  const waiting = consequencesOf(world);
  return {
    occurrences: world.occurrences.filter((other) => region === "" || other.region === region),
    consequences: waiting.slice(0, consequencesShownMax),
    consequencesTotal: waiting.length,
  };
}
