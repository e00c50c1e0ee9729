import type { WorldMap as Message } from "../../gen/tellurion/v1/map_pb.ts";
import type { Plain } from "./plain.ts";

export type WorldMap = Plain<Message>;

/** Stands for "there is none" among place numbers, next hops and distances. */
export const noPlace = 65_535;

const metresPerUnit = 10;

/** The place to go to next on the way from one place to another. `noPlace`: there is no way. */
export function nextHop(map: WorldMap, from: number, to: number): number {
  return unitAt(map.nextHops, 2 * (from * map.places.length + to));
}

/**
 * Metres of the way from one place to another, to ten metres; what is hard to walk counts as
 * longer. Infinity: there is no way.
 */
export function distanceMetres(map: WorldMap, from: number, to: number): number {
  const units = unitAt(map.distances, 2 * (from * map.places.length + to));
  return units === noPlace ? Number.POSITIVE_INFINITY : units * metresPerUnit;
}

/** A place's number on the map. `noPlace`: the map has none of that id. */
export function placeNumber(map: WorldMap, id: string): number {
  const number = map.places.findIndex((place) => place.id === id);
  return number === -1 ? noPlace : number;
}

/** Numbers of the places of a region, in the map's order; of all regions for the empty name. */
export function placesIn(map: WorldMap, region: string): number[] {
  return numbersOf(map, (place) => region === "" || place.region === region);
}

/** Numbers of the places of a kind in a region; in all regions for the empty name. */
export function placesOfKind(map: WorldMap, kind: string, region = ""): number[] {
  return placesIn(map, region).filter((number) => map.places[number]?.kind === kind);
}

/** The one of `places` that is the shortest way off; the first of those. `noPlace`: no way to any. */
export function nearestOf(map: WorldMap, from: number, places: readonly number[]): number {
  let nearest = noPlace;
  let least = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const metres = distanceMetres(map, from, place);
    if (metres >= least) continue;
    least = metres;
    nearest = place;
  }
  return nearest;
}

function numbersOf(map: WorldMap, isOne: (place: WorldMap["places"][number]) => boolean): number[] {
  const numbers: number[] = [];
  map.places.forEach((place, number) => {
    if (isOne(place)) numbers.push(number);
  });
  return numbers;
}

function unitAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}
