import type { Place as PlaceMessage } from "../../gen/tellurion/v1/map_pb.ts";
import type { Plain } from "../common/plain.ts";
import type { World, WorldPlaces } from "./world-state.ts";

export type Place = Plain<PlaceMessage>;

const noWay = 65_535;
const metresPerDecametre = 10;

/** Derived from the map, and built anew where it is missing. */
const numbersByMap = new WeakMap<WorldPlaces, Map<string, number>>();

function mapOf(world: World): WorldPlaces {
  if (world.map === undefined) throw new Error("assertion failed: a world without a map");
  return world.map;
}

function numberOf(world: World, id: string): number | undefined {
  const map = mapOf(world);
  let numbers = numbersByMap.get(map);
  if (numbers === undefined) {
    numbers = new Map(map.places.map((place, number) => [place.id, number]));
    numbersByMap.set(map, numbers);
  }
  return numbers.get(id);
}

export function placeOf(world: World, id: string): Place | undefined {
  const number = numberOf(world, id);
  return number === undefined ? undefined : mapOf(world).places[number];
}

/** The region of a place; empty for a place that the map does not have. */
export function regionOf(world: World, place: string): string {
  return placeOf(world, place)?.region ?? "";
}

export function placesIn(world: World, region: string): Place[] {
  return mapOf(world).places.filter((place) => place.region === region);
}

/** Metres of the shortest way along the roads. Undefined: there is none. */
export function metresBetween(world: World, from: string, to: string): number | undefined {
  const { places, distances } = mapOf(world);
  const [a, b] = [numberOf(world, from), numberOf(world, to)];
  if (a === undefined || b === undefined) return undefined;
  const at = 2 * (a * places.length + b);
  const decametres = (distances[at] ?? 0) + 256 * (distances[at + 1] ?? 0);
  return decametres === noWay ? undefined : decametres * metresPerDecametre;
}

/** The nearest place that keeps rain and storm off, or the same place where no road leads to one. */
export function nearestShelter(world: World, from: string): string {
  let nearest = from;
  let least = Number.POSITIVE_INFINITY;
  for (const { id, sheltered } of mapOf(world).places) {
    const metres = sheltered ? metresBetween(world, from, id) : undefined;
    if (metres === undefined || metres >= least) continue;
    nearest = id;
    least = metres;
  }
  return nearest;
}
