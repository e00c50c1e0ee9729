import { Rejection } from "../../runtime/index.ts";
import { type ConfigureSky, cellRegionsOf, checkConfiguration } from "./configuration.ts";
import { gridOf, regionBytes, type Sky } from "./grid.ts";
import { sumsPerRegion } from "./sums.ts";
import { surfaceChannels } from "./surface.ts";

/** Storms that a region has in a day, for each 1 of its climate's tendency. */
const stormsPerDayDefault = 8;

/** Gives a sky that has none its map. Throws a Rejection for a map that is not one. */
export function begin(state: Sky, message: ConfigureSky): void {
  checkConfiguration(message);
  if (state.configured) {
    throw new Rejection("FAILED_PRECONDITION", "the sky has a configuration already");
  }
  const { minX, minY, widthM, heightM, cellsX, cellsY, regions, gameMs } = message;
  const cells = cellRegionsOf(message);
  Object.assign(state, { minX, minY, widthM, heightM, cellsX, cellsY, gameMs, configured: true });
  state.cellRegions = new Uint8Array(cells.length * regionBytes);
  state.surface = new Uint8Array(cells.length * surfaceChannels * Float32Array.BYTES_PER_ELEMENT);
  state.sums = new Array<number>(regions.length * sumsPerRegion).fill(0);
  state.regions = regions.map(({ name, climate, stormsPerDay }) => ({
    ...{ name, climate, cells: 0, x: 0, y: 0 },
    ...{ air: undefined, told: undefined, toldSurface: undefined },
    stormsPerDay: stormsPerDay || stormsPerDayDefault,
  }));
  placeRegions(state, cells);
}

/** Notes which region each cell is of, and where each region's middle is. */
function placeRegions(state: Sky, cells: readonly number[]): void {
  new Uint16Array(state.cellRegions.buffer).set(cells);
  gridOf(state).cells.forEach((own, number) => {
    const region = state.regions[number] as Sky["regions"][number];
    region.cells = own.length;
    for (const cell of own) {
      const column = cell % state.cellsX;
      const row = Math.floor(cell / state.cellsX);
      region.x += (state.minX + ((column + 0.5) / state.cellsX) * state.widthM) / own.length;
      region.y += (state.minY + ((row + 0.5) / state.cellsY) * state.heightM) / own.length;
    }
  });
}
