import type { Place } from "../../gen/tellurion/v1/map_pb.ts";
import type { ConfigureSky as Message } from "../../gen/tellurion/v1/weather_pb.ts";
import {
  checkBigint,
  checkCount,
  checkId,
  checkInteger,
  checkNames,
  checkNumber,
  checkOneOf,
  refuse,
} from "../common/checks.ts";
import type { Plain } from "../common/plain.ts";
import { gameMsMax } from "../common/units.ts";

export type ConfigureSky = Plain<Message>;

/** Cells in a row, and rows. */
export const cellsPerSideMax = 64;
export const regionsMax = 1_000;
const sitesMax = 100_000;
const coordinateMax = 100_000_000;
const extentMinM = 100;
const extentMaxM = 10_000_000;
const stormsPerDayMax = 1_000;

/** What a map of places gets: cells on its longer side, and room around the places. */
const cellsPerSideDefault = 32;
const marginShare = 0.1;

/** Throws a Rejection that names the first thing wrong with the sky's configuration. */
export function checkConfiguration(configuration: ConfigureSky, path = ""): void {
  const { minX, minY, widthM, heightM, cellsX, cellsY, regions, gameMs } = configuration;
  checkNumber(`${path}min_x`, minX, -coordinateMax, coordinateMax);
  checkNumber(`${path}min_y`, minY, -coordinateMax, coordinateMax);
  checkNumber(`${path}width_m`, widthM, extentMinM, extentMaxM);
  checkNumber(`${path}height_m`, heightM, extentMinM, extentMaxM);
  checkInteger(`${path}cells_x`, cellsX, 1, cellsPerSideMax);
  checkInteger(`${path}cells_y`, cellsY, 1, cellsPerSideMax);
  checkCount(`${path}regions`, regions.length, 1, regionsMax);
  checkNames(`${path}regions`, regions);
  regions.forEach(({ climate, stormsPerDay }, i) => {
    checkId(`${path}regions[${i}].climate`, climate);
    checkNumber(`${path}regions[${i}].storms_per_day`, stormsPerDay, 0, stormsPerDayMax);
  });
  checkCells(configuration, path);
  checkBigint(`${path}game_ms`, gameMs, 0n, gameMsMax);
}

function checkCells(configuration: ConfigureSky, path: string): void {
  const { cellsX, cellsY, regions, cellRegions, sites } = configuration;
  checkCount(`${path}sites`, sites.length, 0, sitesMax);
  if (cellRegions.length === 0 && sites.length === 0) {
    refuse(`${path}sites (length)`, 0, "are sites or cell_regions: cells need their regions");
  }
  if (cellRegions.length > 0) {
    checkCount(`${path}cell_regions`, cellRegions.length, cellsX * cellsY, cellsX * cellsY);
  }
  cellRegions.forEach((region, i) => {
    checkInteger(`${path}cell_regions[${i}]`, region, 0, regions.length - 1);
  });
  const names = regions.map(({ name }) => name);
  sites.forEach(({ region, x, y }, i) => {
    checkOneOf(`${path}sites[${i}].region`, region, names);
    checkNumber(`${path}sites[${i}].x`, x, -coordinateMax, coordinateMax);
    checkNumber(`${path}sites[${i}].y`, y, -coordinateMax, coordinateMax);
  });
}

/** The sky over the places of a map: as large as they need, with a margin, of cells that are about square. */
export function skyOverPlaces(
  places: readonly Pick<Place, "region" | "x" | "y">[],
  regions: readonly { readonly name: string; readonly climate: string }[],
  gameMs: bigint,
): ConfigureSky {
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const [minX, maxX] = [least(xs), -least(xs.map((x) => -x))];
  const [minY, maxY] = [least(ys), -least(ys.map((y) => -y))];
  const margin = Math.max(marginShare * Math.max(maxX - minX, maxY - minY), extentMinM);
  const widthM = maxX - minX + 2 * margin;
  const heightM = maxY - minY + 2 * margin;
  const cellM = Math.max(widthM, heightM) / cellsPerSideDefault;
  return {
    ...{ minX: minX - margin, minY: minY - margin, widthM, heightM },
    cellsX: Math.max(1, Math.round(widthM / cellM)),
    cellsY: Math.max(1, Math.round(heightM / cellM)),
    regions: regions.map(({ name, climate }) => ({ name, climate, stormsPerDay: 0 })),
    cellRegions: [],
    sites: places.map(({ region, x, y }) => ({ region, x, y })),
    gameMs,
  };
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** The number of each cell's region: as it is given or, without that, the nearest site's. */
export function cellRegionsOf(configuration: ConfigureSky): number[] {
  const { minX, minY, widthM, heightM, cellsX, cellsY, cellRegions, sites } = configuration;
  if (cellRegions.length > 0) return cellRegions;
  const numbers = new Map(configuration.regions.map(({ name }, i) => [name, i]));
  return Array.from({ length: cellsX * cellsY }, (_, cell) => {
    const x = minX + (((cell % cellsX) + 0.5) / cellsX) * widthM;
    const y = minY + ((Math.floor(cell / cellsX) + 0.5) / cellsY) * heightM;
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const site of sites) {
      const distance = (site.x - x) ** 2 + (site.y - y) ** 2;
      if (distance >= least) continue;
      least = distance;
      nearest = numbers.get(site.region) ?? 0;
    }
    return nearest;
  });
}
