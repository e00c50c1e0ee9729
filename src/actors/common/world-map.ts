import type { WorldMap as Message } from "../../gen/tellurion/v1/map_pb.ts";
import { checkCount, checkId, checkNumber, refuse } from "./checks.ts";
import type { Plain } from "./plain.ts";

export type WorldMap = Plain<Message>;

/** Stands for "there is none" among place numbers, next hops and distances. */
export const noPlace = 65_535;

/** Two tables of a map grow with the square of this: 64 MiB together. */
export const placesMax = 4_096;
export const roadsMax = 65_536;
export const metresMax = 1e7;
const effortMax = 100;
const tagsMax = 32;
const metresPerUnit = 10;
const unitsMax = noPlace - 1;

/**
 * Throws a Rejection that names the first thing wrong with a map; `path` is where it stands, up to
 * its fields' names: `map.`
 */
export function checkMap(map: WorldMap, path: string): void {
  const { places, roads } = map;
  checkCount(`${path}places`, places.length, 1, placesMax);
  checkCount(`${path}roads`, roads.length, 0, roadsMax);
  const ids = new Set<string>();
  places.forEach((place, i) => {
    const at = `${path}places[${i}]`;
    checkId(`${at}.id`, place.id);
    if (ids.has(place.id)) refuse(`${at}.id`, place.id, "are ids that no other place has");
    ids.add(place.id);
    checkId(`${at}.region`, place.region);
    checkId(`${at}.kind`, place.kind);
    checkNumber(`${at}.x`, place.x, -metresMax, metresMax);
    checkNumber(`${at}.y`, place.y, -metresMax, metresMax);
    checkCount(`${at}.tags`, place.tags.length, 0, tagsMax);
    place.tags.forEach((tag, j) => {
      checkId(`${at}.tags[${j}]`, tag);
    });
  });
  roads.forEach(({ from, to, effort }, i) => {
    const at = `${path}roads[${i}]`;
    if (!ids.has(from)) refuse(`${at}.from`, from, "are ids of places of the map");
    if (!ids.has(to) || to === from) refuse(`${at}.to`, to, "are ids of other places of the map");
    checkNumber(`${at}.effort`, effort, 0.01, effortMax);
  });
  checkTables(map, path);
}

function checkTables({ places, nextHops, distances }: WorldMap, path: string): void {
  const bytes = 2 * places.length * places.length;
  const valid = `are ${bytes} bytes, for ${places.length} × ${places.length} places`;
  if (nextHops.length !== bytes) refuse(`${path}next_hops (length)`, nextHops.length, valid);
  if (distances.length !== bytes) refuse(`${path}distances (length)`, distances.length, valid);
  for (let i = 0; i < bytes; i += 2) {
    const hop = unitAt(nextHops, i);
    if (hop !== noPlace && hop >= places.length) {
      refuse(
        `${path}next_hops[${i / 2}]`,
        hop,
        `are place numbers below ${places.length}, or ${noPlace}`,
      );
    }
    if ((hop === noPlace) !== (unitAt(distances, i) === noPlace)) {
      refuse(`${path}next_hops[${i / 2}]`, hop, "have a distance exactly where there is a way");
    }
  }
}

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

/** The map with its tables searched anew: the shortest ways, where efforts count as lengths. */
export function withRoutes(map: WorldMap): WorldMap {
  const count = map.places.length;
  const nextHops = new Uint16Array(count * count).fill(noPlace);
  const distances = new Uint16Array(count * count).fill(noPlace);
  const neighbours = neighboursOf(map);
  // Roads go both ways: the last step before a place on the way from `to` is the first one towards `to`.
  for (let to = 0; to < count; to += 1) {
    const { metres, via } = waysFrom(to, neighbours);
    for (let from = 0; from < count; from += 1) {
      const length = metres[from] as number;
      if (length === Number.POSITIVE_INFINITY) continue;
      nextHops[from * count + to] = via[from] as number;
      distances[from * count + to] = Math.min(unitsMax, Math.round(length / metresPerUnit));
    }
  }
  return { ...map, nextHops: bytesOf(nextHops), distances: bytesOf(distances) };
}

interface Neighbour {
  readonly place: number;
  readonly metres: number;
}

function neighboursOf({ places, roads }: WorldMap): readonly (readonly Neighbour[])[] {
  const numbers = new Map(places.map(({ id }, number) => [id, number]));
  const neighbours: Neighbour[][] = places.map(() => []);
  for (const road of roads) {
    const from = numbers.get(road.from);
    const to = numbers.get(road.to);
    if (from === undefined || to === undefined) continue;
    const a = places[from] as { x: number; y: number };
    const b = places[to] as { x: number; y: number };
    const metres = Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2) * road.effort;
    neighbours[from]?.push({ place: to, metres });
    neighbours[to]?.push({ place: from, metres });
  }
  return neighbours;
}

/** Dijkstra's search with a binary heap; among ways of one length, that of the lower numbers. */
function waysFrom(start: number, neighbours: readonly (readonly Neighbour[])[]) {
  const metres = new Float64Array(neighbours.length).fill(Number.POSITIVE_INFINITY);
  const via = new Uint16Array(neighbours.length).fill(noPlace);
  const heap: Neighbour[] = [{ place: start, metres: 0 }];
  metres[start] = 0;
  via[start] = start;
  for (let top = pop(heap); top !== undefined; top = pop(heap)) {
    if (top.metres > (metres[top.place] as number)) continue;
    for (const step of neighbours[top.place] ?? []) {
      const length = top.metres + step.metres;
      if (length >= (metres[step.place] as number)) continue;
      metres[step.place] = length;
      via[step.place] = top.place;
      push(heap, { place: step.place, metres: length });
    }
  }
  return { metres, via };
}

function isBefore(a: Neighbour | undefined, b: Neighbour | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.metres < b.metres || (a.metres === b.metres && a.place < b.place);
}

function push(heap: Neighbour[], item: Neighbour): void {
  let i = heap.push(item) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!isBefore(item, heap[parent])) break;
    heap[i] = heap[parent] as Neighbour;
    i = parent;
  }
  heap[i] = item;
}

function pop(heap: Neighbour[]): Neighbour | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return top;
  let i = 0;
  for (;;) {
    const left = 2 * i + 1;
    const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!isBefore(heap[child], last)) break;
    heap[i] = heap[child] as Neighbour;
    i = child;
  }
  heap[i] = last;
  return top;
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

function bytesOf(numbers: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * numbers.length);
  numbers.forEach((number, i) => {
    bytes[2 * i] = number & 255;
    bytes[2 * i + 1] = number >>> 8;
  });
  return bytes;
}
