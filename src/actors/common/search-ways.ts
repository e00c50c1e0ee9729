import { checkCount, checkNumber, refuse } from "./checks.ts";

/** Two tables of 512 KiB: a map stays below 1.5 MiB, and every shard of NPCs has one. */
export const placesMax = 512;
export const roadsMax = 4_096;
/** Stands for "there is no way" in both tables. */
const noWay = 65_535;
const decametresMax = 65_534;
const centimetresPerDecametre = 1_000;

interface RoadNetwork {
  readonly places: readonly { readonly id: string; readonly x: number; readonly y: number }[];
  readonly roads: readonly {
    readonly from: string;
    readonly to: string;
    readonly effort: number;
  }[];
}

/** `next_hops` and `distances` of a WorldMap. */
export interface Ways {
  readonly nextHops: Uint8Array<ArrayBuffer>;
  readonly distances: Uint8Array<ArrayBuffer>;
}

interface Neighbour {
  readonly place: number;
  readonly length: number;
}

/**
 * Searches the shortest ways between all places of a map. A road is as long as the straight line
 * between its ends, times its effort; an effort of 0 counts as 1. Lengths are whole centimetres, so
 * that there and back are equally long; of ways that are equally short, the one goes first to the
 * place with the lowest number.
 */
export function searchWays(map: RoadNetwork, path = ""): Ways {
  const count = map.places.length;
  checkCount(`${path}places`, count, 0, placesMax);
  checkCount(`${path}roads`, map.roads.length, 0, roadsMax);
  const neighbours = neighboursOf(map, path);
  const nextHops = new Uint8Array(2 * count * count);
  const distances = new Uint8Array(2 * count * count);
  const hopsView = new DataView(nextHops.buffer);
  const distancesView = new DataView(distances.buffer);
  for (let to = 0; to < count; to += 1) {
    const lengths = lengthsTo(to, neighbours);
    for (let from = 0; from < count; from += 1) {
      const at = 2 * (from * count + to);
      hopsView.setUint16(at, nextHop(from, to, lengths, neighbours), true);
      distancesView.setUint16(at, decametresOf(lengths[from] as number, from === to), true);
    }
  }
  return { nextHops, distances };
}

function neighboursOf({ places, roads }: RoadNetwork, path: string): Neighbour[][] {
  const numbers = new Map(places.map(({ id }, number) => [id, number]));
  const neighbours: Neighbour[][] = places.map(() => []);
  roads.forEach(({ from, to, effort }, i) => {
    const ends = [
      ["from", from],
      ["to", to],
    ] as const;
    const [a, b] = ends.map(([name, id]) => {
      const number = numbers.get(id);
      if (number === undefined) {
        refuse(`${path}roads[${i}].${name}`, id, "are ids of the map's places");
      }
      return number;
    }) as [number, number];
    checkNumber(`${path}roads[${i}].effort`, effort, 0, 100);
    const length = lengthOf(places[a] as Point, places[b] as Point, effort || 1);
    neighbours[a]?.push({ place: b, length });
    neighbours[b]?.push({ place: a, length });
  });
  return neighbours;
}

type Point = { readonly x: number; readonly y: number };

/** In whole centimetres, at least 1: a way gets longer with every road. */
function lengthOf(a: Point, b: Point, effort: number): number {
  const metres = Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
  return Math.max(1, Math.round(metres * 100 * effort));
}

/** Dijkstra's search from one place, without a heap: maps are small, and it is done once. */
function lengthsTo(to: number, neighbours: readonly Neighbour[][]): Float64Array {
  const lengths = new Float64Array(neighbours.length).fill(Number.POSITIVE_INFINITY);
  const settled = new Uint8Array(neighbours.length);
  lengths[to] = 0;
  for (;;) {
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < lengths.length; place += 1) {
      const length = lengths[place] as number;
      if (settled[place] === 0 && length < least) {
        nearest = place;
        least = length;
      }
    }
    if (nearest < 0) return lengths;
    settled[nearest] = 1;
    for (const { place, length } of neighbours[nearest] as Neighbour[]) {
      lengths[place] = Math.min(lengths[place] as number, least + length);
    }
  }
}

function nextHop(
  from: number,
  to: number,
  lengths: Float64Array,
  neighbours: readonly Neighbour[][],
): number {
  if (from === to) return to;
  let hop = noWay;
  for (const { place, length } of neighbours[from] as Neighbour[]) {
    const isShortest = (lengths[place] as number) + length === lengths[from];
    if (isShortest && lengths[place] !== Number.POSITIVE_INFINITY && place < hop) hop = place;
  }
  return hop;
}

function decametresOf(centimetres: number, isSame: boolean): number {
  if (isSame) return 0;
  if (centimetres === Number.POSITIVE_INFINITY) return noWay;
  const decametres = Math.round(centimetres / centimetresPerDecametre);
  return Math.min(decametresMax, Math.max(1, decametres));
}
