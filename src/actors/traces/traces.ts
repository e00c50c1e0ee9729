import { TimeEventSchema } from "../../gen/tellurion/v1/clock_pb.ts";
import { QuestEndedEventSchema } from "../../gen/tellurion/v1/quest_pb.ts";
import { StoryBeatEventSchema } from "../../gen/tellurion/v1/storyteller_pb.ts";
import {
  ConfigureTracesSchema,
  TracesService,
  TracesStateSchema,
} from "../../gen/tellurion/v1/traces_pb.ts";
import {
  LightningEventSchema,
  WeatherEventSchema,
  WeatherSevereEventSchema,
} from "../../gen/tellurion/v1/weather_pb.ts";
import {
  OccurrenceEventSchema,
  PlayerActedEventSchema,
  Verb,
} from "../../gen/tellurion/v1/world_pb.ts";
import { type ActorContext, defineActor } from "../../runtime/index.ts";
import { checkId, checkInteger, refuse } from "../common/checks.ts";
import { airIn } from "./air.ts";
import { configure, discoverAs, record } from "./commands.ts";
import { checkConfiguration } from "./configuration.ts";
import { discover, search } from "./discover.ts";
import {
  type Happening,
  ofAct,
  ofBeat,
  ofLightning,
  ofOccurrence,
  ofQuest,
  ofStorm,
} from "./happening.ts";
import { leave } from "./leave.ts";
import { liveTo, skipTo } from "./live.ts";
import { heatOf, listTraces, readingOf, traceNamed } from "./reading.ts";
import { nameOf, type Region, ready } from "./region.ts";
import { indexOf } from "./trace-index.ts";

const listLimitDefault = 100;
const listLimitMax = 500;

const { method } = TracesService;

/** What events leave behind in the places of one region, `traces/<region>`: it wears, and players find it. */
export const traces = defineActor({
  kind: "traces",
  state: TracesStateSchema,
  activation: "spawned",
  init: (ctx) => ({ region: ctx.key }),
  // A restart would forget what was left, and who has found it.
  supervision: { directive: "resume" },
  on: ({ handle, answer, query }) => [
    handle(ConfigureTracesSchema, (state, message, ctx) => {
      const configuration = message.toObject();
      checkConfiguration(configuration);
      if (configuration.region !== ctx.key) {
        refuse("region", configuration.region, `is ${JSON.stringify(ctx.key)}, the actor's key`);
      }
      configure(state, configuration);
    }),
    handle(TimeEventSchema, (state, event) => {
      if (!state.configured) return;
      // A jump did not happen to the traces; nor did what was before the region began.
      if (event.jumped) skipTo(state, event.settledGameMs);
      else if (event.previousGameMs > state.gameMs) skipTo(state, event.previousGameMs);
      liveTo(state, event.settledGameMs);
    }),
    handle(
      WeatherEventSchema,
      (state, { newState, intensity, windMps }) => {
        if (!state.configured) return;
        Object.assign(state, airIn(state.conditions, newState, intensity, windMps));
      },
      { ownKey: true },
    ),
    handle(
      WeatherSevereEventSchema,
      (state, event, ctx) => {
        if (!state.configured) return;
        happen(state, ofStorm(event.toObject(), state.storm), ctx);
        state.storm = event.started ? event.condition : "";
      },
      { ownKey: true },
    ),
    handle(
      LightningEventSchema,
      (state, event, ctx) => happen(state, ofLightning(event.toObject(), state.places), ctx),
      { ownKey: true },
    ),
    handle(
      OccurrenceEventSchema,
      (state, event, ctx) => happen(state, ofOccurrence(event.toObject()), ctx),
      { ownKey: true },
    ),
    handle(
      StoryBeatEventSchema,
      (state, event, ctx) => happen(state, ofBeat(event.toObject()), ctx),
      { ownKey: true },
    ),
    // The topics of these two have the player for their key.
    handle(QuestEndedEventSchema, (state, event, ctx) => {
      if (event.region === ctx.key) happen(state, ofQuest(event.toObject()), ctx);
    }),
    handle(PlayerActedEventSchema, (state, event, ctx) => {
      if (event.region !== ctx.key) return;
      happen(state, ofAct(event.toObject()), ctx);
      if (event.verb === Verb.SEARCH && event.success) find(state, event, ctx);
    }),
    answer(method.discover, (state, request, ctx) => {
      const { player } = request;
      const { found, ...rest } = discoverAs(ready(state), request.toObject(), ctx);
      return { ...rest, found: found.map((trace) => readingOf(state, trace, player)) };
    }),
    answer(method.record, (state, request, ctx) => ({
      trace: readingOf(state, record(ready(state), request.toObject(), ctx), ""),
    })),
    query(method.listTraces, (state, { place, player, limit }) => {
      checkInteger("limit", limit, 0, listLimitMax);
      if (player !== "") checkId("player", player);
      return listTraces(ready(state), { place, player }, limit || listLimitDefault);
    }),
    query(method.getTrace, (state, { trace, player }) => {
      if (player !== "") checkId("player", player);
      return { trace: readingOf(state, traceNamed(ready(state), trace), player) };
    }),
    query(method.heatmap, (state) => {
      const { left, found, faded, ousted } = ready(state);
      return { places: heatOf(state), left, found, faded, ousted };
    }),
  ],
});

function happen(region: Region, happening: Happening | undefined, ctx: ActorContext): void {
  if (region.configured && happening !== undefined) leave(region, happening, ctx);
}

/** A player looked for traces: for one that the target names, or for whatever is there. */
function find(
  region: Region,
  event: { readonly player: string; readonly place: string; readonly target: string },
  ctx: ActorContext,
): void {
  if (!region.configured) return;
  const { player, place, target } = event;
  const wanted = indexOf(region)
    .at(place)
    .find((trace) => nameOf(region, trace) === target);
  if (wanted === undefined) search(region, player, place, ctx);
  else discover(region, player, wanted, ctx);
}
