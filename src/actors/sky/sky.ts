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
import { defineActor } from "../../runtime/index.ts";
import { begin } from "./begin.ts";
import { calmStorm, startStorm, surfaceAt } from "./commands.ts";
import { checkConfigured, gridOf } from "./grid.ts";
import { liveTo, skipTo } from "./live.ts";
import { beginPass, goOn } from "./pass.ts";
import { greet } from "./telling.ts";

const { method } = SkyService;

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
    handle(ConfigureSkySchema, (state, message) => begin(state, message.toObject())),
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
      const number = gridOf(state).numbers.get(air.region) ?? -1;
      const region = state.regions[number];
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
