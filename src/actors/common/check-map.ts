import { checkCount, checkId, checkNumber, checkOneOf, refuse } from "./checks.ts";
import { placesMax, roadsMax } from "./search-ways.ts";
import { noPlace, type WorldMap } from "./world-map.ts";

const metresMax = 1e6;
const tagsMax = 16;

/**
 * Throws a Rejection that names the first thing wrong with a map. `path`: where it stands, up to its fields' names:
 * `map.`. Without `regions`, any may be named.
 */
export function checkMap(map: WorldMap, path: string, regions?: readonly string[]): void {
  const { places, roads } = map;
  checkCount(`${path}places`, places.length, 1, placesMax);
  checkCount(`${path}roads`, roads.length, 0, roadsMax);
  const ids = new Set<string>();
  places.forEach((place, i) => {
    const at = `${path}places[${i}]`;
    checkId(`${at}.id`, place.id);
    if (ids.has(place.id)) refuse(`${at}.id`, place.id, "are ids that no other place has");
    ids.add(place.id);
    if (regions) checkOneOf(`${at}.region`, place.region, regions);
    else checkId(`${at}.region`, place.region);
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
    if (!ids.has(from)) refuse(`${at}.from`, from, "are ids of the map's places");
    if (!ids.has(to)) refuse(`${at}.to`, to, "are ids of the map's places");
    if (from === to) refuse(`${at}.to`, to, "are other places than the road comes from");
    checkNumber(`${at}.effort`, effort, 0, 100);
  });
  checkTables(map, path);
}

/** Every way must lead on to a place, or there must be none by both tables. */
function checkTables({ places, nextHops, distances }: WorldMap, path: string): void {
  const bytes = 2 * places.length ** 2;
  checkSize(`${path}next_hops`, nextHops, bytes);
  checkSize(`${path}distances`, distances, bytes);
  for (let at = 0; at < bytes; at += 2) {
    const hop = (nextHops[at] ?? 0) + 256 * (nextHops[at + 1] ?? 0);
    const distance = (distances[at] ?? 0) + 256 * (distances[at + 1] ?? 0);
    const isWay = hop < places.length;
    if (isWay === (distance !== noPlace) && (isWay || hop === noPlace)) continue;
    const where = `from ${Math.floor(at / 2 / places.length)} to ${(at / 2) % places.length}`;
    refuse(
      `${path}next_hops (${where})`,
      hop,
      `are numbers of places, and ${noPlace} where there is no way`,
    );
  }
}

function checkSize(path: string, table: Uint8Array, bytes: number): void {
  if (table.length === bytes) return;
  refuse(`${path} (bytes)`, table.length, `are ${bytes} bytes: two for each pair of places`);
}
