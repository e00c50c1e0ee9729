import {
  DayPhase,
  TimeEventSchema,
  TimePhaseEventSchema,
} from "../../gen/tellurion/v1/clock_pb.ts";
import {
  ConfigureSkySchema,
  RegionAirSchema,
  SkyService,
  SkyStateSchema,
  SkyTurnSchema,
} from "../../gen/tellurion/v1/weather_pb.ts";
import { defineActor, Rejection } from "../../runtime/index.ts";
import { calmStorm, startStorm, surfaceAt } from "./commands.ts";
import { type ConfigureSky, cellRegionsOf, checkConfiguration } from "./configuration.ts";
import { checkConfigured, gridOf, regionBytes, type Sky } from "./grid.ts";
import { liveTo, skipTo } from "./live.ts";
import { beginPass, goOn } from "./pass.ts";
import { sumsPerRegion } from "./sums.ts";
import { surfaceChannels } from "./surface.ts";
import { greet } from "./telling.ts";

const { method } = SkyService;

/** Storms that a region has in a day, for each 1 of its climate's tendency. */
const stormsPerDayDefault = 8;

/** How bright the sun is in each phase of the day. */
const daylight: Readonly<Record<DayPhase, number>> = {
  [DayPhase.UNSPECIFIED]: 0.5,
  [DayPhase.NIGHT]: 0,
  [DayPhase.DAWN]: 0.4,
  [DayPhase.DAY]: 1,
  [DayPhase.DUSK]: 0.4,
};

/**
 * The sky over the whole map, `sky/main`: storms and fronts that move, lightning, and what the ground remembers. Regions
 * tell it of their air, and it tells them what it adds to that.
 */
export const sky = defineActor({
  kind: "sky",
  state: SkyStateSchema,
  activation: "spawned",
  init: () => ({ daylight: 0.5 }),
  // A restart would forget the map and what lies on its ground.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureSkySchema, (state, message) => configure(state, message.toObject())),
    handle(TimeEventSchema, (state, event, ctx) => {
      if (!state.configured) return;
      if (!state.greeted) greet(state, ctx);
      // A jump did not happen to the sky; nor did what was before it began.
      if (event.jumped) skipTo(state, event.settledGameMs);
      else if (event.previousGameMs > state.gameMs) skipTo(state, event.previousGameMs);
      liveTo(state, event.settledGameMs, ctx);
      beginPass(state, ctx);
    }),
    handle(TimePhaseEventSchema, (state, event) => {
      state.daylight = daylight[event.newPhase] ?? 0.5;
    }),
    handle(RegionAirSchema, (state, message) => {
      const air = message.toObject();
      const region = state.regions.find(({ name }) => name === air.region);
      if (region !== undefined) region.air = air;
    }),
    handle(SkyTurnSchema, (state, _turn, ctx) => goOn(state, ctx)),
    answer(method.startStorm, (state, request, ctx) => {
      return { storm: { ...startStorm(state, request.toObject(), ctx) } };
    }),
    answer(method.calmStorm, (state, request) => {
      return { storm: { ...calmStorm(state, request.number) } };
    }),
    query(method.getSky, (state) => {
      checkConfigured(state);
      const { storms, fronts, gameMs } = state;
      return { storms, fronts, gameMs };
    }),
    query(method.getSurface, (state, request) => surfaceAt(state, request.toObject().where)),
  ],
});

function configure(state: Sky, message: ConfigureSky): void {
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
