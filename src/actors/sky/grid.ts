import type { SkyState } from "../../gen/tellurion/v1/weather_pb.ts";
import { Rejection } from "../../runtime/index.ts";
import { clamp } from "../common/clamp.ts";
import type { Plain } from "../common/plain.ts";

export type Sky = Plain<SkyState>;
export type RegionUnder = Sky["regions"][number];

/** Bytes of a cell's region number. */
export const regionBytes = 2;

/** What follows from a state, in a form that is quick to read. */
interface Grid {
  readonly cellBytes: Uint8Array;
  readonly surfaceBytes: Uint8Array;
  readonly regions: Uint16Array;
  readonly surface: Float32Array;
  /** The cells of each region. */
  readonly cells: readonly (readonly number[])[];
  /** The number of each region, by its name. */
  readonly numbers: ReadonlyMap<string, number>;
}

const grids = new WeakMap<Sky, Grid>();

/** Throws a Rejection while the sky has no configuration. */
export function checkConfigured(sky: Sky): void {
  if (sky.configured) return;
  throw new Rejection(
    "FAILED_PRECONDITION",
    "the sky has not been configured: the world has no map of its weather",
  );
}

/** The typed views of a sky's bytes: made when they are missing, or the bytes are others. */
export function gridOf(sky: Sky): Grid {
  const known = grids.get(sky);
  if (known?.cellBytes === sky.cellRegions && known.surfaceBytes === sky.surface) return known;
  sky.cellRegions = aligned(sky.cellRegions, regionBytes);
  sky.surface = aligned(sky.surface, Float32Array.BYTES_PER_ELEMENT);
  const { buffer, byteOffset, length } = sky.cellRegions;
  const regions = new Uint16Array(buffer, byteOffset, length / regionBytes);
  const cells: number[][] = sky.regions.map(() => []);
  regions.forEach((region, cell) => {
    cells[region]?.push(cell);
  });
  const grid = {
    cellBytes: sky.cellRegions,
    surfaceBytes: sky.surface,
    regions,
    surface: new Float32Array(sky.surface.buffer, sky.surface.byteOffset, sky.surface.length >> 2),
    cells,
    numbers: new Map(sky.regions.map(({ name }, number) => [name, number])),
  };
  grids.set(sky, grid);
  return grid;
}

/** Typed views begin at multiples of their items' size. The same bytes elsewhere are no change. */
function aligned(bytes: Uint8Array, itemBytes: number): Uint8Array {
  return bytes.byteOffset % itemBytes === 0 ? bytes : bytes.slice();
}

/** The cell that a point is in; of a point outside the map, the nearest one. */
export function cellAt(sky: Sky, x: number, y: number): number {
  const column = Math.floor(((x - sky.minX) / sky.widthM) * sky.cellsX);
  const row = Math.floor(((y - sky.minY) / sky.heightM) * sky.cellsY);
  return clamp(row, 0, sky.cellsY - 1) * sky.cellsX + clamp(column, 0, sky.cellsX - 1);
}

export function regionAt(sky: Sky, x: number, y: number): RegionUnder {
  return sky.regions[gridOf(sky).regions[cellAt(sky, x, y)] as number] as RegionUnder;
}

export function cellX(sky: Sky, column: number): number {
  return sky.minX + ((column + 0.5) / sky.cellsX) * sky.widthM;
}

export function cellY(sky: Sky, row: number): number {
  return sky.minY + ((row + 0.5) / sky.cellsY) * sky.heightM;
}

export function isOnMap(sky: Sky, x: number, y: number): boolean {
  const { minX, minY, widthM, heightM } = sky;
  return x >= minX && x <= minX + widthM && y >= minY && y <= minY + heightM;
}

/** The longer side of the map. */
export function extentOf(sky: Sky): number {
  return Math.max(sky.widthM, sky.heightM);
}
